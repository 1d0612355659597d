import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe('when PostgreSQL ends our connections', () => {
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

  test('a query at work fails, says that it may be tried again, and soon one succeeds', async () => {
    const { database } = server.services;
    const asleep = sql`select pg_sleep(5)`.execute(database.read).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Until its connection is made and the query is at work.
    while ((await operator.query("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).rowCount === 0);
    await endOthers();
    expect(database.isUnavailable(await asleep)).toBe(true);
    await vi.waitFor(() => database.check());
  });

  test('a write is answered with 503 or done, and none is lost after its answer', async () => {
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
    const total = await vi.waitFor(async () => {
      const answer = await server.ask(`/comments?${storyQuery()}`);
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { total: number }).total;
    });
    expect(total).toBeGreaterThanOrEqual(statuses.filter((status) => status === 201).length);
  });
});
