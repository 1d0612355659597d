import { limits, type commentSorts } from 'afterword/contract';
import { z } from 'zod';
import { Problem } from '../problem.js';

export type CommentSort = (typeof commentSorts)[number];
export type TimeSort = 'newest' | 'oldest';
export type StoredSort = 'best' | 'discussed';

/** A place in a list by time: behind (or before) the comment made at this time and with this id. */
export interface TimePosition {
  readonly sort: TimeSort;
  /** Which comments it pages over: a parent's id, or `null` for the roots. */
  readonly parent: string | null;
  readonly backwards: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Empty before the first one. */
  readonly id: string;
}

/** A place in a stored order of a thread's roots: between the ones at `position - 1` and `position`. */
export interface StoredPosition {
  readonly sort: StoredSort;
  readonly backwards: boolean;
  readonly version: number;
  readonly position: number;
}

export type Position = TimePosition | StoredPosition;

const format = 2;
const whole = z.int().min(0);
const encoded = z.union([
  z.tuple([
    z.literal(format),
    z.enum(['newest', 'oldest']),
    z.uuid().nullable(),
    z.boolean(),
    whole,
    z.uuid().or(z.literal('')),
  ]),
  z.tuple([z.literal(format), z.enum(['best', 'discussed']), z.boolean(), whole, whole]),
]);

export function isStored(sort: CommentSort): sort is StoredSort {
  return sort === 'best' || sort === 'discussed';
}

export function encodeCursor(at: Position): string {
  const parts: z.infer<typeof encoded> =
    'version' in at
      ? [format, at.sort, at.backwards, at.version, at.position]
      : [format, at.sort, at.parent, at.backwards, at.createdAt, at.id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws Problem `cursor-invalid` where it is not ours, or was made for another list */
export function decodeTimeCursor(cursor: string, sort: TimeSort, parent: string | null): TimePosition {
  const position = decoded(cursor);
  if ('version' in position || position.sort !== sort || position.parent !== parent) throw foreign();
  return position;
}

/** @throws Problem `cursor-invalid` where it is not ours, or was made for another list */
export function decodeStoredCursor(cursor: string, sort: StoredSort): StoredPosition {
  const position = decoded(cursor);
  if (!('version' in position) || position.sort !== sort) throw foreign();
  return position;
}

function decoded(cursor: string): Position {
  const parsed = encoded.safeParse(cursor.length <= limits.cursorBytes ? jsonOf(cursor) : undefined);
  if (!parsed.success) throw new Problem('cursor-invalid');
  if (parsed.data.length === 5) {
    const [, sort, backwards, version, position] = parsed.data;
    return { sort, backwards, version, position };
  }
  const [, sort, parent, backwards, createdAt, id] = parsed.data;
  return { sort, parent, backwards, createdAt, id };
}

function foreign(): Problem {
  return new Problem('cursor-invalid', 'The cursor was made for another list.');
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
