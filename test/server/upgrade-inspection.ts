import { sql } from 'kysely';
import type { Driver } from '../../server/src/storage/driver.js';
import { openPostgres } from '../../server/src/storage/postgres.js';
import { openSqlite } from '../../server/src/storage/sqlite.js';

/** The migration of `upgrade-process.ts`, and the tables it creates. */
export const testMigration = '9001-of-the-tests';
export const testTables = Array.from({ length: 8 }, (_, index) => `test_copy_${index}`);

/** What a database holds after an upgrade that was killed. */
export interface UpgradeState {
  /** Set where the database says that the migration was executed. */
  readonly isRecorded: boolean;
  /** The number of the migration's tables and columns that exist. */
  readonly changes: number;
  readonly readers: number;
  readonly integrity: string;
}

/** The number of `changes` of a whole migration. */
export const allChanges = testTables.length + 1;

/** Reads a database without running migrations. */
export async function inspectUpgrade(url: string): Promise<UpgradeState> {
  const driver = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : await openPostgres(url);
  try {
    return await inspect(driver);
  } finally {
    await driver.close();
  }
}

async function inspect({ kind, read, hasTable }: Driver): Promise<UpgradeState> {
  const count = async (query: ReturnType<typeof sql<{ count: number }>>) =>
    Number((await query.execute(read)).rows[0]?.count);
  const has = async (name: string) => ((await hasTable(read, name)) ? 1 : 0);
  const found = await Promise.all(testTables.map(has));
  const hasReaders = (await has('readers')) > 0;
  const isSqlite = kind === 'sqlite';
  const column = !hasReaders
    ? 0
    : isSqlite
      ? await count(sql`select count(*) as count from pragma_table_info('readers') where name = 'seen_at'`)
      : await count(
          sql`select count(*) as count from information_schema.columns where table_name = 'readers' and column_name = 'seen_at'`,
        );
  return {
    isRecorded:
      (await has('kysely_migration')) > 0 &&
      (await count(sql`select count(*) as count from kysely_migration where name = ${testMigration}`)) === 1,
    changes: found.reduce<number>((sum, one) => sum + one, column),
    readers: hasReaders ? await count(sql`select count(*) as count from readers`) : 0,
    integrity: isSqlite
      ? (await sql<{ integrityCheck: string }>`pragma integrity_check`.execute(read)).rows
          .map((row) => row.integrityCheck)
          .join()
      : await invalidIndexes(read),
  };
}

/** PostgreSQL has no check of the whole file without extensions; an interrupted build of an index leaves it invalid. */
async function invalidIndexes(read: Driver['read']): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`select indexrelid::regclass::text as name from pg_index where not indisvalid`.execute(read);
  return rows.length === 0 ? 'ok' : rows.map(({ name }) => name).join();
}
