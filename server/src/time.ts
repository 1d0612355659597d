/** Durations in milliseconds. */
export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A time: milliseconds since 1970, UTC. */
export type EpochMs = number;

/** Returns a time in ISO 8601. */
export function toIsoTime(at: EpochMs): string {
  return new Date(at).toISOString();
}
