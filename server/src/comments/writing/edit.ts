import type { Comment } from 'afterword/contract';
import { Problem } from '../../problem.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { holdColumns, isDeletedOrRemoved, lockComment, readComment, storyIdsOfComments } from '../comment-rows.js';
import { deleteRevisions, insertRevision } from '../moderation/revisions.js';
import { setState } from '../moderation/visibility.js';
import { readWritableThreads } from '../reading/thread-state.js';
import type { Finding } from '../rules/pipeline.js';

export interface CommentEdit {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly text: string;
  readonly nodes: Comment['nodes'];
  /** Reasons to hold the edited comment; empty if it may be published at once. */
  readonly findings: readonly Finding[];
  /** True if the thread has closed by age. */
  readonly isClosedByAge: boolean;
  /** Start of the edit window: comments created before cannot be edited. */
  readonly createdAfter: number;
}

/** Result of an edit or a deletion. */
export interface EditResult {
  readonly comment: Comment;
  readonly storyId: string;
}

/** Edits readers' own comments within the edit window. */
export const editComments: Command<CommentEdit, EditResult> = {
  name: 'edit-comments',
  storyIds: storyIdsOfComments,
  run: (transaction, edits) => runSequentially(edits, (edit) => editComment(transaction, edit)),
};

async function editComment(
  transaction: Transaction,
  { siteId, commentId, readerId, text, nodes, findings, isClosedByAge, createdAfter }: CommentEdit,
): Promise<EditResult | Problem> {
  const comment = await lockComment(transaction, siteId, commentId);
  if (!comment || isDeletedOrRemoved(comment.state)) return new Problem('comment-not-found');
  if (comment.authorId !== readerId) return new Problem('not-the-author');
  if (comment.createdAt < createdAfter) return new Problem('edit-window-over');
  const threads = await readWritableThreads(transaction, [comment], Date.now());
  if (isClosedByAge || threads.get(comment.storyId)?.isClosed) return new Problem('thread-closed');
  if (comment.text === text) return { comment: await readComment(transaction, commentId), storyId: comment.storyId };
  if (comment.state === 'visible') await insertRevision(transaction, comment);
  // Resets the approval of the former text. A pending comment stays pending; without new findings it keeps its reasons.
  const held = findings.length > 0 ? holdColumns(findings) : {};
  await transaction.db
    .updateTable('comments')
    .set((eb) => ({
      text,
      nodesJson: JSON.stringify(nodes),
      revision: eb('revision', '+', 1),
      editedAt: Date.now(),
      decidedAt: null,
      ...held,
    }))
    .where('id', '=', commentId)
    .execute();
  const mustHold = findings.length > 0 && comment.state === 'visible';
  await setState(transaction, comment, mustHold ? 'pending' : comment.state);
  return { comment: await readComment(transaction, commentId), storyId: comment.storyId };
}

/** Deletes readers' own comments: erases text and revisions, keeps a placeholder while listed replies remain. */
export const deleteComments: Command<{ siteId: string; commentId: string; readerId: string }, EditResult> = {
  name: 'delete-comments',
  storyIds: storyIdsOfComments,
  run: (transaction, deletions) =>
    runSequentially(deletions, async ({ siteId, commentId, readerId }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment) return new Problem('comment-not-found');
      if (comment.authorId !== readerId) return new Problem('not-the-author');
      if (!isDeletedOrRemoved(comment.state)) {
        await transaction.db
          .updateTable('comments')
          .set({ text: '', nodesJson: '[]', ...holdColumns([]) })
          .where('id', '=', commentId)
          .execute();
        await deleteRevisions(transaction, commentId);
        await setState(transaction, comment, 'deleted');
      }
      return { comment: await readComment(transaction, commentId), storyId: comment.storyId };
    }),
};
