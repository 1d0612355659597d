import { limits, type Comment } from 'afterword/contract';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../storage/tables.js';
import { isShown, selectWithAuthor, toPublicComment, type CommentWithAuthor } from '../comment-rows.js';
import { encodeCursor } from './cursor.js';

/** Levels of nested replies included in a page; deeper ones are loaded by requests of their own. */
const maxLevels = 2;
/** SELECTs combined by UNION ALL in one statement, below the limits of SQLite and PostgreSQL. */
const parentsPerQuery = 50;
/** Levels with more parents than this are left to requests of their own. */
const maxParents = 200;

/** Adds the first replies to each comment, oldest first, one level per round, and sets their `nextCursor`. */
export async function addReplies(
  read: Kysely<Tables>,
  storyId: string,
  parents: readonly Comment[],
  limit: number,
  levels = maxLevels,
): Promise<void> {
  const withReplies = parents.filter(({ replies }) => replies.total > 0);
  const isCarried = limit > 0 && levels > 0 && withReplies.length <= maxParents;
  const byParent = new Map(withReplies.map((comment) => [comment.id, comment]));
  const children: Comment[] = [];
  for (let from = 0; isCarried && from < withReplies.length; from += parentsPerQuery) {
    const ids = withReplies.slice(from, from + parentsPerQuery).map(({ id }) => id);
    children.push(...(await readFirstReplies(read, storyId, ids, limit)).map(toPublicComment));
  }
  for (const child of children) byParent.get(child.parentId ?? '')?.replies.comments.push(child);
  for (const { id, replies } of withReplies) {
    if (replies.comments.length >= replies.total) continue;
    const last = replies.comments.at(-1);
    const createdAt = last ? Date.parse(last.createdAt) : 0;
    replies.nextCursor = encodeCursor({ sort: 'oldest', parent: id, backwards: false, createdAt, id: last?.id ?? '' });
  }
  if (children.length > 0) await addReplies(read, storyId, children, limit, levels - 1);
}

/** Reads the replies of each parent by a subquery with its own LIMIT, so that cost does not grow with their number. */
async function readFirstReplies(
  read: Kysely<Tables>,
  storyId: string,
  parents: readonly string[],
  limit: number,
): Promise<CommentWithAuthor[]> {
  const [first, ...others] = parents.map((parent) =>
    read
      .selectFrom(
        selectWithAuthor(read)
          .where('comments.storyId', '=', storyId)
          .where('comments.parentId', '=', parent)
          .where(isShown)
          .orderBy('comments.createdAt')
          .orderBy('comments.id')
          .limit(limit)
          .as('replies'),
      )
      .selectAll(),
  );
  if (!first) return [];
  return others.reduce((all, one) => all.unionAll(one), first).execute();
}

/**
 * Inserts the ancestors of a comment, from a root on the page down to the comment itself, each with its first replies.
 * Very long paths keep their lower end only: the first included ancestor is then nested under a comment that is not its
 * parent.
 */
export async function addAncestorPath(
  read: Kysely<Tables>,
  storyId: string,
  roots: readonly Comment[],
  anchor: { readonly id: string; readonly root: { readonly id: string } },
  limit: number,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    with recursive way (id, parent_id, steps) as (
      select id, parent_id, 0 from comments where id = ${anchor.id}
      union all
      select comments.id, comments.parent_id, steps + 1 from comments join way on comments.id = way.parent_id
      where steps < ${limits.anchorAncestors - 1}
    )
    select id from way order by steps desc
  `.execute(read);
  const ids = rows.map(({ id }) => id).filter((id) => id !== anchor.root.id);
  if (ids.length === 0) return;
  // Filters by id only. With the story id in the WHERE clause SQLite scans the whole thread.
  const found = await selectWithAuthor(read).where('comments.id', 'in', ids).where(isShown).execute();
  const byId = new Map(found.map((row) => [row.id, toPublicComment(row)]));
  const path = ids.flatMap((id) => byId.get(id) ?? []);
  await addReplies(read, storyId, path, limit, 1);
  let above = roots.find(({ id }) => id === anchor.root.id);
  for (const comment of path) {
    if (!above) return;
    const siblings: Comment[] = above.replies.comments;
    const index = siblings.findIndex(({ id }) => id === comment.id);
    siblings.splice(index < 0 ? siblings.length : index, index < 0 ? 0 : 1, comment);
    above = comment;
  }
}
