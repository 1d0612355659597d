import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import type { Command, Transaction } from '../../server/src/storage/writer.js';
import { databases, openTestServices, storyQuery, storyUrl, type DatabaseKind, type TestServer } from './setup.js';
import { waitFor } from '../setup/wait-for.js';

const newStory = `${storyUrl}-without-a-stored-order`;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** Runs a statement on the connection that writes, and returns that connection. */
async function onWriter({ services }: TestServer, statement: string): Promise<Transaction['db']> {
  const command: Command<undefined, Transaction['db']> = {
    name: 'of-the-test',
    async run({ db }) {
      await sql.raw(statement).execute(db);
      return [db];
    },
  };
  return services.database.writer.submit(command, undefined);
}

/** Ways to refuse writes. Each returns a function that accepts them again. */
const faults = {
  sqlite: async (server: TestServer) => {
    const connection = await onWriter(server, 'pragma query_only = on');
    // Not even an empty transaction can begin meanwhile.
    return () => sql.raw('pragma query_only = off').execute(connection);
  },
  postgres: async (server: TestServer) => {
    await setReadOnly(server, 'on');
    return () => setReadOnly(server, 'off');
  },
} satisfies Record<DatabaseKind, unknown>;

async function setReadOnly({ services }: TestServer, value: 'on' | 'off'): Promise<void> {
  const client = new pg.Client({ connectionString: services.config.database });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  await client.query('set default_transaction_read_only = off');
  await client.query(`alter database ${rows[0]!.name} set default_transaction_read_only = ${value}`);
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}

interface Page {
  readonly comments: { readonly text: string }[];
  readonly nextCursor: string | null;
}

describe.each(databases)('on %s that is read-only', (kind) => {
  test('comments are read in every order, writes are refused as an outage, and all works again afterwards', async () => {
    const server = await openTestServices(kind);
    cleanUp.push(server.close);
    const token = await server.guest();
    const post = (story: string, text: string) =>
      server.ask('/comments', { method: 'POST', token, json: { story, text } });
    let limit = 2;
    /** Reads all pages. Each call reads other URLs than those before, since responses are cached. */
    const readAll = async (story: string, sort: string) => {
      limit++;
      const texts: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor && `&cursor=${cursor}`;
        const answer = await server.ask(`/comments?${storyQuery(story)}&sort=${sort}&limit=${limit}${query}`);
        expect([sort, answer.status]).toEqual([sort, 200]);
        const page = (await answer.json()) as Page;
        texts.push(...page.comments.map(({ text }) => text));
        cursor = page.nextCursor;
      }
      return texts.sort();
    };
    const words = Array.from({ length: 8 }, (_, index) => `Ý kiến ${index}`);
    for (const story of [storyUrl, newStory])
      for (const word of words) expect((await post(story, word)).status).toBe(201);
    for (const sort of ['best', 'discussed']) expect(await readAll(storyUrl, sort)).toEqual(words);
    // Changed a minute after the stored orders were made.
    await onWriter(server, 'update thread_orders set made_at = made_at - 60000');
    const later = [...words, 'Ý kiến sau'].sort();
    expect((await post(storyUrl, 'Ý kiến sau')).status).toBe(201);

    const end = await faults[kind](server);
    await waitFor(async () => {
      const refused = await post(storyUrl, 'Không còn chỗ');
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ code: 'unavailable' });
      expect(refused.headers.get('retry-after')).not.toBeNull();
    });
    const readyz = async () => (await server.app.request('/readyz')).status;
    await waitFor(async () => expect(await readyz()).toBe(503));
    for (const sort of ['best', 'discussed', 'newest', 'oldest']) {
      expect(await readAll(storyUrl, sort)).toEqual(later);
      expect(await readAll(newStory, sort)).toEqual(words);
    }
    const around = await server.ask(`/page?${storyQuery(newStory)}&parts=reactions,comments`);
    expect(await around.json()).toMatchObject({ parts: { comments: { total: words.length } } });

    await end();
    await waitFor(async () => expect((await post(newStory, 'Lại có chỗ')).status).toBe(201));
    await waitFor(async () => expect(await readyz()).toBe(200));
    await waitFor(async () => {
      expect(await readAll(newStory, 'best')).toEqual([...words, 'Lại có chỗ'].sort());
      const orders = server.services.database.read.selectFrom('thread_orders').select('storyId').distinct();
      expect(await orders.execute()).toHaveLength(2);
    });
  });
});
