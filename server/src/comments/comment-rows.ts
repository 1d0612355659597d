import type { Author, Comment } from 'afterword/contract';
import type { ExpressionBuilder, Kysely } from 'kysely';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import type { CommentRow, Tables } from '../storage/tables.js';
import type { Transaction } from '../storage/writer.js';
import { nameInReview } from './rules/name-rules.js';
import type { Finding } from './rules/pipeline.js';

/** Row of `comments` joined with the public columns of its author. */
export type CommentWithAuthor = Awaited<ReturnType<ReturnType<typeof selectWithAuthor>['execute']>>[number];

export function selectWithAuthor(read: Kysely<Tables>) {
  return read
    .selectFrom('comments')
    .innerJoin('readers', 'readers.id', 'comments.authorId')
    .selectAll('comments')
    .select([
      'readers.name as authorName',
      'readers.pendingName as authorPendingName',
      'readers.badgesJson as authorBadgesJson',
    ]);
}

/** Matches comments that are listed in public: visible ones, and placeholders that still have listed replies. */
export function isShown(eb: ExpressionBuilder<Tables, 'comments'>) {
  return eb.or([eb('comments.state', '=', 'visible'), eb('comments.replies', '>', 0)]);
}

/** Returns true for rows that {@link isShown} matches. */
export function isListed({ state, replies }: Pick<CommentRow, 'state' | 'replies'>): boolean {
  return state === 'visible' || replies > 0;
}

/** Returns true for comments deleted by the author or removed by a moderator. Their text and author are never sent. */
export function isDeletedOrRemoved(state: CommentRow['state']): boolean {
  return state === 'deleted' || state === 'removed';
}

/**
 * Reads the story and the parent of a comment. Commands check author and state again under the row lock.
 *
 * @throws Problem `comment-not-found`
 */
export async function readPlacement({ read }: Pick<Database, 'read'>, siteId: string, commentId: string) {
  const row = await read
    .selectFrom('comments')
    .select(['storyId', 'parentId', 'nodesJson'])
    .where('id', '=', commentId)
    .where('siteId', '=', siteId)
    .executeTakeFirst();
  if (!row) throw new Problem('comment-not-found');
  return row;
}

/** Reads the stories of comments, in the order of the inputs. */
export async function storyIdsOfComments(
  db: Kysely<Tables>,
  inputs: readonly { readonly commentId: string }[],
): Promise<(string | undefined)[]> {
  const ids = [...new Set(inputs.map(({ commentId }) => commentId))];
  const rows = await db.selectFrom('comments').select(['id', 'storyId']).where('id', 'in', ids).execute();
  const byId = new Map(rows.map(({ id, storyId }) => [id, storyId]));
  return inputs.map(({ commentId }) => byId.get(commentId));
}

/** Selects a comment of a site FOR NO KEY UPDATE (row lock). */
export function lockComment({ db, locked }: Transaction, siteId: string, id: string): Promise<CommentRow | undefined> {
  return locked(
    db.selectFrom('comments').selectAll().where('id', '=', id).where('siteId', '=', siteId),
  ).executeTakeFirst();
}

/** Reads comments by id in any state and keeps the order of `ids`. For authors and moderators only. */
export async function readComments({ read }: Pick<Database, 'read'>, ids: readonly string[]): Promise<Comment[]> {
  if (ids.length === 0) return [];
  const found = await selectWithAuthor(read).where('comments.id', 'in', ids).execute();
  const byId = new Map(found.map((row) => [row.id, toComment(row, authorInReview(row))]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Reads a comment that this transaction has written. */
export async function readComment({ db }: Transaction, id: string): Promise<Comment> {
  const [comment] = await readComments({ read: db }, [id]);
  if (!comment) throw new Error('A comment that was just written is not there.');
  return comment;
}

/** Converts a row for the public. A comment that is not visible becomes an empty placeholder. */
export function toPublicComment(row: CommentWithAuthor): Comment {
  const state = row.state === 'visible' || row.state === 'deleted' ? row.state : 'removed';
  return toComment({ ...row, state }, authorOf(row));
}

export function authorOf({ authorId, authorName, authorBadgesJson }: CommentWithAuthor): Author {
  return { id: authorId, name: authorName, badges: JSON.parse(authorBadgesJson) as string[] };
}

/** Returns the author as the author and moderators see them: a held comment has the name that its approval publishes. */
export function authorInReview(row: CommentWithAuthor): Author {
  const { authorName: name, authorPendingName: pendingName } = row;
  return { ...authorOf(row), name: row.state === 'visible' ? name : nameInReview({ name, pendingName }) };
}

const noAuthor: Author = { id: '', name: '', badges: [] };

/** Converts a row to the contract's type with its real state. For the author and for moderators. */
export function toComment(
  row: CommentRow,
  author: Author,
  nodes = JSON.parse(row.nodesJson) as Comment['nodes'],
): Comment {
  const gone = isDeletedOrRemoved(row.state);
  return {
    id: row.id,
    parentId: row.parentId,
    author: gone ? noAuthor : author,
    nodes: gone ? [] : nodes,
    text: gone ? '' : row.text,
    createdAt: new Date(row.createdAt).toISOString(),
    editedAt: row.editedAt === null ? null : new Date(row.editedAt).toISOString(),
    state: row.state,
    // Reasons are left out once the comment is visible.
    ...(row.reasonsJson === null || row.state === 'visible'
      ? {}
      : { reasons: JSON.parse(row.reasonsJson) as Comment['reasons'] }),
    votes: { up: row.up, down: row.down },
    pinned: row.pinned === 1,
    featured: row.featured === 1,
    replies: { comments: [], nextCursor: null, total: row.replies },
  };
}

/** Returns the columns that store the reasons for a hold; both NULL without findings. */
export function holdColumns(findings: readonly Finding[]): Pick<CommentRow, 'reasonsJson' | 'findingsJson'> {
  if (findings.length === 0) return { reasonsJson: null, findingsJson: null };
  return { reasonsJson: JSON.stringify(findings.map(({ reason }) => reason)), findingsJson: JSON.stringify(findings) };
}
