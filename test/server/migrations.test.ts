import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../server/src/main.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { migrations, type Migration } from '../../server/src/storage/migrations.js';
import { openPostgres } from '../../server/src/storage/postgres.js';
import { openSqlite } from '../../server/src/storage/sqlite.js';
import { waitFor } from '../setup/wait-for.js';
import { createPostgresDatabase, databases } from './setup.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-migrations-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command as an operator would. */
async function run(environment: Record<string, string>, ...argv: string[]) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const printed = { out: '', err: '' };
  for (const [name, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    });
  return { code: await main(argv), ...printed };
}

describe.each(databases)('a database on %s', (kind) => {
  let url: string;
  let drop: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    const made = kind === 'postgres' ? await createPostgresDatabase() : undefined;
    url = made?.url ?? `sqlite:${join(folder, 'kept.db')}`;
    drop = made?.drop;
  });
  afterEach(() => drop?.());

  async function execute(statement: string): Promise<void> {
    if (kind === 'sqlite') {
      const database = new Sqlite(url.slice('sqlite:'.length));
      database.exec(statement);
      database.close();
      return;
    }
    const client = new pg.Client(url);
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  const settings = () => ({
    PORT: '0',
    AFTERWORD_DATA: folder,
    AFTERWORD_DATABASE: url,
    AFTERWORD_SECRET: 'a secret of the tests that is long enough',
    AFTERWORD_LOG: 'silent',
  });

  test('is reopened without schema changes', async () => {
    await (await openDatabase(url)).close();
    const database = await openDatabase(url);
    expect(await database.read.selectFrom('sites').select('id').execute()).toEqual([]);
    await database.close();
  });

  test.each(['serve', 'sites list'])('of an earlier build makes `%s` exit with one line', async (command) => {
    await execute('create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)');
    await execute("insert into kysely_migration values ('0001-first-tables', '2026-06-01T00:00:00.000Z')");
    expect(await run(settings(), ...command.split(' '))).toEqual({
      code: 1,
      out: '',
      err:
        'afterword: The database cannot be opened: it was made by an earlier build of Afterword, whose data cannot be ' +
        'carried over. Move it away, or set AFTERWORD_DATABASE to a new one.\n',
    });
  });

  test('of a newer version is left unchanged', async () => {
    await (await openDatabase(url)).close();
    await execute("insert into kysely_migration values ('0999-of-tomorrow', '2030-06-01T00:00:00.000Z')");
    await expect(openDatabase(url)).rejects.toThrow('it was made by a newer version of Afterword (0999-of-tomorrow)');
    expect(await run(settings(), 'sites', 'list')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^afterword: .*newer version of Afterword \(0999-of-tomorrow\).*\n$/),
    });
  });

  test('of a newer version can be used where its migrations say so', async () => {
    const [known = ''] = Object.keys(migrations).slice(-1);
    const added: Migration = { up: async () => undefined, compatibleWith: known };
    await (await openDatabase(url, { migrations: { ...migrations, '0998-expands': added } })).close();
    await (await openDatabase(url)).close();
    const removed: Migration = { up: async () => undefined, compatibleWith: '0998-expands' };
    const newer = { ...migrations, '0998-expands': added, '0999-contracts': removed };
    await (await openDatabase(url, { migrations: newer })).close();
    await expect(openDatabase(url)).rejects.toThrow('it was made by a newer version of Afterword (0999-contracts)');
  });

  test('is brought up to date by `migrate`, and by other commands', async () => {
    const [first = '', ...rest] = Object.keys(migrations);
    await (await openDatabase(url, { migrations: { [first]: migrations[first]! } })).close();
    const lines = (head: string) => `${[head, ...rest].join('\n  ')}\n`;
    for (let repeat = 0; repeat < 2; repeat++)
      expect(await run(settings(), 'migrate', '--dry-run')).toEqual({ code: 0, out: lines('Pending:'), err: '' });
    expect(await run(settings(), 'migrate')).toEqual({ code: 0, out: lines('Migrated:'), err: '' });
    const upToDate = { code: 0, out: 'The database is up to date.\n', err: '' };
    expect(await run(settings(), 'migrate')).toEqual(upToDate);
    expect(await run(settings(), 'migrate', '--dry-run')).toEqual(upToDate);

    await execute("delete from kysely_migration where name = '0002-metadata'");
    await execute('drop table metadata');
    await execute('drop table migration_compatibility');
    expect(await run(settings(), 'sites', 'list')).toEqual({ code: 0, out: '', err: '' });
    expect(await run(settings(), 'migrate')).toEqual(upToDate);
  });

  test('waits for the upgrade of another process, however long it takes', async () => {
    const release = await holdLock();
    let refusedAttempts = 0;
    let upgrades: readonly string[] = [];
    const opening = openDatabase(url, {
      migrations: { ...migrations, '0999-waiting': { up: async () => undefined } },
      onWait: () => refusedAttempts++,
      onMigrated: (names) => (upgrades = names),
    });
    // Timers run while it waits: the event loop is not blocked.
    await waitFor(() => expect(refusedAttempts).toBeGreaterThan(5));
    expect(upgrades).toEqual([]);
    await release();
    await (await opening).close();
    expect(upgrades).toEqual([...Object.keys(migrations), '0999-waiting']);
  });

  /** Holds the lock under which the schema changes, as another process would. */
  async function holdLock(): Promise<() => Promise<void>> {
    const holder = kind === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : await openPostgres(url);
    let release = () => {};
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    let isHeld = () => {};
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const holding = holder.migrate(async () => {
      isHeld();
      await isReleased;
    });
    await held;
    return async () => {
      release();
      await holding;
      await holder.close();
    };
  }
});

test('`migrate --dry-run` creates neither a database, nor a secret, nor a folder', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  const missing = join(folder, 'missing');
  const dryRun = (data: string) => run({ AFTERWORD_DATA: data, AFTERWORD_LOG: 'silent' }, 'migrate', '--dry-run');
  expect(await dryRun(empty)).toMatchObject({ code: 0, out: expect.stringContaining('0001-initial-schema') });
  expect(readdirSync(empty)).toEqual([]);
  expect(await dryRun(missing)).toMatchObject({ code: 1, err: expect.stringContaining(missing) });
  expect(existsSync(missing)).toBe(false);
});

test('a failed schema change is rolled back on SQLite', async () => {
  const driver = openSqlite(join(folder, 'atomic.db'));
  const failing = driver.migrate(async ({ schema }) => {
    await schema.createTable('half').addColumn('id', 'text').execute();
    throw new Error('the process is killed here');
  });
  await expect(failing).rejects.toThrow('killed');
  expect(await driver.read.introspection.getTables()).toEqual([]);
  await driver.close();
});
