import type { Comment } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { CommentRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { isGone } from './comment-rows.js';
import type { Finding } from './rules/pipeline.js';
import { inTurn, lockComment, readOne, setState } from './states.js';
import { heldFor, readClosed } from './writes.js';

export interface CommentEdit {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly text: string;
  readonly nodes: Comment['nodes'];
  /** Why it has to wait for a moderator again; none where it may be shown at once. */
  readonly findings: readonly Finding[];
  /** Whether the thread has closed by age. */
  readonly closed: boolean;
  /** Edits are taken of comments made after this time. */
  readonly createdAfter: number;
}

/** What a change answers: the comment, and the story that shows it. */
export interface Changed {
  readonly comment: Comment;
  readonly storyId: string;
}

export const editComments: Command<CommentEdit, Changed> = {
  name: 'edit-comments',
  run: (transaction, edits) =>
    inTurn(edits, async ({ siteId, commentId, readerId, text, nodes, findings, closed, createdAfter }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || isGone(comment.state)) return new Problem('comment-not-found');
      if (comment.authorId !== readerId) return new Problem('not-the-author');
      if (comment.createdAt < createdAfter) return new Problem('edit-window-over');
      if (closed || (await readClosed(transaction, [comment], Date.now())).size > 0)
        return new Problem('thread-closed');
      if (comment.text === text) return { comment: await readOne(transaction, commentId), storyId: comment.storyId };
      if (comment.state === 'visible') await keepRevision(transaction, comment);
      // Else a harmless text could be approved, and then become another. What waits goes on waiting, for all it is held for.
      const held = findings.length > 0 ? heldFor(findings) : {};
      await transaction.db
        .updateTable('comments')
        .set({ text, nodesJson: JSON.stringify(nodes), editedAt: Date.now(), decidedAt: null, ...held })
        .where('id', '=', commentId)
        .execute();
      const waits = findings.length > 0 && comment.state === 'visible';
      await setState(transaction, comment, waits ? 'pending' : comment.state);
      return { comment: await readOne(transaction, commentId), storyId: comment.storyId };
    }),
};

/** What everybody could read stays readable; what was never shown is nobody's business. */
async function keepRevision(
  { db }: Transaction,
  { id, text, nodesJson, createdAt, editedAt }: CommentRow,
): Promise<void> {
  const last = await db
    .selectFrom('comment_revisions')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('commentId', '=', id)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  const revision = { commentId: id, number, text, nodesJson, writtenAt: editedAt ?? createdAt };
  await db.insertInto('comment_revisions').values(revision).execute();
}

/** Deletes readers' own comments: all texts go at once, the place stays while replies stand below it. */
export const deleteComments: Command<{ siteId: string; commentId: string; readerId: string }, Changed> = {
  name: 'delete-comments',
  run: (transaction, deletions) =>
    inTurn(deletions, async ({ siteId, commentId, readerId }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment) return new Problem('comment-not-found');
      if (comment.authorId !== readerId) return new Problem('not-the-author');
      if (!isGone(comment.state)) {
        await transaction.db
          .updateTable('comments')
          .set({ text: '', nodesJson: '[]', ...heldFor([]) })
          .where('id', '=', commentId)
          .execute();
        await transaction.db.deleteFrom('comment_revisions').where('commentId', '=', commentId).execute();
        await setState(transaction, comment, 'deleted');
      }
      return { comment: await readOne(transaction, commentId), storyId: comment.storyId };
    }),
};
