import { limits } from 'afterword/contract';
import { z } from 'zod';
import { Problem } from '../../problem.js';
import type { EpochMs } from '../../time.js';
import { storedSorts, timeSorts, type StoredSort, type TimeSort } from './sort-orders.js';

/** Keyset position in a list sorted by time: after (or before) the comment with this time and id. */
export interface TimePosition {
  readonly sort: TimeSort;
  /** Id of the parent whose replies are paged; `null` for root comments. */
  readonly parent: string | null;
  readonly backwards: boolean;
  readonly createdAt: EpochMs;
  /** Empty for the start of the list. */
  readonly id: string;
}

/** Offset in a stored sort order: between the roots at `position - 1` and `position`. */
export interface StoredPosition {
  readonly sort: StoredSort;
  readonly backwards: boolean;
  readonly version: number;
  readonly position: number;
}

export type Position = TimePosition | StoredPosition;

const formatVersion = 2;
const nonNegativeInt = z.int().min(0);
/** The databases store parts of an order by an integer of 32 bits. */
const orderPosition = nonNegativeInt.max(limits.integer);
const cursorSchema = z.union([
  z.tuple([
    z.literal(formatVersion),
    z.enum(timeSorts),
    z.uuid().nullable(),
    z.boolean(),
    nonNegativeInt,
    z.uuid().or(z.literal('')),
  ]),
  z.tuple([z.literal(formatVersion), z.enum(storedSorts), z.boolean(), nonNegativeInt, orderPosition]),
]);

export function encodeCursor(at: Position): string {
  const parts: z.infer<typeof cursorSchema> =
    'version' in at
      ? [formatVersion, at.sort, at.backwards, at.version, at.position]
      : [formatVersion, at.sort, at.parent, at.backwards, at.createdAt, at.id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws Problem `cursor-invalid` if the cursor is malformed or belongs to another list */
export function decodeTimeCursor(cursor: string, sort: TimeSort, parent: string | null): TimePosition {
  const position = decode(cursor);
  if ('version' in position || position.sort !== sort || position.parent !== parent) throw wrongListProblem();
  return position;
}

/** @throws Problem `cursor-invalid` if the cursor is malformed or belongs to another list */
export function decodeStoredCursor(cursor: string, sort: StoredSort): StoredPosition {
  const position = decode(cursor);
  if (!('version' in position) || position.sort !== sort) throw wrongListProblem();
  return position;
}

function decode(cursor: string): Position {
  const parsed = cursorSchema.safeParse(cursor.length <= limits.cursorBytes ? parseJson(cursor) : undefined);
  const position = parsed.success ? toPosition(parsed.data) : undefined;
  // A cursor has one spelling, in base64url and in JSON.
  if (!position || encodeCursor(position) !== cursor) throw new Problem('cursor-invalid');
  return position;
}

function toPosition(parts: z.infer<typeof cursorSchema>): Position {
  if (parts.length === 5) {
    const [, sort, backwards, version, position] = parts;
    return { sort, backwards, version, position };
  }
  const [, sort, parent, backwards, createdAt, id] = parts;
  return { sort, parent, backwards, createdAt, id };
}

function wrongListProblem(): Problem {
  return new Problem('cursor-invalid', 'The cursor was made for another list.');
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
