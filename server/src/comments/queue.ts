import { sql } from 'kysely';
import type { Database } from '../storage/database.js';
import type { CommentRow } from '../storage/tables.js';

/** A comment as a moderator sees it in a list. */
export type QueueRow = Awaited<ReturnType<typeof readQueue>>[number];

/** A site's comments in one state, newest first. */
export function readQueue({ read }: Database, siteId: string, state: CommentRow['state'], limit: number) {
  return (
    withReports(read, siteId)
      .where('comments.state', '=', state)
      // Said so that the database knows its list of what is not shown to be enough.
      .$if(state !== 'visible', (query) => query.where('comments.state', '!=', sql.lit('visible' as const)))
      .orderBy('comments.createdAt', 'desc')
      .limit(limit)
      .execute()
  );
}

/** All that speaks for and against one comment. */
export async function readCase({ read }: Database, siteId: string, id: string) {
  const comment = await withReports(read, siteId).where('comments.id', '=', id).executeTakeFirst();
  if (!comment) return undefined;
  const revisions = await read
    .selectFrom('comment_revisions')
    .selectAll()
    .where('commentId', '=', id)
    .orderBy('number')
    .execute();
  const reports = await read
    .selectFrom('comment_reports')
    .selectAll()
    .where('commentId', '=', id)
    .orderBy('createdAt')
    .execute();
  return { comment, revisions, reports };
}

function withReports(read: Database['read'], siteId: string) {
  return read
    .selectFrom('comments')
    .innerJoin('readers', 'readers.id', 'comments.authorId')
    .selectAll('comments')
    .select('readers.name as authorName')
    .select(({ selectFrom }) =>
      selectFrom('comment_reports')
        .whereRef('comment_reports.commentId', '=', 'comments.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('reports'),
    )
    .where('comments.siteId', '=', siteId);
}
