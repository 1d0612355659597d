import type { CommentVotes } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Command, Transaction } from '../storage/writer.js';
import { bestScore } from './score.js';
import { inTurn, lockComment } from './states.js';
import { countInThreads } from './writes.js';

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
      .set({ up, down, score: bestScore(up, down, comment.createdAt), changedAt })
      .where('id', '=', commentId)
      .execute();
    await countInThreads(transaction, [{ storyId: comment.storyId, change: 0 }]);
  }
  return { votes: { up, down }, storyId: comment.storyId };
}
