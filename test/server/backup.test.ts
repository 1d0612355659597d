import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../server/src/main.js';
import { BackupSchedule } from '../../server/src/ops/backup-schedule.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { migrations } from '../../server/src/storage/migrations.js';
import { hourMs } from '../../server/src/time.js';
import { waitFor } from '../setup/wait-for.js';
import { prepareSite, startSourceServer, type SourceServer } from './source-server.js';

let folder: string;
let data: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-backup-'));
  data = join(folder, 'data');
  database = join(data, 'afterword.db');
  mkdirSync(data);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command as an operator would. */
async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return runIn(data, ...argv);
}

async function runIn(dataFolder: string, ...argv: string[]) {
  vi.stubEnv('AFTERWORD_DATA', dataFolder);
  const printed = { out: '', err: '' };
  for (const [name, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    });
  const code = await main(argv);
  vi.restoreAllMocks();
  return { code, ...printed };
}

/** Reads a column of a database without opening it as a server would. */
function column(file: string, statement: string): unknown[] {
  const connection = new Sqlite(file);
  try {
    return connection
      .prepare(statement)
      .raw(true)
      .all()
      .map((row) => (row as unknown[])[0]);
  } finally {
    connection.close();
  }
}
const executed = (file: string) => column(file, 'select name from kysely_migration order by name');
const names = (file: string) => column(file, 'select name from sites');
const sites = (file: string) => column(file, 'select id from sites order by id');

describe('`backup`', () => {
  test('refuses a folder that does not exist, and creates nothing', async () => {
    const mistyped = join(folder, 'dta');
    expect(await runIn(mistyped, 'backup')).toEqual({
      code: 1,
      out: '',
      err: `afterword: AFTERWORD_DATA: there is no folder ${mistyped}.\n`,
    });
    expect(existsSync(mistyped)).toBe(false);
  });

  test('refuses a folder without a database, and creates nothing', async () => {
    const { code, err } = await run('backup', join(folder, 'copy.db'));
    expect({ code, err }).toEqual({
      code: 1,
      err: `afterword: There is no database ${database}. Check AFTERWORD_DATA and AFTERWORD_DATABASE.\n`,
    });
    expect(readdirSync(data)).toEqual([]);
    expect(readdirSync(folder)).toEqual(['data']);
  });

  test('copies an older and a newer schema as they are', async () => {
    const [first = ''] = Object.keys(migrations);
    await (await openDatabase(`sqlite:${database}`, { migrations: { [first]: migrations[first]! } })).close();
    const older = join(folder, 'older.db');
    expect(await run('backup', older)).toEqual({ code: 0, out: `${older}\n`, err: '' });
    expect([executed(older), executed(database)]).toEqual([[first], [first]]);

    const newerMigrations = { ...migrations, '0999-of-tomorrow': { up: async () => undefined } };
    await (await openDatabase(`sqlite:${database}`, { migrations: newerMigrations })).close();
    const newer = join(folder, 'newer.db');
    expect(await run('backup', newer)).toMatchObject({ code: 0 });
    expect(executed(newer)).toEqual(Object.keys(newerMigrations).sort());
  });

  test('leaves nothing behind where it fails', async () => {
    await run('sites', 'add', 'paper');
    const nowhere = join(folder, 'nowhere', 'copy.db');
    expect(await run('backup', nowhere)).toMatchObject({ code: 1, err: expect.stringContaining('There is no folder') });
    writeFileSync(database, 'x'.repeat(8192));
    for (const ending of ['-wal', '-shm']) rmSync(`${database}${ending}`, { force: true });
    const { code, err } = await run('backup', join(folder, 'copy.db'));
    expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 2 });
    expect(readdirSync(folder)).toEqual(['data']);
  });
});

describe('`restore`', () => {
  test('replaces the database, and keeps the replaced one', async () => {
    await run('sites', 'add', 'paper');
    const backup = join(folder, 'copy.db');
    await run('backup', backup);
    await run('sites', 'add', 'weekly');
    const { code, out, err } = await run('restore', backup);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    // Before the files are opened again.
    expect(readdirSync(data).filter((name) => /-(wal|shm|journal)$|restored|partial/.test(name))).toEqual([]);
    expect(sites(database)).toEqual(['paper']);
    const replaced = /The replaced database is (.+)\.\n/.exec(out)?.[1] ?? '';
    expect(sites(replaced)).toEqual(['paper', 'weekly']);
    expect(await run('sites', 'list')).toMatchObject({ code: 0, out: expect.stringMatching(/^paper/) });
  });

  test('keeps the log of a database whose server was killed, and does not replay it', async () => {
    await run('sites', 'add', 'paper');
    const backup = join(folder, 'copy.db');
    await run('backup', backup);
    const killed = await openDatabase(`sqlite:${database}`);
    await killed.writer.submit(
      {
        name: 'add-site',
        async run({ db }) {
          await db.updateTable('sites').set({ name: 'Renamed' }).execute();
          return [undefined];
        },
      },
      undefined,
    );
    // What a killed process leaves: the files as they are.
    const left = join(folder, 'left');
    mkdirSync(left);
    for (const ending of ['', '-wal']) copyFileSync(`${database}${ending}`, join(left, `afterword.db${ending}`));
    await killed.close();
    const { code, out } = await runIn(left, 'restore', backup);
    expect(code).toBe(0);
    expect(names(join(left, 'afterword.db'))).toEqual(['paper']);
    expect(names(/The replaced database is (.+)\.\n/.exec(out)?.[1] ?? '')).toEqual(['Renamed']);
  });

  test('of an earlier version is brought up to date by the next command', async () => {
    const [first = ''] = Object.keys(migrations);
    const older = join(folder, 'older.db');
    await (await openDatabase(`sqlite:${older}`, { migrations: { [first]: migrations[first]! } })).close();
    expect(await run('restore', older)).toMatchObject({
      code: 0,
      out: expect.stringContaining('the next start brings it up to date'),
    });
    expect(executed(database)).toEqual([first]);
    expect(await run('sites', 'list')).toMatchObject({ code: 0 });
    expect(executed(database)).toEqual(Object.keys(migrations).sort());
  });

  test('refuses what is damaged, foreign or newer, and leaves the database unchanged', async () => {
    await run('sites', 'add', 'paper');
    const damaged = join(folder, 'damaged.db');
    await run('backup', damaged);
    const connection = new Sqlite(damaged);
    connection.exec('pragma writable_schema = on');
    // A table whose root page is that of another.
    connection.exec("update sqlite_schema set rootpage = 3 where name = 'sites'");
    connection.close();
    const text = join(folder, 'text.db');
    writeFileSync(text, 'not a database '.repeat(1000));
    const empty = join(folder, 'empty.db');
    writeFileSync(empty, '');
    const newer = join(folder, 'newer.db');
    const tomorrow = { ...migrations, '0999-of-tomorrow': { up: async () => undefined } };
    await (await openDatabase(`sqlite:${newer}`, { migrations: tomorrow })).close();
    for (const [file, message] of [
      [damaged, 'damaged.db is no database that can be restored'],
      [text, 'text.db is no database that can be restored'],
      [empty, 'empty.db is no database of Afterword'],
      [newer, 'newer version of Afterword (0999-of-tomorrow)'],
      [join(folder, 'missing.db'), 'There is no file'],
      [database, 'This is the database itself'],
    ] as const) {
      const { code, err } = await run('restore', file);
      expect(code, file).toBe(1);
      expect(err).toContain(message);
      expect(err.split('\n')).toHaveLength(2);
    }
    expect(sites(database)).toEqual(['paper']);
    expect(readdirSync(data).filter((name) => /restored|partial|replaced/.test(name))).toEqual([]);
  });
});

test('a rehearsed restore: write, back up, write more, restore, serve, count', { timeout: 300_000 }, async () => {
  const env = { AFTERWORD_DATA: data, AFTERWORD_LOG: 'warn' };
  await prepareSite(env, async () => undefined);
  const story = 'https://paper.example/a-story';
  let token = '';
  const post = async (server: SourceServer, text: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ story, text });
    expect((await fetch(`${server.site}/comments`, { method: 'POST', headers, body })).status).toBe(201);
  };
  const texts = async (server: SourceServer) => {
    const response = await fetch(`${server.site}/comments?story=${encodeURIComponent(story)}&sort=oldest`);
    const { comments, total } = (await response.json()) as { comments: { text: string }[]; total: number };
    return { texts: comments.map(({ text }) => text), total };
  };

  const backup = join(folder, 'copy.db');
  const first = await startSourceServer(env);
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${first.site}/readers`, { method: 'POST', headers, body: '{"name":"Lan"}' });
    ({ token } = (await answer.json()) as { token: string });
    await post(first, 'one');
    await post(first, 'two');
    expect(await run('backup', backup)).toMatchObject({ code: 0 });
    await post(first, 'three');
    const { code, err } = await run('restore', backup);
    expect({ code, err }).toEqual({
      code: 1,
      err: `afterword: ${database} is in use. Stop the server and other commands, and try again.\n`,
    });
    expect((await texts(first)).total).toBe(3);
  } finally {
    // Killed: its lock ends with it, and its last writes are in the log.
    await first.dispose();
  }
  const { code, out, err } = await run('restore', backup);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const replaced = /The replaced database is (.+)\.\n/.exec(out)?.[1] ?? '';
  expect(column(replaced, 'select text from comments order by created_at, id')).toEqual(['one', 'two', 'three']);

  const second = await startSourceServer(env);
  try {
    expect(await texts(second)).toEqual({ texts: ['one', 'two'], total: 2 });
    await post(second, 'after the restore');
    expect((await texts(second)).total).toBe(3);
  } finally {
    await second.dispose();
  }
});

describe('scheduled backups', () => {
  const now = Date.parse('2026-11-27T04:00:00Z');
  let logged: { level: string; message: string }[];
  const log = {
    info: (_: unknown, message: string) => void logged.push({ level: 'info', message }),
    error: (_: unknown, message: string) => void logged.push({ level: 'error', message }),
  };
  let backups: string;
  const schedule = (settings = {}) =>
    new BackupSchedule(database, { hours: 6, keep: 2, folder: backups, ...settings }, log as never);
  beforeEach(async () => {
    backups = join(folder, 'backups');
    logged = [];
    await run('sites', 'add', 'paper');
  });

  test('are written when they are due, and the oldest are deleted', async () => {
    mkdirSync(backups);
    writeFileSync(join(backups, 'notes.txt'), 'kept');
    expect(await schedule().run(now)).toBe(now + 6 * hourMs);
    // As after a restart, and on a second server.
    expect(await schedule().run(now + hourMs)).toBe(now + 6 * hourMs);
    await schedule().run(now + 6 * hourMs);
    await schedule().run(now + 12 * hourMs);
    expect(readdirSync(backups).sort()).toEqual([
      'afterword-2026-11-27T100000Z.db',
      'afterword-2026-11-27T160000Z.db',
      'notes.txt',
    ]);
    expect(sites(join(backups, 'afterword-2026-11-27T160000Z.db'))).toEqual(['paper']);
    expect(logged.map(({ message }) => message)).toEqual(Array.from({ length: 3 }, () => 'backup written'));
  });

  test('are written though the clock was set back', async () => {
    await schedule().run(now + 12 * hourMs);
    await schedule().run(now);
    expect(readdirSync(backups)).toContain('afterword-2026-11-27T040000Z.db');
  });

  test('that fail are logged, counted and tried again, and leave nothing', async () => {
    writeFileSync(backups, 'a file where the folder should be');
    const failing = schedule();
    expect(await failing.run(now)).toBeLessThan(now + hourMs);
    expect(logged).toEqual([{ level: 'error', message: 'backup failed, will be tried again' }]);
    expect(failing.state).toEqual({ lastAt: undefined, failures: 1 });
    rmSync(backups);
    expect(await failing.run(now)).toBe(now + 6 * hourMs);
    expect(failing.state).toEqual({ lastAt: now, failures: 1 });
  });

  test('remove what a killed one has left', async () => {
    mkdirSync(backups);
    const partial = join(backups, 'afterword-2026-11-26T040000Z.db.partial');
    const current = join(backups, 'afterword-2026-11-27T035500Z.db.partial');
    for (const file of [partial, current]) writeFileSync(file, 'half');
    utimesSync(partial, now / 1000 - 7200, now / 1000 - 7200);
    utimesSync(current, now / 1000 - 60, now / 1000 - 60);
    await schedule().run(now);
    expect([existsSync(partial), existsSync(current)]).toEqual([false, true]);
  });

  test('are written by a running schedule, which a stop ends', async () => {
    const running = schedule();
    running.start();
    await waitFor(() => expect(readdirSync(backups)).toHaveLength(1));
    await running.stop();
    expect(running.state.failures).toBe(0);
  });
});
