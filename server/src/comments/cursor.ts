import { limits, type commentSorts } from 'afterword/contract';
import { z } from 'zod';
import { Problem } from '../problem.js';

export type CommentSort = (typeof commentSorts)[number];

/** A place in an ordered list of comments: behind (or before) the comment with this value and id. */
export interface Position {
  readonly sort: CommentSort;
  /** Which comments it pages over: a parent's id, or `null` for the roots. */
  readonly parent: string | null;
  readonly backwards: boolean;
  readonly value: number;
  readonly id: string;
}

const version = 1;
const encoded = z.tuple([
  z.literal(version),
  z.enum(['best', 'newest', 'oldest', 'discussed']),
  z.uuid().nullable(),
  z.boolean(),
  z.number(),
  z.uuid().or(z.literal('')),
]);

export function encodeCursor({ sort, parent, backwards, value, id }: Position): string {
  return Buffer.from(JSON.stringify([version, sort, parent, backwards, value, id])).toString('base64url');
}

/** @throws Problem `cursor-invalid` where it is not ours, or was made for another list */
export function decodeCursor(cursor: string, sort: CommentSort, parent: string | null): Position {
  const parsed = encoded.safeParse(cursor.length <= limits.cursorBytes ? jsonOf(cursor) : undefined);
  if (!parsed.success) throw new Problem('cursor-invalid');
  const [, madeFor, ofParent, backwards, value, id] = parsed.data;
  // Times and counts are whole; only scores are not.
  if (sort !== 'best' && !Number.isSafeInteger(value)) throw new Problem('cursor-invalid');
  if (madeFor !== sort || ofParent !== parent)
    throw new Problem('cursor-invalid', 'The cursor was made for another list.');
  return { sort, parent, backwards, value, id };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
