import type { Kysely } from 'kysely';
import type { StatementObserver } from './slow-statements.js';
import type { Tables } from './tables.js';

/** The connection of the writer, and the differences between databases on it. */
export interface WriteConnection {
  /** Set where transactions need locks: PostgreSQL may have several writers, SQLite has one. */
  readonly locksRows: boolean;
  /**
   * Begins a transaction that writes, and locks stories. Two transactions that change a story run one after the other,
   * and every one takes its locks in the order of the ids, so that none of them waits for another in a circle.
   *
   * @param storyIds sorted; empty where {@link locksRows} is not set
   */
  begin(db: Kysely<Tables>, storyIds: readonly string[]): Promise<void>;
  /** Returns whether the same transaction may succeed when run again, as after a conflict with another node. */
  isTransient(error: unknown): boolean;
  /** Returns whether a transaction has ended because another one holds a lock for too long. */
  isLockTimeout(error: unknown): boolean;
  use<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
}

/** Open and idle connections of a pool, and requests that wait for one. */
export interface ConnectionCounts {
  readonly total: number;
  readonly idle: number;
  readonly queued: number;
}

/** Settings of a connection that commands leave at their defaults. */
export interface DriverOptions {
  /** The largest number of connections to PostgreSQL. SQLite has one that reads and one that writes. */
  readonly maxConnections?: number;
  /** Receives every statement of every connection. Time to wait for a connection is not part of its duration. */
  readonly onStatement?: StatementObserver | undefined;
}

/** An open database of one kind, before its schema is up to date. */
export interface Driver {
  readonly kind: 'sqlite' | 'postgres';
  readonly read: Kysely<Tables>;
  readonly connection: WriteConnection;
  /**
   * Runs changes of the schema in one transaction, which no other process can run at the same time.
   *
   * @param onWait called again and again while another process runs some
   */
  migrate<T>(work: (db: Kysely<Tables>) => Promise<T>, onWait?: () => void): Promise<T>;
  hasTable(this: void, db: Kysely<Tables>, name: string): Promise<boolean>;
  /**
   * @param writeRow commits one row, where nothing cheaper shows that writes are possible
   * @param hasFailed set where a write has failed lately
   * @throws Error where the database does not answer or takes no writes
   */
  check(writeRow: () => Promise<void>, hasFailed: boolean): Promise<void>;
  /** Connections of the pool that reads and writes. */
  connectionCounts(): ConnectionCounts;
  /** Returns whether an error is an outage: the database may work again later. */
  isUnavailable(error: unknown): boolean;
  /** Returns whether a write refers to a row that does not exist: the violation of a foreign key. */
  isMissingReference(error: unknown): boolean;
  close(): Promise<void>;
}
