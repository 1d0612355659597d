import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import { OperatorError } from '../config.js';
import type { ConnectionCounts, Driver, DriverOptions } from './driver.js';
import { migrate, migrations, migrationTable, readPending, type Migrations } from './migrations.js';
import { waitForLock } from './lock-wait.js';
import type { Tables } from './tables.js';
import { writeProbe } from './write-probe.js';
import { Writer, type WriteTracing } from './writer.js';

/** An open database. Queries use `read`; all writes go through `writer`. */
export interface Database {
  readonly kind: Driver['kind'];
  readonly read: Kysely<Tables>;
  readonly writer: Writer;
  /** Returns whether an error is an outage: the database may work again later. */
  isUnavailable(this: void, error: unknown): boolean;
  /** Returns whether a write refers to a row that does not exist, such as a reader that was deleted. */
  isMissingReference(this: void, error: unknown): boolean;
  /** @throws Error where the database does not answer or takes no writes */
  check(): Promise<void>;
  /** Of the pool to PostgreSQL. */
  connectionCounts(this: void): ConnectionCounts;
  /** Commits the writes that were taken, and closes. */
  close(): Promise<void>;
}

export interface OpenOptions extends DriverOptions {
  /** Migrations to run, other than those of this version. For tests. */
  readonly migrations?: Migrations;
  /** Refuses a database without tables of Afterword, instead of creating them. */
  readonly mustExist?: boolean;
  /** Follows the writes of requests. */
  readonly writeTracing?: WriteTracing | undefined;
  /** Called after pending migrations were run, with their names. */
  onMigrated?(names: readonly string[]): void;
  /** Called again and again while another process runs migrations or restores a backup. */
  onWait?(): void;
}

/**
 * Opens `sqlite:<file>` or `postgres://…` and brings its schema up to date.
 *
 * @throws OperatorError where that is not possible
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  return withDriver(url, options, async (driver) => {
    if (options.mustExist && !(await driver.hasTable(driver.read, migrationTable)))
      throw new Error('it has no tables of Afterword. Check AFTERWORD_DATA and AFTERWORD_DATABASE.');
    const executed = await migrate(driver, options.migrations ?? migrations, options.onWait);
    if (executed.length > 0) options.onMigrated?.(executed);
    return databaseOf(driver, options.writeTracing);
  });
}

/**
 * Returns the names of the migrations that `openDatabase` would run. Changes nothing.
 *
 * @throws OperatorError where it would refuse the database
 */
export async function readPendingMigrations(url: string, options: OpenOptions = {}): Promise<string[]> {
  const known = options.migrations ?? migrations;
  const file = sqliteFile(url);
  if (file !== undefined && !existsSync(file)) return Object.keys(known).sort();
  return withDriver(url, options, async (driver) => {
    const pending = await readPending(driver, known);
    await driver.close();
    return pending;
  });
}

/** Returns the file of a SQLite database, or `undefined` for PostgreSQL. */
export function sqliteFile(url: string): string | undefined {
  return url.startsWith('sqlite:') ? resolve(url.slice('sqlite:'.length)) : undefined;
}

/** Opens a database for work that closes it. Closes it where the work throws. */
async function withDriver<T>(url: string, options: OpenOptions, work: (driver: Driver) => Promise<T>): Promise<T> {
  try {
    const driver = await openDriver(url, options);
    return await work(driver).catch(async (error: unknown) => {
      await driver.close();
      throw error;
    });
  } catch (error) {
    throw new OperatorError(`The database cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

function databaseOf(driver: Driver, tracing: WriteTracing | undefined): Database {
  const writer = new Writer(driver.connection, tracing);
  return {
    kind: driver.kind,
    read: driver.read,
    writer,
    isUnavailable: (error) => driver.isUnavailable(error),
    isMissingReference: (error) => driver.isMissingReference(error),
    connectionCounts: () => driver.connectionCounts(),
    check: () => driver.check(() => writer.submit(writeProbe, String(Date.now())), writer.hasFailedLately),
    close: async () => {
      await writer.close();
      await driver.close();
    },
  };
}

/** Imports one driver only: its client library takes memory and time at start. */
async function openDriver(url: string, options: OpenOptions): Promise<Driver> {
  const file = sqliteFile(url);
  if (file === undefined) return (await import('./postgres.js')).openPostgres(url, options);
  const { isBusy, openSqlite } = await import('./sqlite.js');
  // Another process that starts now may be about to choose the journal mode.
  return waitForLock(() => openSqlite(file, options), isBusy, { onWait: options.onWait });
}
