import type { Comment } from 'afterword/contract';
import { Problem } from '../../problem.js';
import type { CommentRow, ReaderRow } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { holdColumns, lockComment, readComment, storyIdsOfComments } from '../comment-rows.js';
import { nextVersion } from '../thread-counters.js';
import { publishPendingName, revisionInReview } from './pending-names.js';
import { setState } from './visibility.js';

/** Decision of a moderator about one comment. */
export type Decision = { state: 'visible' | 'rejected' | 'removed' } | { pinned: boolean } | { featured: boolean };

export interface CommentDecision {
  readonly siteId: string;
  readonly commentId: string;
  readonly decision: Decision;
  /**
   * Revision that the moderator has read, as {@link revisionInReview} counts them. Without it, a comment is published or
   * picked only while it is as it was posted, and rejected or removed in any revision.
   */
  readonly revision?: number | undefined;
}

/**
 * Decides on comments. Refuses a comment that has changed since the moderator read it, or whose author has chosen another
 * name. Approving a comment approves the first name of its author.
 */
export const decideOnComments: Command<CommentDecision, Comment> = {
  name: 'decide-on-comments',
  storyIds: storyIdsOfComments,
  run: (transaction, decisions) =>
    runSequentially(decisions, async ({ siteId, commentId, decision, revision }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || comment.state === 'deleted') return new Problem('comment-not-found');
      const isPublishing = 'state' in decision ? decision.state === 'visible' : Object.values(decision).includes(true);
      const author = await lockAuthor(transaction, comment);
      const current = revisionInReview(comment, author);
      if (current !== (revision ?? (isPublishing ? firstRevision : current))) return new Problem('comment-changed');
      const decidedAt = isPublishing ? { decidedAt: Date.now() } : {};
      if ('state' in decision) {
        if (isPublishing && author.name === '') await publishPendingName(transaction, author);
        if (isPublishing)
          await transaction.db
            .updateTable('comments')
            .set({ ...holdColumns([]), ...decidedAt })
            .where('id', '=', commentId)
            .execute();
        await setState(transaction, comment, decision.state);
      } else {
        const flags =
          'pinned' in decision
            ? { pinned: decision.pinned ? (1 as const) : (0 as const) }
            : { featured: decision.featured ? (1 as const) : (0 as const) };
        const version = await nextVersion(transaction, comment.storyId);
        await transaction.db
          .updateTable('comments')
          .set({ ...flags, changedAt: Date.now(), version, ...(comment.state === 'visible' ? decidedAt : {}) })
          .where('id', '=', commentId)
          .execute();
      }
      return readComment(transaction, commentId);
    }),
};

const firstRevision = 1;

/** Selects the author of a comment FOR NO KEY UPDATE (row lock). */
function lockAuthor({ db, locked }: Transaction, { authorId }: CommentRow): Promise<ReaderRow> {
  return locked(db.selectFrom('readers').selectAll().where('id', '=', authorId)).executeTakeFirstOrThrow();
}

/** Settings of one thread. Omitted members stay unchanged. */
export interface ThreadSetting {
  readonly storyId: string;
  readonly state?: 'open' | 'closed' | 'read-only';
  /** Question to the readers, shown above the thread; `null` removes it. */
  readonly question?: string | null;
}

export const setThreads: Command<ThreadSetting, void> = {
  name: 'set-threads',
  storyIds: (_, settings) => settings.map(({ storyId }) => storyId),
  run: (transaction, settings) =>
    runSequentially(settings, async ({ storyId, ...set }) => {
      await nextVersion(transaction, storyId);
      await transaction.db.updateTable('threads').set(set).where('storyId', '=', storyId).execute();
    }),
};
