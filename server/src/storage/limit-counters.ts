import { sql } from 'kysely';
import type { EpochMs } from '../time.js';
import { sweep } from './retention-rule.js';
import type { LimitCounterRow } from './tables.js';
import type { Transaction } from './writer.js';

/** A limited kind of event, by a key that contains hashes only, and the window in which it is counted. */
export interface CountedKey {
  readonly key: string;
  readonly windowMs: number;
}

/**
 * Counters of events that are limited across all nodes. Locked as a whole before anything else, in the order of their
 * keys, so that transactions with several counters cannot deadlock.
 */
export class LimitCounters {
  readonly #rows: Map<string, LimitCounterRow>;
  readonly #now: EpochMs;

  private constructor(rows: Map<string, LimitCounterRow>, now: EpochMs) {
    this.#rows = rows;
    this.#now = now;
  }

  /** Selects counters FOR NO KEY UPDATE (row lock), after creating those that are missing. Runs the same statements always. */
  static async lock({ db, locked }: Transaction, keys: readonly CountedKey[]): Promise<LimitCounters> {
    const now = Date.now();
    const windows = new Map(keys.map(({ key, windowMs }) => [key, windowMs]));
    const sorted = [...windows.keys()].sort();
    if (sorted.length === 0) return new LimitCounters(new Map(), now);
    const fresh = (key: string): LimitCounterRow => ({
      key,
      count: 0,
      since: now,
      lastAt: 0,
      expiresAt: now + (windows.get(key) ?? 0),
    });
    await db
      .insertInto('limit_counters')
      .values(sorted.map(fresh))
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const rows = await locked(
      db.selectFrom('limit_counters').selectAll().where('key', 'in', sorted).orderBy('key'),
    ).execute();
    return new LimitCounters(new Map(rows.map((row) => [row.key, row.expiresAt <= now ? fresh(row.key) : row])), now);
  }

  /** Events in the current window. */
  count({ key }: Pick<CountedKey, 'key'>): number {
    return this.#rows.get(key)?.count ?? 0;
  }

  /** Milliseconds since the last event of the window. */
  ageMs({ key }: Pick<CountedKey, 'key'>): number {
    return this.#now - (this.#rows.get(key)?.lastAt ?? 0);
  }

  /** Counts an event. Stored by `save`. */
  add({ key }: Pick<CountedKey, 'key'>): void {
    const row = this.#rows.get(key);
    if (row) this.#rows.set(key, { ...row, count: row.count + 1, lastAt: this.#now });
  }

  /** Starts again. Stored by `save`. */
  reset({ key }: Pick<CountedKey, 'key'>): void {
    const row = this.#rows.get(key);
    if (row) this.#rows.set(key, { ...row, count: 0, lastAt: 0 });
  }

  /** Stores all counters, changed or not, in one statement. */
  async save({ db }: Transaction): Promise<void> {
    if (this.#rows.size === 0) return;
    await db
      .insertInto('limit_counters')
      .values([...this.#rows.values()])
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet((eb) => ({
          count: eb.ref('excluded.count'),
          since: eb.ref('excluded.since'),
          lastAt: eb.ref('excluded.lastAt'),
          expiresAt: eb.ref('excluded.expiresAt'),
        })),
      )
      .execute();
  }
}

/** Starts counters again, outside of a transaction that has locked them. */
export async function resetCounters({ db }: Transaction, keys: readonly Pick<CountedKey, 'key'>[]): Promise<void> {
  await db
    .updateTable('limit_counters')
    .set({ count: 0, lastAt: 0 })
    .where(
      'key',
      'in',
      keys.map(({ key }) => key),
    )
    .execute();
}

/** Deletes counters whose window has ended. */
export const expiredLimitCounters = sweep({
  name: 'limit-counters',
  table: 'limit_counters',
  key: 'key',
  isExpired: (now) => sql`expires_at < ${now}`,
});
