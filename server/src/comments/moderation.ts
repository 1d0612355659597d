import type { Comment } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Command } from '../storage/writer.js';
import { isGone } from './comment-rows.js';
import { inTurn, lockComment, readOne, setState } from './states.js';
import { countInThreads, heldFor } from './writes.js';

/** What a moderator decides about one comment. */
export type Decision = { state: 'visible' | 'rejected' | 'removed' } | { pinned: boolean } | { featured: boolean };

export const decideOnComments: Command<{ siteId: string; commentId: string; decision: Decision }, Comment> = {
  name: 'decide-on-comments',
  run: (transaction, decisions) =>
    inTurn(decisions, async ({ siteId, commentId, decision }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || comment.state === 'deleted') return new Problem('comment-not-found');
      if ('state' in decision) {
        if (decision.state === 'visible')
          await transaction.db
            .updateTable('comments')
            .set({ ...heldFor([]), decidedAt: Date.now() })
            .where('id', '=', commentId)
            .execute();
        await setState(transaction, comment, decision.state);
      } else {
        const flags =
          'pinned' in decision
            ? { pinned: decision.pinned ? (1 as const) : (0 as const) }
            : { featured: decision.featured ? (1 as const) : (0 as const) };
        await transaction.db
          .updateTable('comments')
          .set({ ...flags, changedAt: Date.now() })
          .where('id', '=', commentId)
          .execute();
        await countInThreads(transaction, [{ storyId: comment.storyId, change: 0 }]);
      }
      return readOne(transaction, commentId);
    }),
};

export interface CommentReport {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly reason: string;
  readonly note: string | null;
  /** Reports by so many readers hold the comment, unless a moderator has let it stand as it is. */
  readonly reportsToHold: number;
}

/** Keeps reports: one a reader and comment, the last one counts. */
export const reportComments: Command<CommentReport, { storyId: string; held: boolean }> = {
  name: 'report-comments',
  run: (transaction, reports) =>
    inTurn(reports, async ({ siteId, commentId, readerId, reason, note, reportsToHold }) => {
      const { db } = transaction;
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || isGone(comment.state)) return new Problem('comment-not-found');
      const createdAt = Date.now();
      await db
        .insertInto('comment_reports')
        .values({ commentId, readerId, reason, note, createdAt })
        .onConflict((conflict) => conflict.columns(['commentId', 'readerId']).doUpdateSet({ reason, note, createdAt }))
        .execute();
      const all = await db.selectFrom('comment_reports').select('reason').where('commentId', '=', commentId).execute();
      const held = comment.state === 'visible' && comment.decidedAt === null && all.length >= reportsToHold;
      if (held) {
        const detail = `${all.length} reports: ${[...new Set(all.map((report) => report.reason))].join(', ')}`;
        await db
          .updateTable('comments')
          .set(heldFor([{ reason: 'reported', detail }]))
          .where('id', '=', commentId)
          .execute();
        await setState(transaction, comment, 'pending');
      }
      return { storyId: comment.storyId, held };
    }),
};

/** What a newsroom sets for a story's thread; what is left out stays as it is. */
export interface ThreadSetting {
  readonly storyId: string;
  readonly state?: 'open' | 'closed' | 'read-only';
  /** Its question to the readers above the thread; `null` takes it away. */
  readonly question?: string | null;
}

export const setThreads: Command<ThreadSetting, void> = {
  name: 'set-threads',
  run: (transaction, settings) =>
    inTurn(settings, async ({ storyId, ...set }) => {
      await countInThreads(transaction, [{ storyId, change: 0 }]);
      await transaction.db.updateTable('threads').set(set).where('storyId', '=', storyId).execute();
    }),
};
