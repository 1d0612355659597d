import { runCached } from '../storage/statement-cache.js';
import type { Transaction } from '../storage/writer.js';

/**
 * Adds `delta` to each thread's total and increments its version; 0 for changes that keep the total.
 *
 * @returns the new version of each thread
 */
export async function updateThreadCounters(
  { db }: Transaction,
  changes: readonly { storyId: string; delta: number }[],
): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (const [storyId, change] of sumByKey(changes.map(({ storyId, delta }) => [storyId, delta]))) {
    const total = Math.max(0, change);
    const { rows } = await runCached(
      db,
      'count in thread',
      () =>
        db
          .insertInto('threads')
          .values({ storyId, state: 'open', closesAt: null, question: null, total, version: 1 })
          .onConflict((conflict) =>
            conflict.column('storyId').doUpdateSet((eb) => ({
              total: eb('threads.total', '+', change),
              version: eb('threads.version', '+', 1),
            })),
          )
          .returning('version'),
      [storyId, 'open', null, null, total, 1, change, 1],
    );
    versions.set(storyId, rows[0]!.version);
  }
  return versions;
}

/** Increments the version of a thread, as {@link updateThreadCounters} does, and returns it. */
export async function nextVersion(transaction: Transaction, storyId: string, delta = 0): Promise<number> {
  const versions = await updateThreadCounters(transaction, [{ storyId, delta }]);
  return versions.get(storyId)!;
}

/**
 * Adds `delta` to each parent's count of listed replies. A parent that is not visible is listed only while it has
 * listed replies, so a change may propagate to its ancestors.
 */
export async function updateReplyCounts(
  transaction: Transaction,
  changes: readonly { parentId: string; delta: number }[],
): Promise<void> {
  for (const [id, change] of sumByKey(changes.map(({ parentId, delta }) => [parentId, delta]))) {
    if (change === 0) continue;
    const parent = await transaction.db
      .updateTable('comments')
      .set((eb) => ({ replies: eb('replies', '+', change) }))
      .where('id', '=', id)
      .returning(['state', 'replies', 'parentId'])
      .executeTakeFirst();
    if (!parent?.parentId || parent.state === 'visible') continue;
    const wasListed = parent.replies - change > 0;
    const isListed = parent.replies > 0;
    if (wasListed !== isListed) {
      await updateReplyCounts(transaction, [{ parentId: parent.parentId, delta: isListed ? 1 : -1 }]);
    }
  }
}

/** Sums deltas by key and sorts by key: a fixed lock order prevents deadlocks between nodes. */
function sumByKey(changes: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, delta] of changes) sums.set(key, (sums.get(key) ?? 0) + delta);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}
