import type { CommentHistory, CommentNode } from 'afterword/contract';
import { Problem } from '../../problem.js';
import type { Database } from '../../storage/database.js';
import type { CommentRow } from '../../storage/tables.js';
import type { Transaction } from '../../storage/writer.js';

/**
 * Lists all versions of a visible comment, oldest first; the current text comes last.
 *
 * @throws Problem `comment-not-found` if the comment is missing or not visible
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

/** Saves the current text as a revision. Only texts that were visible are kept. */
export async function insertRevision(
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

/** Deletes all revisions of a comment. */
export async function deleteRevisions({ db }: Transaction, commentId: string): Promise<void> {
  await db.deleteFrom('comment_revisions').where('commentId', '=', commentId).execute();
}
