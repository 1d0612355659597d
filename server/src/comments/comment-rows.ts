import type { Author, Comment } from 'afterword/contract';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Database } from '../storage/database.js';
import type { CommentRow, Tables } from '../storage/tables.js';

/** A comment as it lies in the database, with what is shown of its writer. */
export type CommentWithAuthor = Awaited<ReturnType<ReturnType<typeof withAuthors>['execute']>>[number];

export function withAuthors(read: Kysely<Tables>) {
  return read
    .selectFrom('comments')
    .innerJoin('readers', 'readers.id', 'comments.authorId')
    .selectAll('comments')
    .select(['readers.name as authorName', 'readers.badgesJson as authorBadgesJson']);
}

/** What everybody may see: visible comments, and the places of others while somebody's reply still stands below. */
export function isShown(eb: ExpressionBuilder<Tables, 'comments'>) {
  return eb.or([eb('comments.state', '=', 'visible'), eb('comments.replies', '>', 0)]);
}

/** Deleted by its writer or removed by a moderator: nothing of it is told to anybody but, perhaps, its place. */
export function isGone(state: CommentRow['state']): boolean {
  return state === 'deleted' || state === 'removed';
}

/** The comments with these ids, in that order, whatever their state. For their writers and for moderators. */
export async function readComments({ read }: Pick<Database, 'read'>, ids: readonly string[]): Promise<Comment[]> {
  if (ids.length === 0) return [];
  const found = await withAuthors(read).where('comments.id', 'in', ids).execute();
  const byId = new Map(found.map((row) => [row.id, toComment(row, authorOf(row))]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** A row as everybody sees it: what is not visible keeps its place, and nothing else. */
export function toShownComment(row: CommentWithAuthor): Comment {
  const state = row.state === 'visible' || row.state === 'deleted' ? row.state : 'removed';
  return toComment({ ...row, state }, authorOf(row));
}

export function authorOf({ authorId, authorName, authorBadgesJson }: CommentWithAuthor): Author {
  return { id: authorId, name: authorName, badges: JSON.parse(authorBadgesJson) as string[] };
}

const nobody: Author = { id: '', name: '', badges: [] };

/** A row as the contract has it, for its writer and for moderators. */
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
