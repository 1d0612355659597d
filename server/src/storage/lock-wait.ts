import { minuteMs } from '../time.js';

interface LockWait {
  /** An attempt that fails after this time fails for good. */
  readonly maxWaitMs?: number;
  readonly maxDelayMs?: number;
  /** Called after every attempt that was refused. */
  readonly onWait?: (() => void) | undefined;
}

/** A long upgrade of another process ends within this time. */
const defaultMaxWaitMs = 10 * minuteMs;
const minDelayMs = 5;
const defaultMaxDelayMs = 250;

/** A lock that another process holds, where the database reports it by other means than an error. */
export class LockHeld extends Error {}

/**
 * Repeats an attempt while another process holds a lock that it needs. The event loop runs between attempts.
 *
 * @param isLocked returns whether an error is the lock of another process
 */
export async function waitForLock<T>(
  attempt: () => T | Promise<T>,
  isLocked: (error: unknown) => boolean,
  { maxWaitMs = defaultMaxWaitMs, maxDelayMs = defaultMaxDelayMs, onWait }: LockWait = {},
): Promise<T> {
  const giveUpAt = performance.now() + maxWaitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || performance.now() > giveUpAt) throw error;
    }
    onWait?.();
    await new Promise((resolve) => setTimeout(resolve, minDelayMs + Math.random() * (maxDelayMs - minDelayMs)));
  }
}
