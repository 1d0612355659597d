import type { CommentHistory, CommentNode } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';

/**
 * What a comment said at each time, oldest first; what it says now comes last.
 *
 * @throws Problem `comment-not-found` where it is not shown
 */
export async function readHistory({ read }: Database, siteId: string, commentId: string): Promise<CommentHistory> {
  const comment = await read
    .selectFrom('comments')
    .select(['text', 'nodesJson', 'createdAt', 'editedAt'])
    .where('id', '=', commentId)
    .where('siteId', '=', siteId)
    .where('state', '=', 'visible')
    .executeTakeFirst();
  if (!comment) throw new Problem('comment-not-found');
  const before = await read
    .selectFrom('comment_revisions')
    .select(['text', 'nodesJson', 'writtenAt'])
    .where('commentId', '=', commentId)
    .orderBy('number')
    .execute();
  const all = [...before, { ...comment, writtenAt: comment.editedAt ?? comment.createdAt }];
  return {
    revisions: all.map(({ text, nodesJson, writtenAt }) => ({
      text,
      nodes: JSON.parse(nodesJson) as CommentNode[],
      at: new Date(writtenAt).toISOString(),
    })),
  };
}
