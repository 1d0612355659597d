/** Measures of CPU time. Unlike the clock, they do not grow while other processes keep the machine busy. */

const usPerMs = 1000;

function cpuMsSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / usPerMs;
}

/**
 * Returns the CPU time of the cheapest of several runs: the others include compilation, garbage collection and what a busy
 * machine adds. Stops at the first run below `enoughMs`.
 */
export async function minCpuMs(run: () => unknown, enoughMs: number, runs = 15): Promise<number> {
  let min = Infinity;
  for (let done = 0; done < runs && min >= enoughMs; done++) {
    const from = process.cpuUsage();
    await run();
    min = Math.min(min, cpuMsSince(from));
  }
  return min;
}

/** Returns the longest CPU time between two turns of the event loop while `run` works. */
export async function longestTurnMs(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let from = process.cpuUsage();
  let isRunning = true;
  const onTurn = () => {
    longest = Math.max(longest, cpuMsSince(from));
    from = process.cpuUsage();
    if (isRunning) setImmediate(onTurn);
  };
  onTurn();
  await run();
  isRunning = false;
  onTurn();
  return longest;
}
