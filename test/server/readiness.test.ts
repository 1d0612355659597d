import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { Readiness } from '../../server/src/ops/readiness.js';
import { openDatabase, type Database } from '../../server/src/storage/database.js';
import type { Transaction } from '../../server/src/storage/writer.js';
import { waitFor } from '../setup/wait-for.js';
import { createPostgresDatabase, databases, openTestServices, storyUrl, type TestServer } from './setup.js';
import { prepareSite, startSourceServer } from './source-server.js';
import { startTcpProxy } from './tcp-proxy.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

async function open(kind: (typeof databases)[number]): Promise<TestServer> {
  const server = await openTestServices(kind);
  cleanUp.push(server.close);
  return server;
}

const readyz = async ({ app }: TestServer) => {
  const answer = await app.request('/readyz');
  return { status: answer.status, body: (await answer.json()) as { status: unknown; detail?: string } };
};
/** Results are kept for a second. */
const becomes = (server: TestServer, status: number) =>
  waitFor(async () => {
    const answer = await readyz(server);
    expect(answer.status).toBe(status);
    return answer.body;
  });

test.each(databases)('a node on %s is ready', async (kind) => {
  const server = await open(kind);
  expect(await readyz(server)).toEqual({ status: 200, body: { status: 'ready' } });
});

test('a result is used for a second, and simultaneous probes share one check', async () => {
  let count = 0;
  const check = () => {
    count++;
    return Promise.resolve();
  };
  const readiness = new Readiness({ check }, pino({ level: 'silent' }));
  await Promise.all(Array.from({ length: 50 }, () => readiness.check()));
  expect(count).toBe(1);
});

test('a check that never answers is reported, and no second one is begun beside it', async () => {
  let count = 0;
  const check = () => {
    count++;
    return new Promise<never>(() => {});
  };
  const readiness = new Readiness({ check }, pino({ level: 'silent' }));
  expect(await readiness.check()).toContain('has not answered');
  await waitFor(async () => {
    expect(await readiness.check()).toContain('has not answered');
  });
  expect(count).toBe(1);
});

describe('on SQLite', () => {
  const post = (server: TestServer, token: string) =>
    server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: 'Một ý kiến' } });

  test.each([
    ['the data folder is removed', (folder: string) => rmSync(folder, { recursive: true })],
    [
      'the database is replaced',
      (folder: string) => {
        copyFileSync(join(folder, 'afterword.db'), join(folder, 'copy.db'));
        renameSync(join(folder, 'copy.db'), join(folder, 'afterword.db'));
      },
    ],
    ['the write-ahead log is removed', (folder: string) => rmSync(join(folder, 'afterword.db-wal'))],
  ])('after %s, writes and /readyz answer 503', async (_, change) => {
    const server = await open('sqlite');
    const token = await server.guest();
    expect((await post(server, token)).status).toBe(201);
    expect(existsSync(join(server.folder, 'afterword.db-wal'))).toBe(true);
    change(server.folder);
    const refused = await post(server, token);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    const { detail } = await becomes(server, 503);
    expect(detail).toBe('The database does not take writes (SQLITE_READONLY_DBMOVED).');
  });

  test('a database that is moved away and back takes writes again', async () => {
    const server = await open('sqlite');
    const token = await server.guest();
    renameSync(server.folder, `${server.folder}-moved`);
    expect((await post(server, token)).status).toBe(503);
    renameSync(`${server.folder}-moved`, server.folder);
    expect((await post(server, token)).status).toBe(201);
    await becomes(server, 200);
  });

  test('the check writes one row, again and again', async () => {
    const { services } = await open('sqlite');
    const rows = () => services.database.read.selectFrom('metadata').selectAll().execute();
    const before = await rows();
    for (let turn = 0; turn < 5; turn++) await services.database.check();
    expect((await rows()).length).toBe(before.length + 1);
  });

  test('a file that may grow no further is reported, though rows in it can still be changed', async () => {
    const server = await open('sqlite');
    const { database } = server.services;
    let writing: Transaction['db'] | undefined;
    await database.writer.submit(
      { name: 'of-the-test', run: async ({ db }) => [await Promise.resolve((writing = db))] },
      0,
    );
    const pages = async () =>
      (await sql<{ count: number }>`select page_count as count from pragma_page_count`.execute(database.read)).rows[0]!
        .count;
    const limit = (count: number) => sql.raw(`pragma max_page_count = ${count}`).execute(writing!);
    expect((await readyz(server)).status).toBe(200);
    await limit(await pages());
    const fill = () => server.ask('/readers', { method: 'POST', json: { name: 'x'.repeat(40) } });
    await waitFor(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, fill));
      expect(answers.map(({ status }) => status)).toContain(503);
    }, 1);
    const { detail } = await becomes(server, 503);
    expect(detail).toBe('The database does not take writes (SQLITE_FULL).');
    await limit((await pages()) + 100);
    await becomes(server, 200);
    expect((await server.ask('/readers', { method: 'POST', json: {} })).status).toBe(201);
  });

  test('checks leave nothing behind', async () => {
    const { services } = await open('sqlite');
    const { database } = services;
    const pages = async () =>
      (await sql<{ count: number }>`select page_count as count from pragma_page_count`.execute(database.read)).rows[0]!
        .count;
    await database.check();
    const before = await pages();
    for (let turn = 0; turn < 20; turn++) await database.check();
    expect(await pages()).toBe(before);
  });

  test('a full disk is reported, and reading goes on', async () => {
    const server = await open('sqlite');
    const env = {
      AFTERWORD_DATA: server.folder,
      AFTERWORD_DATABASE: `sqlite:${join(server.folder, 'full.db')}`,
      AFTERWORD_SECRET: 'a secret of the tests that is long enough',
    };
    await prepareSite(env, () => Promise.resolve());
    // The system refuses to let a file of this process grow beyond 2 MB.
    const full = await startSourceServer(env, { maxFileKilobytes: 2048 });
    cleanUp.push(full.dispose);
    const json = { 'content-type': 'application/json' };
    const write = () => fetch(`${full.site}/readers`, { method: 'POST', headers: json, body: '{}' });
    const { token } = (await (await write()).json()) as { token: string };
    const comment = await fetch(`${full.site}/comments`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${token}` },
      body: JSON.stringify({ story: 'a', text: 'Trước khi đầy' }),
    });
    expect(comment.status).toBe(201);
    await waitFor(async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, write));
      expect(answers.map(({ status }) => status)).toContain(503);
    }, 1);
    await waitFor(async () => expect((await fetch(`${full.url}/readyz`)).status).toBe(503));
    expect((await fetch(`${full.site}/page?story=a&parts=reactions,comments`)).status).toBe(200);
    for (const sort of ['best', 'discussed', 'newest']) {
      const thread = await fetch(`${full.site}/comments?story=a&sort=${sort}`);
      expect(await thread.json()).toMatchObject({ comments: [{ text: 'Trước khi đầy' }] });
    }
  });
});

describe('on PostgreSQL', () => {
  test('a disk that is full is reported after the first write that fails, until there is room', async () => {
    const server = await open('postgres');
    const operator = new pg.Client({ connectionString: server.services.config.database });
    await operator.connect();
    cleanUp.push(() => operator.end());
    expect((await readyz(server)).status).toBe(200);
    await operator.query(`
      create function refuse() returns trigger language plpgsql as
        'begin raise exception ''could not extend file: No space left on device'' using errcode = ''disk_full''; end';
      create trigger refuse before insert or update on readers execute function refuse();
      create trigger refuse before insert or update on metadata execute function refuse();`);
    expect((await server.ask('/readers', { method: 'POST', json: {} })).status).toBe(503);
    expect(await becomes(server, 503)).toMatchObject({ detail: 'The database does not take writes (53100).' });
    await operator.query('drop function refuse cascade');
    await becomes(server, 200);
    expect((await server.ask('/readers', { method: 'POST', json: {} })).status).toBe(201);
  });

  test('a read-only database is reported', async () => {
    const server = await open('postgres');
    const { database } = server.services;
    const operator = new pg.Client({ connectionString: server.services.config.database });
    await operator.connect();
    cleanUp.push(() => operator.end());
    const name = (await sql<{ name: string }>`select current_database() as name`.execute(database.read)).rows[0]!.name;
    await operator.query(`alter database ${name} set default_transaction_read_only = on`);
    await operator.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    expect(await becomes(server, 503)).toMatchObject({ detail: 'The database does not take writes (25006).' });
  });

  test('a paused database is reported, and one that goes on is ready again', async () => {
    const { url, drop } = await createPostgresDatabase();
    cleanUp.push(drop);
    const proxied = new URL(url);
    const proxy = await startTcpProxy({ host: proxied.hostname, port: Number(proxied.port || 5432) });
    cleanUp.push(proxy.close);
    proxied.host = `127.0.0.1:${proxy.port}`;
    const database: Database = await openDatabase(proxied.href);
    cleanUp.push(() => database.close());
    const readiness = new Readiness(database, pino({ level: 'silent' }));
    expect(await readiness.check()).toBeUndefined();
    proxy.pause();
    await waitFor(async () =>
      expect(await readiness.check()).toMatch(/^The database (has not answered|does not take)/),
    );
    proxy.resume();
    await waitFor(async () => expect(await readiness.check()).toBeUndefined());
  });
});
