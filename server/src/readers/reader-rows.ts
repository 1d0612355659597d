import type { Reader } from 'afterword/contract';
import type { ReaderRow } from '../storage/tables.js';

/** Converts a row to the contract's type, for the reader. */
export function fromRow({ id, name, pendingName, rejectedName, kind, verified, badgesJson }: ReaderRow): Reader {
  return {
    id,
    name,
    ...(pendingName === null ? {} : { pendingName }),
    ...(rejectedName === null ? {} : { rejectedName }),
    kind,
    verified: verified === 1,
    badges: JSON.parse(badgesJson) as string[],
  };
}
