import { OperatorError } from './operator-error.js';

const maxDays = 3650;

/** Reads the option `--limit`. @throws OperatorError */
export function readLimit(given: string): number {
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1) throw new OperatorError('--limit must be a whole number above 0.');
  return limit;
}

/** Reads the option `--days` of a report. @throws OperatorError */
export function readDays(given: string): number {
  const days = Number(given);
  if (!/^\d{1,4}$/.test(given) || days < 1 || days > maxDays)
    throw new OperatorError(`--days: "${given}" must be a whole number from 1 to ${maxDays}.`);
  return days;
}
