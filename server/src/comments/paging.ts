import type { Comment } from 'afterword/contract';
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import { Problem } from '../problem.js';
import type { Tables } from '../storage/tables.js';
import { isShown, toShownComment, withAuthors, type CommentWithAuthor } from './comment-rows.js';
import {
  decodeStoredCursor,
  decodeTimeCursor,
  encodeCursor,
  isStored,
  type CommentSort,
  type Position,
  type StoredSort,
  type TimePosition,
  type TimeSort,
} from './cursor.js';
import { valueOf, type Order, type ThreadOrders } from './orders.js';
import { addReplies, addWayTo } from './replies.js';

export interface PageRequest {
  readonly storyId: string;
  readonly sort: CommentSort;
  readonly limit: number;
  /** Replies carried with each comment. */
  readonly replies: number;
  /** Page over the replies of this comment, by time, instead of the roots. */
  readonly parent: string | null;
  readonly cursor: string | undefined;
  /** The roots around this comment instead of the first ones, and the way down to it. */
  readonly anchor: string | undefined;
}

export interface CommentPage {
  readonly comments: Comment[];
  readonly prevCursor: string | null;
  readonly nextCursor: string | null;
}

/** Some of a list, in its order, and where it goes on at both ends. */
interface Stretch {
  readonly rows: CommentWithAuthor[];
  readonly prev: Position | null;
  readonly next: Position | null;
}

type CommentQuery = ReturnType<typeof withAuthors>;

/** One page of a thread: whatever is written, voted on or deleted between two pages, none skips or repeats a comment. */
export async function readPage(read: Kysely<Tables>, orders: ThreadOrders, request: PageRequest): Promise<CommentPage> {
  const { storyId, sort, limit, parent, cursor, replies } = request;
  const asked = parent === null && cursor === undefined ? request.anchor : undefined;
  const anchor = asked === undefined ? undefined : await readAnchor(read, storyId, asked);
  const shown = withAuthors(read).where('comments.storyId', '=', storyId).where(isShown);
  const roots = shown.where('comments.parentId', 'is', null);
  const unpinned = roots.where('comments.pinned', '=', 0);
  const around = anchor?.root.pinned === 0 ? anchor.root : undefined;

  const found =
    parent !== null
      ? await byTime(shown.where('comments.parentId', '=', parent), 'oldest', parent, limit, cursor)
      : isStored(sort)
        ? await byOrder(read, unpinned, orders, storyId, sort, limit, cursor, around)
        : await byTime(unpinned, sort, parent, limit, cursor, around);
  // Pinned comments stand above the list, whatever its order.
  const pinned =
    parent === null && found.prev === null
      ? await inOrder(roots.where('comments.pinned', '=', sql.lit(1 as const)), 'newest', false)
          .limit(limit)
          .execute()
      : [];
  const comments = [...pinned, ...found.rows].map(toShownComment);
  await addReplies(read, storyId, comments, replies);
  if (anchor) await addWayTo(read, storyId, comments, anchor, replies);
  return {
    comments,
    prevCursor: found.prev && encodeCursor(found.prev),
    nextCursor: found.next && encodeCursor(found.next),
  };
}

/** The comment that a page is asked around and the root it stands under; nothing where it is not to be seen here. */
async function readAnchor(read: Kysely<Tables>, storyId: string, id: string) {
  const shown = withAuthors(read).where('comments.storyId', '=', storyId).where(isShown);
  const anchor = await shown.where('comments.id', '=', id).executeTakeFirst();
  const root = anchor && (await shown.where('comments.id', '=', anchor.rootId).executeTakeFirst());
  return root && { id: anchor.id, root };
}

async function byTime(
  list: CommentQuery,
  sort: TimeSort,
  parent: string | null,
  limit: number,
  cursor: string | undefined,
  around?: CommentWithAuthor,
): Promise<Stretch> {
  const at = (row: CommentWithAuthor, backwards: boolean): TimePosition => {
    const { createdAt, id } = row;
    return { sort, parent, backwards, createdAt, id };
  };
  if (around) {
    const before = await beyond(list, at(around, true), Math.floor(limit / 2));
    const after = await beyond(list, at(around, false), limit - 1 - before.rows.length);
    const rows = [...before.rows, around, ...after.rows];
    return {
      rows,
      prev: before.more ? at(rows[0]!, true) : null,
      next: after.more ? at(rows.at(-1)!, false) : null,
    };
  }
  const top: TimePosition = { sort, parent, backwards: false, createdAt: 0, id: '' };
  const from = cursor === undefined ? top : decodeTimeCursor(cursor, sort, parent);
  const { rows, more } = await beyond(list, from, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return { rows, prev: null, next: from.backwards ? top : null };
  const hasBefore = from.backwards ? more : from.id !== '';
  return { rows, prev: hasBefore ? at(first, true) : null, next: from.backwards || more ? at(last, false) : null };
}

/** The comments next to a place, as many as wanted, and whether there are more of them. */
async function beyond(list: CommentQuery, from: TimePosition, limit: number) {
  const { sort, backwards, createdAt, id } = from;
  const than = (sort === 'newest') === backwards ? '>' : '<';
  const after = (eb: ExpressionBuilder<Tables, 'comments'>) =>
    eb(eb.refTuple('comments.createdAt', 'comments.id'), than, eb.tuple(createdAt, id));
  const found = await inOrder(id === '' ? list : list.where(after), sort, backwards)
    .limit(limit + 1)
    .execute();
  const rows = found.slice(0, limit);
  return { rows: backwards ? rows.reverse() : rows, more: found.length > limit };
}

function inOrder(list: CommentQuery, sort: TimeSort, backwards: boolean): CommentQuery {
  const direction = (sort === 'newest') === backwards ? 'asc' : 'desc';
  return list.orderBy('comments.createdAt', direction).orderBy('comments.id', direction);
}

/** What was written down is read on until there is a full page: some of it may be gone by now. */
const mostTries = 10;

async function byOrder(
  read: Kysely<Tables>,
  list: CommentQuery,
  orders: ThreadOrders,
  storyId: string,
  sort: StoredSort,
  limit: number,
  cursor: string | undefined,
  around?: CommentWithAuthor,
): Promise<Stretch> {
  const from = cursor === undefined ? undefined : decodeStoredCursor(cursor, sort);
  const order = from ? await orders.version(storyId, sort, from.version) : await orders.current(storyId, sort);
  const { version, length } = order;
  if (from && from.position > length) throw new Problem('cursor-invalid');
  const position = around && (await orders.positionOf(order, around));
  let start = from?.position ?? Math.max(0, (position ?? 0) - Math.floor(limit / 2));
  let end = start;
  let rows: CommentWithAuthor[] = [];
  for (let tries = 0; rows.length < limit && tries < mostTries; tries++) {
    const missing = limit - rows.length;
    const [a, b] = from?.backwards ? [Math.max(0, start - missing), start] : [end, Math.min(length, end + missing)];
    if (a === b) break;
    const some = await byIds(read, storyId, await orders.ids(order, a, b));
    rows = from?.backwards ? [...some, ...rows] : [...rows, ...some];
    [start, end] = [Math.min(start, a), Math.max(end, b)];
  }
  const at = (backwards: boolean, place: number) => ({ sort, backwards, version, position: place });
  if (start === 0)
    rows = withFresh(rows, await readFresh(list, order, limit, position === undefined ? around : undefined), sort);
  return { rows, prev: start > 0 ? at(true, start) : null, next: end < length ? at(false, end) : null };
}

/** Asked for by nothing but their ids, so that no database is tempted to go through the whole thread for them. */
async function byIds(read: Kysely<Tables>, storyId: string, ids: readonly string[]): Promise<CommentWithAuthor[]> {
  const rows = await withAuthors(read).where('comments.id', 'in', ids).where(isShown).execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    return row?.storyId === storyId && row.pinned === 0 ? [row] : [];
  });
}

/** Roots written since the order was: they stand on its first page, so that nobody misses them for ten seconds. */
async function readFresh(
  list: CommentQuery,
  { newestAt, newestId }: Order,
  limit: number,
  wanted: CommentWithAuthor | undefined,
): Promise<CommentWithAuthor[]> {
  const since: TimePosition = { sort: 'newest', parent: null, backwards: true, createdAt: newestAt, id: newestId };
  const newest = inOrder(list, 'newest', false).limit(limit);
  const { rows } = newestId === '' ? { rows: await newest.execute() } : await beyond(list, since, limit);
  return wanted && !rows.some(({ id }) => id === wanted.id) ? [...rows, wanted] : rows;
}

function withFresh(
  rows: readonly CommentWithAuthor[],
  fresh: readonly CommentWithAuthor[],
  sort: StoredSort,
): CommentWithAuthor[] {
  const all = [...rows];
  for (const row of fresh) {
    const below = all.findIndex((other) => valueOf(other, sort) < valueOf(row, sort));
    all.splice(below < 0 ? all.length : below, 0, row);
  }
  return all;
}
