import { sql } from 'kysely';
import type { Database } from '../../storage/database.js';
import type { CommentRow } from '../../storage/tables.js';
import { selectWithAuthor } from '../comment-rows.js';

/** Row of a moderation queue. */
export type QueueRow = Awaited<ReturnType<typeof readQueue>>[number];

/** Lists a site's comments in one state, newest first. */
export function readQueue({ read }: Database, siteId: string, state: CommentRow['state'], limit: number) {
  return (
    withReports(read, siteId)
      .where('comments.state', '=', state)
      // Repeats the condition of the partial index, so that SQLite uses it.
      .$if(state !== 'visible', (query) => query.where('comments.state', '!=', sql.lit('visible' as const)))
      .orderBy('comments.createdAt', 'desc')
      .limit(limit)
      .execute()
  );
}

/** Lists visible comments that were reported since a moderator decided on them, the latest report first. */
export async function readReported({ read }: Database, siteId: string, limit: number): Promise<QueueRow[]> {
  const reported = await read
    .selectFrom('comment_reports')
    .innerJoin('comments', 'comments.id', 'comment_reports.commentId')
    .select(['comments.id', ({ fn }) => fn.max('comment_reports.createdAt').as('reportedAt')])
    .where('comments.siteId', '=', siteId)
    .where('comments.state', '=', 'visible')
    .where(({ eb, ref, fn, val }) =>
      eb('comment_reports.createdAt', '>', fn.coalesce(ref('comments.decidedAt'), val(0))),
    )
    .groupBy('comments.id')
    .orderBy('reportedAt', 'desc')
    .limit(limit)
    .execute();
  if (reported.length === 0) return [];
  const ids = reported.map(({ id }) => id);
  const rows = await withReports(read, siteId).where('comments.id', 'in', ids).execute();
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** Reads one comment with its revisions and reports. */
export async function readCommentDetails({ read }: Database, siteId: string, id: string) {
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
  return selectWithAuthor(read)
    .select('readers.nameRevision as authorNameRevision')
    .select(({ selectFrom }) =>
      selectFrom('comment_reports')
        .whereRef('comment_reports.commentId', '=', 'comments.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('reports'),
    )
    .where('comments.siteId', '=', siteId);
}
