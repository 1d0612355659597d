import type { Comment, CommentVotes } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { CommentRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { isGone, readComments } from './comment-rows.js';
import { bestScore } from './score.js';
import { countInThreads, countReplies } from './writes.js';

export interface CommentVote {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly value: 1 | 0 | -1;
}

/** Sets what a reader thinks of a comment; 0 takes it back. Saying the same again changes nothing. */
export const voteOnComments: Command<CommentVote, { votes: CommentVotes; storyId: string }> = {
  name: 'vote-on-comments',
  run: (transaction, votes) => inTurn(votes, (vote) => voteOnComment(transaction, vote)),
};

async function voteOnComment(transaction: Transaction, { siteId, commentId, readerId, value }: CommentVote) {
  const { db } = transaction;
  const comment = await lockComment(transaction, siteId, commentId);
  if (comment?.state !== 'visible') return new Problem('comment-not-found');
  if (comment.authorId === readerId) return new Problem('own-comment');
  const before = await db
    .selectFrom('comment_votes')
    .select('value')
    .where('commentId', '=', commentId)
    .where('readerId', '=', readerId)
    .executeTakeFirst();
  const was = before?.value ?? 0;
  const changedAt = Date.now();
  let { up, down } = comment;
  if (was !== value) {
    up += Number(value === 1) - Number(was === 1);
    down += Number(value === -1) - Number(was === -1);
    if (value === 0) {
      await db
        .deleteFrom('comment_votes')
        .where('commentId', '=', commentId)
        .where('readerId', '=', readerId)
        .execute();
    } else {
      await db
        .insertInto('comment_votes')
        .values({ commentId, readerId, value, changedAt })
        .onConflict((conflict) => conflict.columns(['commentId', 'readerId']).doUpdateSet({ value, changedAt }))
        .execute();
    }
    await db
      .updateTable('comments')
      .set({ up, down, score: bestScore(up, down, comment.createdAt) })
      .where('id', '=', commentId)
      .execute();
    await countInThreads(transaction, [{ storyId: comment.storyId, change: 0 }]);
  }
  return { votes: { up, down }, storyId: comment.storyId };
}

export interface CommentEdit {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly text: string;
  readonly nodesJson: string;
  /** Why it has to wait for a moderator again; none where it may be shown at once. */
  readonly reasons: NonNullable<Comment['reasons']>;
  /** Edits are taken of comments made after this time. */
  readonly createdAfter: number;
}

export const editComments: Command<CommentEdit, { comment: Comment; storyId: string }> = {
  name: 'edit-comments',
  run: (transaction, edits) =>
    inTurn(edits, async ({ siteId, commentId, readerId, text, nodesJson, reasons, createdAfter }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || isGone(comment.state)) return new Problem('comment-not-found');
      if (comment.authorId !== readerId) return new Problem('not-the-author');
      if (comment.createdAt < createdAfter) return new Problem('edit-window-over');
      // Else a harmless text could be approved, and then become another.
      const waits = reasons.length > 0 && comment.state === 'visible';
      await transaction.db
        .updateTable('comments')
        .set({ text, nodesJson, editedAt: Date.now(), ...(waits && { reasonsJson: JSON.stringify(reasons) }) })
        .where('id', '=', commentId)
        .execute();
      await setState(transaction, comment, waits ? 'pending' : comment.state);
      return { comment: await readOne(transaction, commentId), storyId: comment.storyId };
    }),
};

/** Deletes readers' own comments: the text goes at once, the place stays while replies stand below it. */
export const deleteComments: Command<
  { siteId: string; commentId: string; readerId: string },
  { comment: Comment; storyId: string }
> = {
  name: 'delete-comments',
  run: (transaction, deletions) =>
    inTurn(deletions, async ({ siteId, commentId, readerId }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment) return new Problem('comment-not-found');
      if (comment.authorId !== readerId) return new Problem('not-the-author');
      if (!isGone(comment.state)) {
        await transaction.db
          .updateTable('comments')
          .set({ text: '', nodesJson: '[]', reasonsJson: null })
          .where('id', '=', commentId)
          .execute();
        await setState(transaction, comment, 'deleted');
      }
      return { comment: await readOne(transaction, commentId), storyId: comment.storyId };
    }),
};

/** What a moderator decides about one comment. */
export type Decision = { state: 'visible' | 'rejected' | 'removed' } | { pinned: boolean } | { featured: boolean };

export const decideOnComments: Command<{ siteId: string; commentId: string; decision: Decision }, Comment> = {
  name: 'decide-on-comments',
  run: (transaction, decisions) =>
    inTurn(decisions, async ({ siteId, commentId, decision }) => {
      const comment = await lockComment(transaction, siteId, commentId);
      if (!comment || comment.state === 'deleted') return new Problem('comment-not-found');
      if ('state' in decision) {
        await setState(transaction, comment, decision.state);
      } else {
        const flags =
          'pinned' in decision
            ? { pinned: decision.pinned ? (1 as const) : (0 as const) }
            : { featured: decision.featured ? (1 as const) : (0 as const) };
        await transaction.db.updateTable('comments').set(flags).where('id', '=', commentId).execute();
        await countInThreads(transaction, [{ storyId: comment.storyId, change: 0 }]);
      }
      return readOne(transaction, commentId);
    }),
};

export const setThreadState: Command<{ storyId: string; state: 'open' | 'closed' | 'read-only' }, void> = {
  name: 'set-thread-state',
  run: (transaction, threads) =>
    inTurn(threads, async ({ storyId, state }) => {
      await countInThreads(transaction, [{ storyId, change: 0 }]);
      await transaction.db.updateTable('threads').set({ state }).where('storyId', '=', storyId).execute();
    }),
};

async function setState(transaction: Transaction, comment: CommentRow, state: CommentRow['state']): Promise<void> {
  const { id, storyId, parentId, replies } = comment;
  await transaction.db.updateTable('comments').set({ state }).where('id', '=', id).execute();
  const visible = (of: CommentRow['state']) => Number(of === 'visible');
  const hasPlace = (of: CommentRow['state']) => Number(of === 'visible' || replies > 0);
  await countInThreads(transaction, [{ storyId, change: visible(state) - visible(comment.state) }]);
  if (parentId !== null)
    await countReplies(transaction, [{ parentId, change: hasPlace(state) - hasPlace(comment.state) }]);
}

function lockComment({ db, locked }: Transaction, siteId: string, id: string): Promise<CommentRow | undefined> {
  return locked(
    db.selectFrom('comments').selectAll().where('id', '=', id).where('siteId', '=', siteId),
  ).executeTakeFirst();
}

async function readOne({ db }: Transaction, id: string): Promise<Comment> {
  const [comment] = await readComments({ read: db }, [id]);
  if (!comment) throw new Error('A comment that was just written is not there.');
  return comment;
}

async function inTurn<Input, Output>(
  inputs: readonly Input[],
  run: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const input of inputs) outputs.push(await run(input));
  return outputs;
}
