import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../setup/wait-for.js';
import { runCommand } from './cli.js';
import { createPostgresDatabase, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

describe('after PostgreSQL closes all connections', () => {
  let server: TestServer;
  let operator: pg.Client;
  beforeAll(async () => {
    server = await openTestServices('postgres');
    operator = new pg.Client({ connectionString: server.services.config.database });
    await operator.connect();
  });
  afterAll(async () => {
    await operator.end();
    await server.close();
  });

  const endOthers = () =>
    operator.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );

  test('a running query fails as an outage, and a later one succeeds', async () => {
    const { database } = server.services;
    const asleep = sql`select pg_sleep(5)`.execute(database.read).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Waits until the query runs on its connection.
    while ((await operator.query("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).rowCount === 0);
    await endOthers();
    expect(database.isUnavailable(await asleep)).toBe(true);
    await waitFor(() => database.check());
  });

  test('a write is answered with 503 or stored, and no acknowledged write is lost', async () => {
    const token = await server.guest();
    const statuses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const posts = Array.from({ length: 20 }, (_, post) =>
        server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: `Gửi ${round}-${post}` } }),
      );
      await endOthers();
      statuses.push(...(await Promise.all(posts)).map(({ status }) => status));
    }
    expect(new Set(statuses)).toSatisfy((seen: Set<number>) => [...seen].every((one) => one === 201 || one === 503));
    const total = await waitFor(async () => {
      const answer = await server.ask(`/comments?${storyQuery()}`);
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { total: number }).total;
    });
    expect(total).toBeGreaterThanOrEqual(statuses.filter((status) => status === 201).length);
  });
});

describe('while PostgreSQL is stopped', { timeout: 90_000 }, () => {
  /** The client gives up a statement after 10 seconds, and waits 5 for a connection. */
  const maxAnswerMs = 20_000;
  let server: TestServer;
  let proxy: TcpProxy;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const made = await createPostgresDatabase();
    drop = made.drop;
    const url = new URL(made.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    server = await openTestServices('sqlite', { AFTERWORD_DATABASE: url.href });
  });
  afterAll(async () => {
    proxy.release();
    await server.close();
    await proxy.close();
    await drop();
  });

  const post = (token: string, text: string) =>
    server.ask('/comments', {
      method: 'POST',
      token,
      headers: { 'idempotency-key': `key ${encodeURIComponent(text)}` },
      json: { story: storyUrl, text },
    });
  const react = (token: string, choice: string) =>
    server.ask('/reactions', { method: 'PUT', token, json: { story: storyUrl, choice } });
  const read = async () => {
    const answer = await server.ask(`/comments?${storyQuery()}`);
    return { status: answer.status, total: ((await answer.json()) as { total?: number }).total };
  };

  test('writes are refused in time, cached threads are read, and all is stored once afterwards', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => server.guest()));
    expect(await Promise.all(tokens.slice(0, 3).map((token, index) => post(token, `Trước ${index}`)))).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 201 })),
    );
    expect(await read()).toEqual({ status: 200, total: 3 });

    proxy.hold();
    const heldAt = performance.now();
    const writing = Promise.all([
      ...tokens.map(async (token, index) => (await post(token, `Trong lúc ấy ${index}`)).status),
      ...tokens.map(async (token) => (await react(token, 'like')).status),
    ]);
    while (performance.now() - heldAt < 2_000) {
      expect(await read()).toEqual({ status: 200, total: 3 });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(new Set(await writing)).toEqual(new Set([503]));
    expect(performance.now() - heldAt).toBeLessThan(maxAnswerMs);
    expect((await server.app.request('/readyz')).status).toBe(503);

    proxy.release();
    await waitFor(async () => expect((await server.app.request('/readyz')).status).toBe(200));
    // Sent again with their keys, comments that the database has stored meanwhile are not stored twice.
    for (const [index, token] of tokens.entries()) {
      await waitFor(async () => expect((await post(token, `Trong lúc ấy ${index}`)).status).toBe(201));
      await waitFor(async () => expect((await react(token, 'like')).status).toBe(200));
    }
    await waitFor(async () => expect(await read()).toEqual({ status: 200, total: 23 }));
    expect((await runCommand(server, 'recount')).stdout).toMatch(/All counters are equal to their rows/);
  });
});
