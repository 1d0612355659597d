import type { CommentVotes } from 'afterword/contract';
import { Problem } from '../../problem.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { lockComment, storyIdsOfComments } from '../comment-rows.js';
import { bestScore } from '../reading/wilson-score.js';
import { nextVersion } from '../thread-counters.js';

export interface CommentVote {
  readonly siteId: string;
  readonly commentId: string;
  readonly readerId: string;
  readonly value: 1 | 0 | -1;
}

/** Sets a reader's vote on a comment; 0 removes it. Idempotent. */
export const voteOnComments: Command<CommentVote, { votes: CommentVotes; storyId: string }> = {
  name: 'vote-on-comments',
  storyIds: storyIdsOfComments,
  run: (transaction, votes) => runSequentially(votes, (vote) => voteOnComment(transaction, vote)),
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
  const previous = before?.value ?? 0;
  const changedAt = Date.now();
  let { up, down } = comment;
  if (previous !== value) {
    up += Number(value === 1) - Number(previous === 1);
    down += Number(value === -1) - Number(previous === -1);
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
    const version = await nextVersion(transaction, comment.storyId);
    await db
      .updateTable('comments')
      .set({ up, down, score: bestScore(up, down, comment.createdAt), changedAt, version })
      .where('id', '=', commentId)
      .execute();
  }
  return { votes: { up, down }, storyId: comment.storyId };
}
