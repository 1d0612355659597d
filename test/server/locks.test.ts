import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import Sqlite from 'libsql';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/src/storage/database.js';
import type { Command } from '../../server/src/storage/writer.js';
import { openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';
import { waitFor } from '../setup/wait-for.js';

type Answer = { status: number; body: Record<string, unknown> };

async function answerOf(pending: Response | Promise<Response>): Promise<Answer> {
  const answer = await pending;
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function post(server: TestServer, token: string, story: string, parentId?: string) {
  const json = { story, text: `Bình luận ${randomUUID()}`, parentId };
  return answerOf(server.ask('/comments', { method: 'POST', token, json }));
}

function react(server: TestServer, token: string, story = storyUrl) {
  return answerOf(
    server.ask('/reactions', { method: 'PUT', token, json: { story, poll: 'reactions', choice: 'like' } }),
  );
}

describe('a row that another session of PostgreSQL holds', () => {
  let server: TestServer;
  let operator: pg.Client;
  let token: string;
  beforeAll(async () => {
    server = await openTestServices('postgres');
    operator = new pg.Client({ connectionString: server.services.config.database });
    await operator.connect();
    token = await server.guest();
  });
  afterAll(async () => {
    await operator.end();
    await server.close();
  });

  test('delays and refuses writes to its story only, and these succeed after its release', async () => {
    const other = `${storyUrl}-other`;
    expect([await react(server, token), await react(server, token, other)].map(({ status }) => status)).toEqual([
      200, 200,
    ]);
    await operator.query('begin');
    const { rowCount } = await operator.query(
      'select 1 from reaction_tallies join stories on stories.id = story_id where stories.key = $1 for update',
      [storyUrl],
    );
    expect(rowCount).toBe(1);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => server.guest()));
    const [held, free] = [storyUrl, other].map((story) =>
      Promise.all(tokens.map((token) => react(server, token, story))),
    );
    // The lock is still held.
    expect((await free!).map(({ status }) => status)).toEqual(tokens.map(() => 200));
    const refused = await held!;
    expect(new Set(refused.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
      new Set(['503 unavailable']),
    );
    expect((await post(server, token, other)).status).toBe(201);
    await operator.query('rollback');
    const later = await Promise.all(tokens.map((token) => react(server, token)));
    expect(later.map(({ status }) => status)).toEqual(tokens.map(() => 200));
    expect((await react(server, token)).body).toMatchObject({ total: 21, counts: { like: 21 } });
  });
});

describe('two nodes on PostgreSQL', () => {
  let server: TestServer;
  let node: TestServer;
  beforeAll(async () => {
    server = await openTestServices('postgres');
    node = await openTestServices('postgres', { AFTERWORD_DATABASE: server.services.config.database });
  });
  afterAll(async () => {
    await node.close();
    await server.close();
  });

  test('write replies, votes and reactions on one story without a deadlock', async () => {
    const tokens = await Promise.all(Array.from({ length: 12 }, () => server.guest()));
    const root = await post(server, tokens[0]!, storyUrl);
    const { id } = root.body['comment'] as { id: string };
    const votes = new Map(tokens.slice(1).map((token) => [token, 1]));
    const rounds = 12;
    const writes = [server, node].flatMap((on, nodeIndex) =>
      tokens.slice(1).map(async (token) => {
        const statuses: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const value = nodeIndex === 0 || round < rounds - 1 ? round % 2 : 1;
          const answers = await Promise.all([
            post(on, token, storyUrl, id),
            answerOf(on.ask(`/comments/${id}/vote`, { method: 'PUT', token, json: { value } })),
            react(on, token),
          ]);
          statuses.push(...answers.map(({ status }) => status));
        }
        return statuses;
      }),
    );
    const statuses = (await Promise.all(writes)).flat();
    expect(new Set(statuses)).toEqual(new Set([200, 201]));
    const { rows } = await sql<{ deadlocks: number }>`
      select deadlocks from pg_stat_database where datname = current_database()
    `.execute(server.services.database.read);
    expect(rows).toEqual([{ deadlocks: 0 }]);
    for (const token of votes.keys())
      await answerOf(server.ask(`/comments/${id}/vote`, { method: 'PUT', token, json: { value: 1 } }));
    const thread = await answerOf(server.ask(`/comments?${storyQuery()}&sort=oldest`));
    const replies = rounds * 2 * votes.size;
    expect(thread.body['total']).toBe(replies + 1);
    expect(thread.body['comments']).toMatchObject([
      { replies: { total: replies }, votes: { up: votes.size, down: 0 } },
    ]);
  });
});

/** Forwards connections to PostgreSQL until it is paused. */
class PausableProxy {
  readonly #server = createServer((client) => this.#forward(client));
  readonly #sockets = new Set<Socket>();
  readonly #target: { host: string; port: number };

  constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port || 5432) };
  }

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as { port: number }).port;
  }

  pause(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #forward(client: Socket): void {
    const target = connect(this.#target);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

describe('PostgreSQL that stops answering', () => {
  let server: TestServer;
  let proxy: PausableProxy;
  beforeEach(async () => {
    server = await openTestServices('postgres');
    proxy = new PausableProxy(new URL(server.services.config.database));
  });
  afterEach(async () => {
    proxy.stop();
    await server.close();
  });

  test('never commits half of a refused write with the next one', async () => {
    const url = new URL(server.services.config.database);
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.start());
    const database = await openDatabase(url.href);
    const rename: Command<{ name: string; pauses: boolean }, void> = {
      name: 'rename-site',
      async run({ db }, [input]) {
        const { name, pauses } = input!;
        await db
          .updateTable('sites')
          .set(pauses ? { name } : { lang: name })
          .where('id', '=', 'paper')
          .execute();
        if (!pauses) return [undefined];
        proxy.pause();
        await db.updateTable('sites').set({ lang: 'xx' }).where('id', '=', 'paper').execute();
        return [undefined];
      },
    };
    try {
      const refused = await database.writer
        .submit(rename, { name: 'Half', pauses: true })
        .catch((error: unknown) => error);
      expect(database.isUnavailable(refused)).toBe(true);
      proxy.resume();
      await waitFor(() => database.writer.submit(rename, { name: 'en', pauses: false }));
      const site = await server.services.database.read.selectFrom('sites').select(['name', 'lang']).executeTakeFirst();
      expect(site).toEqual({ name: 'The Paper', lang: 'en' });
    } finally {
      await database.close();
    }
  });
});

describe('a lock on the SQLite file by another process', () => {
  test('does not block reads, and a write waits for it without blocking the event loop', async () => {
    const server = await openTestServices('sqlite');
    const other = new Sqlite(server.services.config.database.slice('sqlite:'.length));
    try {
      const token = await server.guest();
      other.exec('begin immediate');
      const writing = react(server, token);
      // Answered while the write still waits: the event loop is free.
      const reads = Array.from({ length: 20 }, () => server.ask(`/reactions?${storyQuery()}&poll=reactions`));
      for (const { status } of await Promise.all(reads)) expect(status).toBe(200);
      let isWritten = false;
      void writing.then(() => (isWritten = true));
      expect(isWritten).toBe(false);
      other.exec('commit');
      expect((await writing).status).toBe(200);
    } finally {
      other.close();
      await server.close();
    }
  });
});
