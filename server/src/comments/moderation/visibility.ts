import type { CommentRow } from '../../storage/tables.js';
import type { Transaction } from '../../storage/writer.js';
import { nextVersion, updateReplyCounts } from '../thread-counters.js';

/**
 * Changes the state of a stored comment and adjusts the counters of its thread and parent. All state changes go
 * through here.
 */
export async function setState(
  transaction: Transaction,
  comment: CommentRow,
  state: CommentRow['state'],
): Promise<void> {
  const { id, storyId, parentId, replies } = comment;
  const visible = (of: CommentRow['state']) => Number(of === 'visible');
  const isListed = (of: CommentRow['state']) => Number(of === 'visible' || replies > 0);
  const version = await nextVersion(transaction, storyId, visible(state) - visible(comment.state));
  const visibleSince = state === 'visible' && comment.state !== 'visible' ? version : comment.visibleSince;
  await transaction.db
    .updateTable('comments')
    .set({ state, changedAt: Date.now(), version, visibleSince })
    .where('id', '=', id)
    .execute();
  if (parentId !== null)
    await updateReplyCounts(transaction, [{ parentId, delta: isListed(state) - isListed(comment.state) }]);
}
