import type { Kysely, Migration as SchemaChange } from 'kysely';
import type { Driver } from './driver.js';
import { createInitialSchema } from './migrations/0001-initial-schema.js';
import { createMetadata } from './migrations/0002-metadata.js';
import { addThreadIndexes } from './migrations/0003-thread-indexes.js';
import { addMailAndRetention } from './migrations/0004-mail-and-retention.js';
import { addRevisionsAndReporters } from './migrations/0005-revisions-and-reporters.js';
import { renameStoryKeys } from './migrations/0006-story-keys.js';
import { addCodeOnlySignups } from './migrations/0007-code-only-signups.js';
import { addRejectedNames } from './migrations/0008-rejected-names.js';
import { addNewsletterEditing } from './migrations/0009-newsletter-editing.js';
import { addSiteColumns } from './migrations/0010-sites.js';
import { addSuppressions } from './migrations/0011-suppressions.js';
import { addConsentReceipts } from './migrations/0012-consent-receipts.js';
import { addWebhooks } from './migrations/0013-webhooks.js';
import type { Tables } from './tables.js';

/** A change of the schema, for both databases. */
export interface Migration extends Pick<SchemaChange, 'up'> {
  /**
   * The migration that a server must know to run on the changed schema, where that is not this one: servers of the version
   * before run beside the new one, and can be started again. See docs/upgrade.md.
   */
  readonly compatibleWith?: string;
}

/** Migrations by name, whose order is that of their names. */
export type Migrations = Readonly<Record<string, Migration>>;

/** All migrations. A released migration never changes: a change of the schema is a new migration. */
export const migrations: Migrations = {
  '0001-initial-schema': { up: createInitialSchema },
  '0002-metadata': { up: createMetadata },
  '0003-thread-indexes': { up: addThreadIndexes, compatibleWith: '0002-metadata' },
  '0004-mail-and-retention': { up: addMailAndRetention, compatibleWith: '0002-metadata' },
  '0005-revisions-and-reporters': { up: addRevisionsAndReporters, compatibleWith: '0002-metadata' },
  '0006-story-keys': { up: async (db) => void (await renameStoryKeys(db)), compatibleWith: '0002-metadata' },
  '0007-code-only-signups': { up: addCodeOnlySignups, compatibleWith: '0002-metadata' },
  '0008-rejected-names': { up: addRejectedNames, compatibleWith: '0002-metadata' },
  '0009-newsletter-editing': { up: addNewsletterEditing, compatibleWith: '0002-metadata' },
  '0010-sites': { up: addSiteColumns, compatibleWith: '0002-metadata' },
  '0011-suppressions': { up: addSuppressions, compatibleWith: '0002-metadata' },
  '0012-consent-receipts': { up: addConsentReceipts, compatibleWith: '0002-metadata' },
  '0013-webhooks': { up: addWebhooks, compatibleWith: '0002-metadata' },
};

/** Migrations of builds before the first release. Their data cannot be carried over. */
const unreleased = new Set([
  '0001-first-tables',
  '0002-subscription-requests',
  '0003-lighter-posts',
  '0004-thread-orders',
  '0005-moderation',
  '0006-changed-comments',
  '0007-keys-with-comments',
  '0008-polls-of-editors',
]);

/** The name and columns are those of Kysely's migrator, which made the first databases. */
type MigrationTables = Pick<Tables, 'migration_compatibility'> & {
  kysely_migration: { name: string; timestamp: string };
};
export const migrationTable = 'kysely_migration';

/** The executed migrations of a database, and what they say about other servers. */
export interface SchemaState {
  readonly executed: readonly string[];
  /** The migration that a server must know, by the names of executed migrations. */
  readonly compatibleWith: ReadonlyMap<string, string>;
}

/**
 * Runs the pending migrations in one transaction, while no other process can run any.
 *
 * @param onWait called again and again while another process runs migrations
 * @returns the names of those it has run
 * @throws Error with one sentence where the database belongs to a build that this one cannot continue
 */
export async function migrate(driver: Driver, known: Migrations, onWait?: () => void): Promise<string[]> {
  // Without the lock, since usually there is nothing to do.
  if ((await readPending(driver, known)).length === 0) return [];
  return driver.migrate(async (db) => {
    const tables = db.withTables<MigrationTables>();
    await createMigrationTable(tables);
    const pending = await readPending(driver, known, db);
    for (const name of pending) {
      const { up, compatibleWith } = known[name]!;
      await up(db);
      await tables.insertInto(migrationTable).values({ name, timestamp: new Date().toISOString() }).execute();
      if (compatibleWith !== undefined)
        await tables.insertInto('migration_compatibility').values({ migration: name, compatibleWith }).execute();
    }
    return pending;
  }, onWait);
}

/**
 * Returns the names of the migrations that a database lacks, in order.
 *
 * @throws Error with one sentence where the database belongs to a build that this one cannot continue
 */
export async function readPending(
  driver: Pick<Driver, 'read' | 'hasTable'>,
  known: Migrations,
  db = driver.read,
): Promise<string[]> {
  const state = await readSchemaState(driver, db);
  refuseForeign(state, known);
  return Object.keys(known)
    .sort()
    .filter((name) => !state.executed.includes(name));
}

/**
 * @throws Error with one sentence where servers with these migrations cannot use a database
 */
export function refuseForeign({ executed, compatibleWith }: SchemaState, known: Migrations): void {
  if (executed.some((name) => unreleased.has(name)))
    throw new Error(
      'it was made by an earlier build of Afterword, whose data cannot be carried over. ' +
        'Move it away, or set AFTERWORD_DATABASE to a new one.',
    );
  const foreign = executed.find((name) => !(name in known) && !((compatibleWith.get(name) ?? '') in known));
  if (foreign !== undefined)
    throw new Error(
      `it was made by a newer version of Afterword (${foreign}). ` +
        'Start that version, or put back a backup from before the upgrade.',
    );
}

async function createMigrationTable({ schema }: Kysely<MigrationTables>): Promise<void> {
  await schema
    .createTable(migrationTable)
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute();
}

/** Reads the state of the schema. A new database has none of the tables. */
async function readSchemaState({ hasTable }: Pick<Driver, 'hasTable'>, db: Kysely<Tables>): Promise<SchemaState> {
  const tables = db.withTables<MigrationTables>();
  const executed = (await hasTable(db, migrationTable))
    ? await tables.selectFrom(migrationTable).select('name').execute()
    : [];
  const compatible = (await hasTable(db, 'migration_compatibility'))
    ? await tables.selectFrom('migration_compatibility').selectAll().execute()
    : [];
  return {
    executed: executed.map(({ name }) => name),
    compatibleWith: new Map(compatible.map(({ migration, compatibleWith }) => [migration, compatibleWith])),
  };
}
