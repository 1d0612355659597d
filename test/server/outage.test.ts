import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';
import { waitFor } from '../setup/wait-for.js';

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
