import { vi } from 'vitest';

/** Calls a function until it returns without an error, and throws the last error after half a minute. */
export function waitFor<T>(condition: () => T | Promise<T>, intervalMs = 50): Promise<T> {
  // The default of Vitest, one second, is too short where other work keeps the machine busy.
  return vi.waitFor(condition, { timeout: 30_000, interval: intervalMs });
}
