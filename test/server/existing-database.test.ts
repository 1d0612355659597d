import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandWith } from './cli.js';
import { createPostgresDatabase } from './setup.js';

/** Commands that read or change what exists. */
const commands = [
  'recount',
  'recount --fix',
  'retention run',
  'secret adopt',
  'sites set paper name Paper',
  'sites key paper',
  'sites list',
  'stories list',
  'stories import feed.xml',
  'comments list --site paper',
  'comments close --site paper --story a',
  'polls list --site paper',
  'polls put mood poll.json --site paper',
  'readers badge staff 1 --site paper',
  'mail list',
  'backup',
];
/** Commands that may be the first on a new database. */
const firstCommands = ['sites add paper', 'migrate'];

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-commands-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('on SQLite', () => {
  const run = (command: string) => runCommandWith({ AFTERWORD_DATA: data }, ...command.split(' '));

  test.each(commands)('`%s` refuses a folder that does not exist, and creates nothing', async (command) => {
    expect(await run(command)).toEqual({
      code: 1,
      stdout: '',
      stderr: `afterword: AFTERWORD_DATA: there is no folder ${data}.\n`,
    });
    expect(existsSync(data)).toBe(false);
  });

  test.each(commands)('`%s` refuses a folder without a database, and creates nothing', async (command) => {
    mkdirSync(data);
    const database = join(data, 'afterword.db');
    expect(await run(command)).toEqual({
      code: 1,
      stdout: '',
      stderr: `afterword: There is no database ${database}. Check AFTERWORD_DATA and AFTERWORD_DATABASE.\n`,
    });
    expect(readdirSync(data)).toEqual([]);
  });

  test.each(firstCommands)('`%s` creates a database', async (command) => {
    expect(await run(command)).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(data, 'afterword.db'))).toBe(true);
  });
});

describe('on PostgreSQL', () => {
  let url: string;
  let drop: () => Promise<void>;
  beforeEach(async () => ({ url, drop } = await createPostgresDatabase()));
  afterEach(() => drop());

  async function countTables(): Promise<number> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_tables where schemaname = 'public'");
    await client.end();
    return rowCount ?? 0;
  }
  const run = (command: string) => {
    const secret = 'a secret of the tests that is long enough';
    const env = { AFTERWORD_DATA: data, AFTERWORD_DATABASE: url, AFTERWORD_SECRET: secret };
    return runCommandWith(env, ...command.split(' '));
  };

  test('commands refuse a database without tables, and need no data folder', async () => {
    for (const command of commands.filter((one) => one !== 'backup'))
      expect([command, await run(command)]).toEqual([
        command,
        {
          code: 1,
          stdout: '',
          stderr:
            'afterword: The database cannot be opened: it has no tables of Afterword. ' +
            'Check AFTERWORD_DATA and AFTERWORD_DATABASE.\n',
        },
      ]);
    expect(await countTables()).toBe(0);
    expect(existsSync(data)).toBe(false);
    expect(await run('sites add paper')).toMatchObject({ code: 0, stderr: '' });
    expect(await countTables()).toBeGreaterThan(20);
    expect(await run('sites list')).toMatchObject({ code: 0, stdout: expect.stringContaining('paper') as string });
  });
});
