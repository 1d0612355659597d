import { sql, type RawBuilder } from 'kysely';
import type { EpochMs } from '../time.js';
import type { Tables } from './tables.js';
import type { Transaction } from './writer.js';

/** One batch of a rule's run. */
export interface RetentionBatch {
  readonly now: EpochMs;
  /** Where the batch before ended; empty for the first. */
  readonly after: string;
  /** Bound of the rows that one statement may change. */
  readonly maxRows: number;
}

/** Result of one batch. */
export interface PurgedBatch {
  /** Number of deleted or cleared rows. */
  readonly count: number;
  /** Where the next batch starts; `undefined` after the last. */
  readonly next: string | undefined;
}

/** Deletes what has expired, in batches that each are a commit of their own. */
export interface RetentionRule {
  /** Says what is deleted, for operators and metrics, such as `expired-tokens`. */
  readonly name: string;
  purge(transaction: Transaction, batch: RetentionBatch): Promise<PurgedBatch>;
}

interface SweptTable {
  readonly name: string;
  readonly table: keyof Tables;
  /** The primary key, of one text column. */
  readonly key: string;
  /** Keys from this one on cannot have expired, where keys are in the order of time. */
  readonly endKey?: (now: EpochMs) => string;
  readonly isExpired: (now: EpochMs) => RawBuilder<unknown>;
}

/**
 * Makes a rule that goes through a table by its primary key. Each batch looks at a bounded range of keys and deletes what
 * has expired in it, so that a batch costs the same in a table of any size, and needs no index.
 */
export function sweep({ name, table, key, endKey, isExpired }: SweptTable): RetentionRule {
  const column = sql.ref(key);
  return {
    name,
    async purge({ db }, { now, after, maxRows }) {
      const end = endKey ? sql`and ${column} < ${endKey(now)}` : sql``;
      const { rows } = await sql<{ last: string | null; count: number }>`
        select max(range.id) as last, count(*) as count from (
          select ${column} as id from ${sql.table(table)}
          where ${column} > ${after} ${end} order by ${column} limit ${maxRows}
        ) as range`.execute(db);
      const { last = null, count = 0 } = rows[0] ?? {};
      if (last === null) return { count: 0, next: undefined };
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)}
        where ${column} > ${after} and ${column} <= ${last} and ${isExpired(now)}`.execute(db);
      return { count: Number(numAffectedRows), next: count < maxRows ? undefined : last };
    },
  };
}
