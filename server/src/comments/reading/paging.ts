import type { Comment } from 'afterword/contract';
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import { Problem } from '../../problem.js';
import type { Tables } from '../../storage/tables.js';
import { isShown, selectWithAuthor, toPublicComment, type CommentWithAuthor } from '../comment-rows.js';
import { decodeStoredCursor, decodeTimeCursor, encodeCursor, type Position, type TimePosition } from './cursor.js';
import { addAncestorPath, addReplies } from './replies.js';
import {
  isStoredSort,
  sorts,
  sortValue,
  type CommentSort,
  type SortOrder,
  type SortOrders,
  type StoredSort,
  type TimeSort,
} from './sort-orders.js';

export interface PageRequest {
  readonly storyId: string;
  readonly sort: CommentSort;
  readonly limit: number;
  /** Number of replies included with each comment. */
  readonly replies: number;
  /** Pages over the replies to this comment, by time, instead of the roots. */
  readonly parent: string | null;
  readonly cursor: string | undefined;
  /** Returns the page of roots around this comment, with all its ancestors, instead of the first page. */
  readonly anchor: string | undefined;
}

export interface CommentPage {
  readonly comments: Comment[];
  readonly prevCursor: string | null;
  readonly nextCursor: string | null;
}

/** Consecutive rows of a list and the positions before and after them. */
interface PageSlice {
  readonly rows: CommentWithAuthor[];
  readonly prev: Position | null;
  readonly next: Position | null;
}

type CommentQuery = ReturnType<typeof selectWithAuthor>;

/** Reads one page of a thread. Posts, votes and deletions between two pages never skip or repeat a comment. */
export async function readPage(read: Kysely<Tables>, orders: SortOrders, request: PageRequest): Promise<CommentPage> {
  const { storyId, sort, limit, parent, cursor, replies } = request;
  const asked = parent === null && cursor === undefined ? request.anchor : undefined;
  const anchor = asked === undefined ? undefined : await readAnchor(read, storyId, asked);
  const shown = selectWithAuthor(read).where('comments.storyId', '=', storyId).where(isShown);
  const roots = shown.where('comments.parentId', 'is', null);
  const unpinned = roots.where('comments.pinned', '=', 0);
  const around = anchor?.root.pinned === 0 ? anchor.root : undefined;

  const found =
    parent !== null
      ? await readByTime(shown.where('comments.parentId', '=', parent), 'oldest', parent, limit, cursor)
      : isStoredSort(sort)
        ? await readByStoredOrder(read, unpinned, orders, storyId, sort, limit, cursor, around)
        : await readByTime(unpinned, sort, parent, limit, cursor, around);
  // Pinned comments precede the first page in every sort order.
  const pinned =
    parent === null && found.prev === null
      ? await orderByTime(roots.where('comments.pinned', '=', sql.lit(1 as const)), 'newest', false)
          .limit(limit)
          .execute()
      : [];
  const comments = [...pinned, ...found.rows].map(toPublicComment);
  await addReplies(read, storyId, comments, replies);
  if (anchor) await addAncestorPath(read, storyId, comments, anchor, replies);
  return {
    comments,
    prevCursor: found.prev && encodeCursor(found.prev),
    nextCursor: found.next && encodeCursor(found.next),
  };
}

/** Reads the anchor comment and its root. Returns `undefined` if either is not listed in this thread. */
async function readAnchor(read: Kysely<Tables>, storyId: string, id: string) {
  const shown = selectWithAuthor(read).where('comments.storyId', '=', storyId).where(isShown);
  const anchor = await shown.where('comments.id', '=', id).executeTakeFirst();
  const root = anchor && (await shown.where('comments.id', '=', anchor.rootId).executeTakeFirst());
  return root && { id: anchor.id, root };
}

async function readByTime(
  list: CommentQuery,
  sort: TimeSort,
  parent: string | null,
  limit: number,
  cursor: string | undefined,
  around?: CommentWithAuthor,
): Promise<PageSlice> {
  const at = (row: CommentWithAuthor, backwards: boolean): TimePosition => {
    const { createdAt, id } = row;
    return { sort, parent, backwards, createdAt, id };
  };
  if (around) {
    const before = await readFrom(list, at(around, true), Math.floor(limit / 2));
    const after = await readFrom(list, at(around, false), limit - 1 - before.rows.length);
    const rows = [...before.rows, around, ...after.rows];
    return {
      rows,
      prev: before.more ? at(rows[0]!, true) : null,
      next: after.more ? at(rows.at(-1)!, false) : null,
    };
  }
  const top: TimePosition = { sort, parent, backwards: false, createdAt: 0, id: '' };
  const from = cursor === undefined ? top : decodeTimeCursor(cursor, sort, parent);
  const { rows, more } = await readFrom(list, from, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return { rows, prev: null, next: from.backwards ? top : null };
  const hasBefore = from.backwards ? more : from.id !== '';
  return { rows, prev: hasBefore ? at(first, true) : null, next: from.backwards || more ? at(last, false) : null };
}

/** Reads up to `limit` comments from a keyset position on and checks if more follow. */
async function readFrom(list: CommentQuery, from: TimePosition, limit: number) {
  const { sort, backwards, createdAt, id } = from;
  const operator = directionOf(sort, backwards) === 'asc' ? '>' : '<';
  const after = (eb: ExpressionBuilder<Tables, 'comments'>) =>
    eb(eb.refTuple('comments.createdAt', 'comments.id'), operator, eb.tuple(createdAt, id));
  const found = await orderByTime(id === '' ? list : list.where(after), sort, backwards)
    .limit(limit + 1)
    .execute();
  const rows = found.slice(0, limit);
  return { rows: backwards ? rows.reverse() : rows, more: found.length > limit };
}

function orderByTime(list: CommentQuery, sort: TimeSort, backwards: boolean): CommentQuery {
  const direction = directionOf(sort, backwards);
  return list.orderBy('comments.createdAt', direction).orderBy('comments.id', direction);
}

function directionOf(sort: TimeSort, backwards: boolean): 'asc' | 'desc' {
  const { byTime } = sorts[sort];
  if (!backwards) return byTime;
  return byTime === 'asc' ? 'desc' : 'asc';
}

/** Batches read to fill a page: ids of a stored order may point to comments that are no longer listed. */
const maxBatches = 10;

async function readByStoredOrder(
  read: Kysely<Tables>,
  list: CommentQuery,
  orders: SortOrders,
  storyId: string,
  sort: StoredSort,
  limit: number,
  cursor: string | undefined,
  around?: CommentWithAuthor,
): Promise<PageSlice> {
  const from = cursor === undefined ? undefined : decodeStoredCursor(cursor, sort);
  const order = from ? await orders.readVersion(storyId, sort, from.version) : await orders.current(storyId, sort);
  const { version, length } = order;
  if (from && from.position > length) throw new Problem('cursor-invalid');
  const position = around && (await orders.positionOf(order, around));
  let start = from?.position ?? Math.max(0, (position ?? 0) - Math.floor(limit / 2));
  let end = start;
  let rows: CommentWithAuthor[] = [];
  for (let batches = 0; rows.length < limit && batches < maxBatches; batches++) {
    const missing = limit - rows.length;
    const [a, b] = from?.backwards ? [Math.max(0, start - missing), start] : [end, Math.min(length, end + missing)];
    if (a === b) break;
    const some = await readByIds(read, storyId, await orders.readIds(order, a, b));
    rows = from?.backwards ? [...some, ...rows] : [...rows, ...some];
    [start, end] = [Math.min(start, a), Math.max(end, b)];
  }
  const at = (backwards: boolean, place: number) => ({ sort, backwards, version, position: place });
  if (start === 0)
    rows = insertSorted(
      rows,
      await readNewerRoots(list, order, limit, position === undefined ? around : undefined),
      sort,
    );
  return { rows, prev: start > 0 ? at(true, start) : null, next: end < length ? at(false, end) : null };
}

/** Filters by id only. With the story id in the WHERE clause SQLite scans the whole thread. */
async function readByIds(read: Kysely<Tables>, storyId: string, ids: readonly string[]): Promise<CommentWithAuthor[]> {
  const rows = await selectWithAuthor(read).where('comments.id', 'in', ids).where(isShown).execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    return row?.storyId === storyId && row.pinned === 0 ? [row] : [];
  });
}

/** Reads roots posted after the order was built. The first page includes them, so that a new comment shows at once. */
async function readNewerRoots(
  list: CommentQuery,
  { newestAt, newestId }: SortOrder,
  limit: number,
  wanted: CommentWithAuthor | undefined,
): Promise<CommentWithAuthor[]> {
  const since: TimePosition = { sort: 'newest', parent: null, backwards: true, createdAt: newestAt, id: newestId };
  const newest = orderByTime(list, 'newest', false).limit(limit);
  const { rows } = newestId === '' ? { rows: await newest.execute() } : await readFrom(list, since, limit);
  return wanted && !rows.some(({ id }) => id === wanted.id) ? [...rows, wanted] : rows;
}

function insertSorted(
  rows: readonly CommentWithAuthor[],
  newer: readonly CommentWithAuthor[],
  sort: StoredSort,
): CommentWithAuthor[] {
  const all = [...rows];
  for (const row of newer) {
    const below = all.findIndex((other) => sortValue(other, sort) < sortValue(row, sort));
    all.splice(below < 0 ? all.length : below, 0, row);
  }
  return all;
}
