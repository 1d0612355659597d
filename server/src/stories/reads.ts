import type { StoryReadsRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';

/** After this long a read counts half. */
export const halfLifeMillis = 12 * 60 * 60 * 1000;

/** What a counter that stood at `value` at the time `at` is worth at `now`. */
export function decayed({ value, at }: Pick<StoryReadsRow, 'value' | 'at'>, now: number): number {
  return value * 0.5 ** (Math.max(0, now - at) / halfLifeMillis);
}

/** Counts one read of each story. */
export const countReads: Command<{ readonly storyIds: readonly string[] }, void> = {
  name: 'count-reads',
  async run(transaction, beacons) {
    const at = Date.now();
    const counters = new Map<string, Counter>();
    for (const storyId of beacons.flatMap(({ storyIds }) => storyIds)) {
      const counted = counters.get(storyId)?.total ?? 0;
      counters.set(storyId, { value: counted + 1, at, total: counted + 1 });
    }
    await addReads(transaction, counters);
    return beacons.map(() => undefined);
  },
};

type Counter = Omit<StoryReadsRow, 'storyId'>;

const none = { value: 0, at: 0, total: 0 };

/** Adds each counter to what the story has. Locked in one order, so that two nodes cannot wait for each other. */
export async function addReads(
  { db, locked }: Pick<Transaction, 'db' | 'locked'>,
  counters: ReadonlyMap<string, Counter>,
): Promise<void> {
  const storyIds = [...counters.keys()].sort();
  if (storyIds.length === 0) return;
  await db
    .insertInto('story_reads')
    .values(storyIds.map((storyId) => ({ storyId, ...none })))
    .onConflict((conflict) => conflict.column('storyId').doNothing())
    .execute();
  const rows = await locked(
    db.selectFrom('story_reads').selectAll().where('storyId', 'in', storyIds).orderBy('storyId'),
  ).execute();
  await db
    .insertInto('story_reads')
    .values(rows.map((row) => ({ storyId: row.storyId, ...sum(row, counters.get(row.storyId) ?? none) })))
    .onConflict((conflict) =>
      conflict.column('storyId').doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        at: eb.ref('excluded.at'),
        total: eb.ref('excluded.total'),
      })),
    )
    .execute();
}

function sum(a: Counter, b: Counter): Counter {
  const at = Math.max(a.at, b.at);
  return { value: decayed(a, at) + decayed(b, at), at, total: a.total + b.total };
}
