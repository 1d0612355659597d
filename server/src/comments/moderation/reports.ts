import { Problem } from '../../problem.js';
import type { CommentRow, ReaderRow } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { holdColumns, isDeletedOrRemoved, lockComment, storyIdsOfComments } from '../comment-rows.js';
import { setState } from './visibility.js';

export interface CommentReport {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly reason: string;
  readonly note: string | null;
  /** Keyed hash of the reporter's network. */
  readonly networkHash: string;
  /** Number of reporters that holds the comment; see {@link countReporters}. */
  readonly reportsToHold: number;
}

/**
 * Stores reports, one per reader and comment: a later report replaces the earlier one. Enough reporters hold a comment,
 * unless a moderator has approved it or the newsroom has picked or written it.
 */
export const reportComments: Command<CommentReport, { storyId: string; held: boolean }> = {
  name: 'report-comments',
  storyIds: storyIdsOfComments,
  run: (transaction, reports) =>
    runSequentially(reports, async ({ siteId, commentId, readerId, reportsToHold, ...report }) => {
      const { db } = transaction;
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || isDeletedOrRemoved(comment.state)) return new Problem('comment-not-found');
      const content = { ...report, createdAt: Date.now() };
      await db
        .insertInto('comment_reports')
        .values({ commentId, readerId, ...content })
        .onConflict((conflict) => conflict.columns(['commentId', 'readerId']).doUpdateSet(content))
        .execute();
      const stored = await db
        .selectFrom('comment_reports')
        .innerJoin('readers', 'readers.id', 'comment_reports.readerId')
        .select(['comment_reports.reason', 'comment_reports.readerId', 'comment_reports.networkHash', 'readers.kind'])
        .where('commentId', '=', commentId)
        .execute();
      const reporters = countReporters(stored);
      const held =
        comment.state === 'visible' && reporters >= reportsToHold && !(await isProtected(transaction, comment));
      if (held) {
        const reasons = [...new Set(stored.map(({ reason }) => reason))].join(', ');
        const detail = `${stored.length} reports, counted as ${reporters}: ${reasons}`;
        await db
          .updateTable('comments')
          .set(holdColumns([{ reason: 'reported', detail }]))
          .where('id', '=', commentId)
          .execute();
        await setState(transaction, comment, 'pending');
      }
      return { storyId: comment.storyId, held };
    }),
};

interface Reporter {
  readonly readerId: string;
  readonly networkHash: string | null;
  readonly kind: ReaderRow['kind'];
}

/** Counts identified readers, and the networks of guests: a browser can be any number of guests. */
function countReporters(reporters: readonly Reporter[]): number {
  const guests = reporters.filter(({ kind }) => kind === 'guest');
  const networks = new Set(guests.map(({ networkHash, readerId }) => networkHash ?? readerId));
  return reporters.length - guests.length + networks.size;
}

/** Returns true for a text that a moderator has approved, or that the newsroom has picked or written. */
async function isProtected({ db }: Transaction, comment: CommentRow): Promise<boolean> {
  if (comment.decidedAt !== null) return true;
  // Picks by earlier versions have no time of decision.
  if (comment.editedAt === null && (comment.pinned === 1 || comment.featured === 1)) return true;
  const author = await db
    .selectFrom('readers')
    .select('badgesJson')
    .where('id', '=', comment.authorId)
    .executeTakeFirstOrThrow();
  return (JSON.parse(author.badgesJson) as string[]).includes('staff');
}
