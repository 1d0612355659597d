import type { Author, Comment } from 'afterword/contract';
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import type { Database } from '../storage/database.js';
import type { CommentRow, Tables } from '../storage/tables.js';
import { isGone } from './writes.js';
import { decodeCursor, encodeCursor, type CommentSort, type Position } from './cursor.js';

/** How deep a page carries replies of replies; deeper ones are a request of their own. */
const levelsOnPage = 2;

type OrderColumn = 'createdAt' | 'score' | 'replies';

const orders: Record<CommentSort, { column: OrderColumn; descending: boolean }> = {
  newest: { column: 'createdAt', descending: true },
  oldest: { column: 'createdAt', descending: false },
  best: { column: 'score', descending: true },
  discussed: { column: 'replies', descending: true },
};

export interface PageRequest {
  readonly storyId: string;
  readonly sort: CommentSort;
  readonly limit: number;
  /** Replies carried with each comment. */
  readonly replies: number;
  /** Page over the replies of this comment instead of the roots. */
  readonly parent: string | null;
  readonly cursor: string | undefined;
}

export interface CommentPage {
  readonly comments: Comment[];
  readonly prevCursor: string | null;
  readonly nextCursor: string | null;
}

/** One page of a thread, by keyset: inserts between two pages neither skip nor repeat a comment. */
export async function readPage({ read }: Database, request: PageRequest): Promise<CommentPage> {
  const { storyId, sort, parent, limit } = request;
  const from = request.cursor === undefined ? undefined : decodeCursor(request.cursor, sort, parent);
  const backwards = from?.backwards ?? false;
  const threadRoots = (eb: Expressions) => eb('comments.parentId', 'is', null);
  // Pinned comments stand above the first page, whatever the order.
  const pinned =
    parent === null && from === undefined
      ? await inOrder(commentsOf(read, storyId).where(threadRoots).where('comments.pinned', '=', 1), 'newest', false)
          .limit(limit)
          .execute()
      : [];
  let list = commentsOf(read, storyId);
  list =
    parent === null
      ? list.where(threadRoots).where('comments.pinned', '=', 0)
      : list.where('comments.parentId', '=', parent);
  if (from && from.id !== '') list = list.where((eb) => beyond(eb, from));
  const found = await inOrder(list, sort, backwards)
    .limit(limit + 1)
    .execute();
  const more = found.length > limit;
  const page = found.slice(0, limit);
  if (backwards) page.reverse();
  const [first, last] = [page[0], page.at(-1)];
  const cursorAt = (row: CommentWithAuthor, back: boolean) =>
    encodeCursor({ sort, parent, backwards: back, value: row[orders[sort].column], id: row.id });
  const comments = [...pinned, ...page].map((row) => toComment(row, authorOf(row)));
  await addReplies(read, request.storyId, comments, request.replies, levelsOnPage);
  return {
    comments,
    prevCursor: first && (backwards ? more : from !== undefined && from.id !== '') ? cursorAt(first, true) : null,
    nextCursor: last && (backwards || more) ? cursorAt(last, false) : null,
  };
}

/** Fills in the first replies of each comment, a level at a time. */
async function addReplies(
  read: Kysely<Tables>,
  storyId: string,
  parents: readonly Comment[],
  most: number,
  levels: number,
): Promise<void> {
  const asked = parents.filter(({ replies }) => replies.total > 0);
  if (asked.length === 0) return;
  const byParent = new Map(asked.map((comment) => [comment.id, comment]));
  const firstOnes = read
    .selectFrom((db) =>
      db
        .selectFrom('comments')
        .select([
          'comments.id',
          sql<number>`row_number() over (partition by parent_id order by created_at, id)`.as('place'),
        ])
        .where('comments.parentId', 'in', [...byParent.keys()])
        .where(isShown)
        .as('replies'),
    )
    .select('replies.id')
    .where('replies.place', '<=', most);
  const found =
    most === 0 || levels === 0
      ? []
      : await inOrder(commentsOf(read, storyId).where('comments.id', 'in', firstOnes), 'oldest', false).execute();
  const children = found.map((row) => toComment(row, authorOf(row)));
  for (const child of children) byParent.get(child.parentId ?? '')?.replies.comments.push(child);
  for (const { id, replies } of asked) {
    const last = replies.comments.at(-1);
    if (replies.comments.length >= replies.total) continue;
    const position: Position = {
      sort: 'oldest',
      parent: id,
      backwards: false,
      value: last ? Date.parse(last.createdAt) : 0,
      id: last?.id ?? '',
    };
    replies.nextCursor = encodeCursor(position);
  }
  if (children.length > 0) await addReplies(read, storyId, children, most, levels - 1);
}

/** The comments with these ids, in that order, whatever their state. */
export async function readComments({ read }: Pick<Database, 'read'>, ids: readonly string[]): Promise<Comment[]> {
  if (ids.length === 0) return [];
  const found = await withAuthors(read).where('comments.id', 'in', ids).execute();
  const byId = new Map(found.map((row) => [row.id, toComment(row, authorOf(row))]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

type Expressions = ExpressionBuilder<Tables, 'comments'>;
type CommentQuery = ReturnType<typeof withAuthors>;
type CommentWithAuthor = Awaited<ReturnType<CommentQuery['execute']>>[number];

function withAuthors(read: Kysely<Tables>) {
  return read
    .selectFrom('comments')
    .innerJoin('readers', 'readers.id', 'comments.authorId')
    .selectAll('comments')
    .select(['readers.name as authorName', 'readers.badgesJson as authorBadgesJson']);
}

/** What everybody may see of a story's thread. */
function commentsOf(read: Kysely<Tables>, storyId: string): CommentQuery {
  return withAuthors(read).where('comments.storyId', '=', storyId).where(isShown);
}

/** Visible ones, and the places of those that are gone while somebody's reply still stands below. */
function isShown(eb: Expressions) {
  return eb.or([
    eb('comments.state', '=', 'visible'),
    eb.and([eb('comments.state', 'in', ['deleted', 'removed']), eb('comments.replies', '>', 0)]),
  ]);
}

function beyond(eb: Expressions, { sort, backwards, value, id }: Position) {
  const { column, descending } = orders[sort];
  const than = descending === backwards ? '>' : '<';
  const reference = `comments.${column}` as const;
  return eb.or([eb(reference, than, value), eb.and([eb(reference, '=', value), eb('comments.id', than, id)])]);
}

function inOrder(query: CommentQuery, sort: CommentSort, backwards: boolean): CommentQuery {
  const { column, descending } = orders[sort];
  const direction = descending === backwards ? 'asc' : 'desc';
  return query.orderBy(`comments.${column}`, direction).orderBy('comments.id', direction);
}

function authorOf({ authorId, authorName, authorBadgesJson }: CommentWithAuthor): Author {
  return { id: authorId, name: authorName, badges: JSON.parse(authorBadgesJson) as string[] };
}

const nobody: Author = { id: '', name: '', badges: [] };

/** A row as the contract has it. What was deleted or removed keeps its place, and nothing else. */
export function toComment(
  row: CommentRow,
  author: Author,
  nodes = JSON.parse(row.nodesJson) as Comment['nodes'],
): Comment {
  const gone = isGone(row.state);
  return {
    id: row.id,
    parentId: row.parentId,
    author: gone ? nobody : author,
    nodes: gone ? [] : nodes,
    text: gone ? '' : row.text,
    createdAt: new Date(row.createdAt).toISOString(),
    editedAt: row.editedAt === null ? null : new Date(row.editedAt).toISOString(),
    state: row.state,
    // Why it once waited is nobody's business when it is shown.
    ...(row.reasonsJson === null || row.state === 'visible'
      ? {}
      : { reasons: JSON.parse(row.reasonsJson) as Comment['reasons'] }),
    votes: { up: row.up, down: row.down },
    pinned: row.pinned === 1,
    featured: row.featured === 1,
    replies: { comments: [], nextCursor: null, total: row.replies },
  };
}
