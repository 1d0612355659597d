import { limits, type Comment } from 'afterword/contract';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../storage/tables.js';
import { isShown, toShownComment, withAuthors, type CommentWithAuthor } from './comment-rows.js';
import { encodeCursor } from './cursor.js';

/** How deep a page carries replies of replies; deeper ones are a request of their own. */
const levelsOnPage = 2;
/** So many parts one statement may be put together of, on the safe side of what the databases take. */
const parentsAtOnce = 50;
/** A level wider than this is left to requests of its own. */
const mostParents = 200;

/** Fills in the first replies of each comment, oldest first, a level at a time, and where they go on. */
export async function addReplies(
  read: Kysely<Tables>,
  storyId: string,
  parents: readonly Comment[],
  most: number,
  levels = levelsOnPage,
): Promise<void> {
  const asked = parents.filter(({ replies }) => replies.total > 0);
  const carried = most > 0 && levels > 0 && asked.length <= mostParents;
  const byParent = new Map(asked.map((comment) => [comment.id, comment]));
  const children: Comment[] = [];
  for (let from = 0; carried && from < asked.length; from += parentsAtOnce) {
    const ids = asked.slice(from, from + parentsAtOnce).map(({ id }) => id);
    children.push(...(await readFirstReplies(read, storyId, ids, most)).map(toShownComment));
  }
  for (const child of children) byParent.get(child.parentId ?? '')?.replies.comments.push(child);
  for (const { id, replies } of asked) {
    if (replies.comments.length >= replies.total) continue;
    const last = replies.comments.at(-1);
    const createdAt = last ? Date.parse(last.createdAt) : 0;
    replies.nextCursor = encodeCursor({ sort: 'oldest', parent: id, backwards: false, createdAt, id: last?.id ?? '' });
  }
  if (children.length > 0) await addReplies(read, storyId, children, most, levels - 1);
}

/** Each parent's by a search of its own: a comment with ten thousand replies costs no more than one with ten. */
async function readFirstReplies(
  read: Kysely<Tables>,
  storyId: string,
  parents: readonly string[],
  most: number,
): Promise<CommentWithAuthor[]> {
  const [first, ...others] = parents.map((parent) =>
    read
      .selectFrom(
        withAuthors(read)
          .where('comments.storyId', '=', storyId)
          .where('comments.parentId', '=', parent)
          .where(isShown)
          .orderBy('comments.createdAt')
          .orderBy('comments.id')
          .limit(most)
          .as('replies'),
      )
      .selectAll(),
  );
  if (!first) return [];
  return others.reduce((all, one) => all.unionAll(one), first).execute();
}

/**
 * Puts the comments on the way from a root on the page down to one of its descendants below one another, each with its
 * first replies. Of a very long way only the end is carried: the first of it stands under a comment that is not its parent.
 */
export async function addWayTo(
  read: Kysely<Tables>,
  storyId: string,
  roots: readonly Comment[],
  anchor: { readonly id: string; readonly root: { readonly id: string } },
  most: number,
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
  // By nothing but their ids: told the story too, SQLite goes through the whole thread for them.
  const found = await withAuthors(read).where('comments.id', 'in', ids).where(isShown).execute();
  const byId = new Map(found.map((row) => [row.id, toShownComment(row)]));
  const way = ids.flatMap((id) => byId.get(id) ?? []);
  await addReplies(read, storyId, way, most, 1);
  let above = roots.find(({ id }) => id === anchor.root.id);
  for (const comment of way) {
    if (!above) return;
    const siblings: Comment[] = above.replies.comments;
    const place = siblings.findIndex(({ id }) => id === comment.id);
    siblings.splice(place < 0 ? siblings.length : place, place < 0 ? 0 : 1, comment);
    above = comment;
  }
}
