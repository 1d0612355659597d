import { OperatorError } from '../operator-error.js';
import { dayMs, hourMs, minuteMs, secondMs } from '../time.js';

const units: Readonly<Record<string, number>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/**
 * Reads a duration such as `90s`, `30m`, `24h` or `7d`. `0` is none.
 *
 * @param name of the option, for the message
 * @throws OperatorError that names the allowed values
 */
export function parseDurationMs(given: string, name: string, maxDays: number): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  const durationMs = given === '0' ? 0 : Number(count) * (units[unit ?? ''] ?? NaN);
  if (durationMs <= maxDays * dayMs) return durationMs;
  throw new OperatorError(
    `${name}: "${given}" must be 0, or a duration such as 90s, 30m, 24h or 7d, at most ${maxDays}d.`,
  );
}
