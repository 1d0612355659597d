import { Migrator, type Kysely } from 'kysely';
import { migrations } from './migrations.js';
import type { Tables } from './tables.js';
import { Writer, type WriteConnection } from './writer.js';

/** An open database: queries go to `read`, every change goes through `writer`. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  readonly read: Kysely<Tables>;
  readonly writer: Writer;
  /** Writes a consistent copy to a new file while the server goes on. SQLite only. */
  backup(file: string): Promise<void>;
  /** Whether an error means that the database cannot do its work now, and may later. */
  isUnavailable(error: unknown): boolean;
  /** Throws where the database does not answer. */
  check(): Promise<void>;
  /** Ends what is under way and closes. */
  close(): Promise<void>;
}

/** What each kind of database brings. */
export interface Driver {
  readonly kind: Database['kind'];
  readonly read: Kysely<Tables>;
  /** A connection that may change the schema. */
  readonly write: Kysely<Tables>;
  readonly connection: WriteConnection;
  isUnavailable(error: unknown): boolean;
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `sqlite:<file>` or `postgres://…` and brings its schema up to date.
 *
 * @throws Error with one sentence for people where that is not possible
 */
export async function openDatabase(url: string): Promise<Database> {
  const driver = await openDriver(url);
  try {
    await migrate(driver.write);
  } catch (error) {
    await driver.close();
    throw error;
  }
  const writer = new Writer(driver.connection);
  return {
    kind: driver.kind,
    read: driver.read,
    writer,
    isUnavailable: (error) => driver.isUnavailable(error),
    backup: (file) => driver.backup(file),
    check: async () => void (await driver.read.selectFrom('sites').select('id').limit(1).execute()),
    close: async () => {
      await writer.close();
      await driver.close();
    },
  };
}

/** Each start needs one of the two, and its client library is most of a driver's weight. */
async function openDriver(url: string): Promise<Driver> {
  if (!url.startsWith('sqlite:')) return (await import('./postgres.js')).openPostgres(url);
  return (await import('./sqlite.js')).openSqlite(url.slice('sqlite:'.length));
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw error instanceof Error ? error : new Error('The schema cannot be brought up to date.', { cause: error });
}
