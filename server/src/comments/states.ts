import type { Comment } from 'afterword/contract';
import type { CommentRow } from '../storage/tables.js';
import type { Transaction } from '../storage/writer.js';
import { readComments } from './comment-rows.js';
import { countInThreads, countReplies } from './writes.js';

/** A comment of a site, kept to ourselves until the commit. */
export function lockComment({ db, locked }: Transaction, siteId: string, id: string): Promise<CommentRow | undefined> {
  return locked(
    db.selectFrom('comments').selectAll().where('id', '=', id).where('siteId', '=', siteId),
  ).executeTakeFirst();
}

/** The one place where a comment that is written changes its state: the thread and the parent count along. */
export async function setState(
  transaction: Transaction,
  comment: CommentRow,
  state: CommentRow['state'],
): Promise<void> {
  const { id, storyId, parentId, replies } = comment;
  await transaction.db.updateTable('comments').set({ state, changedAt: Date.now() }).where('id', '=', id).execute();
  const visible = (of: CommentRow['state']) => Number(of === 'visible');
  const hasPlace = (of: CommentRow['state']) => Number(of === 'visible' || replies > 0);
  await countInThreads(transaction, [{ storyId, change: visible(state) - visible(comment.state) }]);
  if (parentId !== null)
    await countReplies(transaction, [{ parentId, change: hasPlace(state) - hasPlace(comment.state) }]);
}

export async function readOne({ db }: Transaction, id: string): Promise<Comment> {
  const [comment] = await readComments({ read: db }, [id]);
  if (!comment) throw new Error('A comment that was just written is not there.');
  return comment;
}

/** Where each input depends on what those before it did. */
export async function inTurn<Input, Output>(
  inputs: readonly Input[],
  run: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const input of inputs) outputs.push(await run(input));
  return outputs;
}
