import type { StoryReadsRow } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { hourMs, type EpochMs } from '../../time.js';

/** Half-life of a read. */
export const halfLifeMs = 12 * hourMs;

/** Returns the value of a counter at `now`, decayed exponentially since `at`. */
export function decay({ value, at }: Pick<StoryReadsRow, 'value' | 'at'>, now: EpochMs): number {
  return value * 0.5 ** (Math.max(0, now - at) / halfLifeMs);
}

/** A read of a story. */
export interface StoryRead {
  readonly storyId: string;
  /** 1 for the first read of a network in a day, less for further ones: see {@link ReadWeights}. */
  readonly weight: number;
}

/** Adds reads by their weights. `total` counts first reads only: a story needs several networks to be significant. */
export const countReads: Command<{ readonly reads: readonly StoryRead[] }, void> = {
  name: 'count-reads',
  async run(transaction, beacons) {
    const at = Date.now();
    const counters = new Map<string, Counter>();
    for (const { storyId, weight } of beacons.flatMap(({ reads }) => reads)) {
      const { value, total } = counters.get(storyId) ?? zeroCounter;
      counters.set(storyId, { value: value + weight, at, total: total + Math.floor(weight) });
    }
    await addReads(transaction, counters);
    return beacons.map(() => undefined);
  },
};

type Counter = Omit<StoryReadsRow, 'storyId'>;

const zeroCounter = { value: 0, at: 0, total: 0 };

/** Adds counters to those stored. Locks rows in sorted order, which prevents deadlocks between nodes. */
export async function addReads(
  { db, locked }: Pick<Transaction, 'db' | 'locked'>,
  counters: ReadonlyMap<string, Counter>,
): Promise<void> {
  const storyIds = [...counters.keys()].sort();
  if (storyIds.length === 0) return;
  await db
    .insertInto('story_reads')
    .values(storyIds.map((storyId) => ({ storyId, ...zeroCounter })))
    .onConflict((conflict) => conflict.column('storyId').doNothing())
    .execute();
  const rows = await locked(
    db.selectFrom('story_reads').selectAll().where('storyId', 'in', storyIds).orderBy('storyId'),
  ).execute();
  await db
    .insertInto('story_reads')
    .values(
      rows.map((row) => ({ storyId: row.storyId, ...addCounters(row, counters.get(row.storyId) ?? zeroCounter) })),
    )
    .onConflict((conflict) =>
      conflict.column('storyId').doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        at: eb.ref('excluded.at'),
        total: eb.ref('excluded.total'),
      })),
    )
    .execute();
}

function addCounters(a: Counter, b: Counter): Counter {
  const at = Math.max(a.at, b.at);
  return { value: decay(a, at) + decay(b, at), at, total: a.total + b.total };
}
