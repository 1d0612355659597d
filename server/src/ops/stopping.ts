import type { Logger } from 'pino';
import { OperatorError } from '../operator-error.js';
import { secondMs } from '../time.js';

/** The part of the time that is left for closing the database, after what does not end by itself was broken off. */
const reservePart = 0.2;
const maxReserveMs = 3 * secondMs;
/** One Ctrl+C sends two signals to a process that npm has started: the terminal's and npm's own. */
const repeatedInterruptMs = 300;

/** What a server needs to stop. Every function resolves when its part has ended. */
export interface StopParts {
  /** Answers that the server is not ready, and tells clients to use another connection. */
  drain(this: void): void;
  /** Each ends by itself: the listener after the last response, the mailer after the current mail. */
  readonly ending: Readonly<Record<string, () => Promise<unknown>>>;
  /** Breaks off what has not ended in time. */
  breakOff(this: void): void;
  /** Ends last, because the others use it. */
  readonly last: Readonly<Record<string, () => Promise<unknown>>>;
}

export interface StopTimes {
  /** The pause before the listener closes, in which proxies notice that the server is not ready. */
  readonly drainMs: number;
  /** The time for everything. */
  readonly deadlineMs: number;
}

/**
 * Stops a server in order.
 *
 * @throws OperatorError that names what has not ended by the deadline
 */
export async function stopInOrder(
  { drain, ending, breakOff, last }: StopParts,
  { drainMs, deadlineMs }: StopTimes,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<void> {
  const deadlineAt = performance.now() + deadlineMs;
  const reserveMs = Math.min(maxReserveMs, deadlineMs * reservePart);
  const running = new Set<string>();
  const runAll = (parts: StopParts['ending']) =>
    Promise.all(
      Object.entries(parts).map(async ([name, run]) => {
        running.add(name);
        try {
          await run();
        } catch (error) {
          log.error({ err: error, part: name }, 'a part of the server failed to stop');
        }
        running.delete(name);
      }),
    );
  const runAllUntil = async (parts: StopParts['ending'], at: number) => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, Math.max(0, at - performance.now()))));
    await Promise.race([runAll(parts), timeout]);
    clearTimeout(timer);
  };

  drain();
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  await runAllUntil(ending, deadlineAt - reserveMs);
  if (running.size > 0) {
    log.warn({ parts: [...running] }, 'broken off to stop in time');
    breakOff();
  }
  await runAllUntil(last, deadlineAt);
  if (running.size > 0)
    throw new OperatorError(
      `Not everything has ended within the ${deadlineMs / secondMs} s of AFTERWORD_STOP_SECONDS: ` +
        `still waiting for ${[...running].join(' and ')}. Acknowledged writes are stored.`,
    );
}

/** Resolves on SIGINT or SIGTERM. A second signal ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: { readonly signal: string; readonly at: number } | undefined;
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ] as const)
      process.on(signal, () => {
        const now = performance.now();
        if (!first) {
          first = { signal, at: now };
          return resolve();
        }
        if (signal === 'SIGINT' && first.signal === signal && now - first.at < repeatedInterruptMs) return;
        process.stderr.write(`afterword: ended at once by a second signal, ${signal}.\n`);
        process.exit(128 + number);
      });
  });
}
