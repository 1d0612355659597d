import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retentionRules } from '../../server/src/app.js';
import { newId } from '../../server/src/ids.js';
import { Retention } from '../../server/src/ops/retention.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { takeLease } from '../../server/src/storage/leases.js';
import type { RetentionRule } from '../../server/src/storage/retention-rule.js';
import { inBatches } from '../../server/src/storage/statement-cache.js';
import type { Transaction } from '../../server/src/storage/writer.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand } from './cli.js';
import { observeQueries } from './observed-queries.js';
import { databases, openTestServices, storyUrl, type TestServer } from './setup.js';

const dayMs = 24 * 60 * 60_000;
const log = pino({ level: 'silent' });

describe.each(databases)('retention on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
  });
  afterEach(() => server.close());

  const write = (work: (db: Transaction['db']) => Promise<unknown>) =>
    server.services.database.writer.submit(
      {
        name: 'prepare-rows',
        run: async ({ db }, works: readonly (typeof work)[]) => {
          for (const each of works) await each(db);
          return works.map(() => undefined);
        },
      },
      work,
    );
  const count = async (table: 'subscription_tokens' | 'readers' | 'mails' | 'thread_orders' | 'limit_counters') => {
    const query = server.services.database.read.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('count'));
    return (await query.executeTakeFirstOrThrow()).count;
  };

  /** Stores tokens of links, of which every third is still valid. */
  async function addTokens(total: number): Promise<void> {
    const now = Date.now();
    const rows = Array.from({ length: total }, (_, index) => ({
      tokenHash: newId(),
      purpose: 'manage' as const,
      siteId: 'paper',
      emailKey: 'lan@reader.example',
      newslettersJson: '[]',
      codeHash: null,
      createdAt: now,
      expiresAt: index % 3 === 0 ? now + dayMs : now - 2 * dayMs,
      usedAt: null,
      mailId: null,
    }));
    for (const batch of inBatches(rows))
      await write((db) => db.insertInto('subscription_tokens').values(batch).execute());
  }

  it('deletes in statements of at most 500 rows, each in a commit of its own', async () => {
    await addTokens(3000);
    const { queries, stop } = observeQueries();
    await server.services.retention.run(Date.now());
    stop();
    expect(await count('subscription_tokens')).toBe(1000);
    expect(server.services.retention.deletedByRule.get('subscription-tokens')).toBe(2000);
    const affected = queries.map(({ affectedRows }) => affectedRows);
    expect(Math.max(...affected)).toBeLessThanOrEqual(500);
    // Between two deletions there is always a commit.
    const steps = queries.flatMap(({ sql }) =>
      /^\s*delete from "?subscription_tokens/.test(sql) ? 'delete' : sql === 'commit' ? sql : [],
    );
    expect(steps.filter((step) => step === 'delete').length).toBeGreaterThanOrEqual(6);
    expect(steps.join(' ')).not.toContain('delete delete');
  });

  it('lets other writes in between', async () => {
    await addTokens(3000);
    const events: string[] = [];
    let writing: Promise<unknown> | undefined;
    const retention = new Retention(server.services.database, log, retentionRules, () => {
      events.push('batch');
      writing ??= server.guest('Lan').then(() => events.push('guest'));
    });
    await retention.run(Date.now());
    await writing;
    expect(events.filter((event) => event === 'batch').length).toBeGreaterThanOrEqual(6);
    expect(events.indexOf('guest')).toBeLessThan(events.lastIndexOf('batch'));
  });

  it('stops after the current batch, and goes on at the next run', async () => {
    await addTokens(3000);
    const { database } = server.services;
    const stopped: Retention = new Retention(database, log, retentionRules, () => void stopped.stop());
    await stopped.run(Date.now());
    await stopped.stop();
    const left = await count('subscription_tokens');
    expect(left).toBeGreaterThanOrEqual(2500);
    expect(left).toBeLessThan(3000);
    await new Retention(database, log, retentionRules).run(Date.now());
    expect(await count('subscription_tokens')).toBe(1000);
  });

  it('runs once a day in the whole cluster, and after a crash again', async () => {
    const runs: string[] = [];
    const ruleOf = (node: string): RetentionRule => ({
      name: 'counted',
      purge: (_transaction, { after }) => {
        runs.push(node);
        return Promise.resolve({ count: 1, next: after.length < 3 ? `${after}x` : undefined });
      },
    });
    const other = await openDatabase(server.services.config.database);
    const nodes = [
      new Retention(server.services.database, log, [ruleOf('first')]),
      new Retention(kind === 'sqlite' ? server.services.database : other, log, [ruleOf('second')]),
    ];
    for (const node of nodes) node.start();
    await waitFor(async () => {
      const lease = await server.services.database.read.selectFrom('leases').selectAll().executeTakeFirst();
      expect(lease).toMatchObject({ name: 'retention', holder: null });
      expect(lease?.doneAt).toBeGreaterThan(0);
    });
    for (const node of nodes) await node.stop();
    expect(runs).toHaveLength(4);
    expect(new Set(runs).size).toBe(1);

    // A process that died holds the lease for a minute at most.
    const lease = { name: 'retention', holder: 'a process that died', durationMs: 60_000 };
    await server.services.database.writer.submit(takeLease, lease);
    const next = new Retention(server.services.database, log, [ruleOf('third')]);
    expect(await next.run(Date.now())).toBeUndefined();
    await write((db) =>
      db
        .updateTable('leases')
        .set({ expiresAt: Date.now() - 1 })
        .execute(),
    );
    expect(await next.run(Date.now())).toEqual(new Map([['counted', 4]]));
    await other.close();
  });

  it('ends where another process has taken over the lease', async () => {
    const { database } = server.services;
    let batches = 0;
    const rule: RetentionRule = {
      name: 'taken-over',
      async purge({ db }) {
        batches += 1;
        await db.updateTable('leases').set({ holder: 'another process' }).execute();
        return { count: 1, next: 'more' };
      },
    };
    expect(await new Retention(database, log, [rule]).run(Date.now())).toBeUndefined();
    expect(batches).toBe(1);
  });

  it('deletes guests without acts after 30 days, and keeps those with any', async () => {
    const tokens = {
      idle: await server.guest('Idle'),
      commenter: await server.guest('Commenter'),
      voter: await server.guest('Voter'),
      reactor: await server.guest('Reactor'),
      undecided: await server.guest('Undecided'),
      reporter: await server.guest('Reporter'),
      muter: await server.guest('Muter'),
    };
    const send = async (method: string, path: string, token: string, json: unknown) => {
      const answer = await server.ask(path, { method, token, json });
      expect(answer.ok).toBe(true);
      return answer;
    };
    const posted = await send('POST', '/comments', tokens.commenter, { story: storyUrl, text: 'A comment.' });
    const { comment } = (await posted.json()) as { comment: { id: string; author: { id: string } } };
    await send('PUT', `/comments/${comment.id}/vote`, tokens.voter, { value: 1 });
    await send('POST', `/comments/${comment.id}/reports`, tokens.reporter, { reason: 'spam' });
    await send('PUT', `/readers/${comment.author.id}/mute`, tokens.muter, undefined);
    for (const token of [tokens.reactor, tokens.undecided])
      await send('PUT', '/reactions', token, { story: storyUrl, poll: 'reactions', choice: 'great' });
    await server.ask(`/reactions?story=${encodeURIComponent(storyUrl)}&poll=reactions`, {
      method: 'DELETE',
      token: tokens.undecided,
    });
    const names = async () => {
      const rows = await server.services.database.read.selectFrom('readers').select('name').orderBy('name').execute();
      return rows.map(({ name }) => name);
    };
    await server.services.retention.run(Date.now() + 29 * dayMs);
    expect(await names()).toHaveLength(7);
    await server.services.retention.run(Date.now() + 31 * dayMs);
    expect(await names()).toEqual(['Commenter', 'Muter', 'Reactor', 'Reporter', 'Voter']);
  });

  it('deletes stored sort orders with their rows, a bounded number in each batch', async () => {
    const guest = await server.guest();
    await server.ask('/comments', { method: 'POST', token: guest, json: { story: storyUrl, text: 'A comment.' } });
    const { id: storyId } = await server.services.database.read
      .selectFrom('stories')
      .select('id')
      .executeTakeFirstOrThrow();
    const order = { storyId, sort: 'best' as const, threadVersion: 1, length: 40_000, newestAt: 0, newestId: '' };
    const madeAt = Date.now() - 2 * dayMs;
    for (let version = 1; version <= 4; version++) {
      await write(async (db) => {
        await db
          .insertInto('thread_orders')
          .values({ ...order, version, madeAt, supersededAt: null })
          .execute();
        const rows = Array.from({ length: 400 }, (_, part) => ({
          storyId,
          sort: 'best' as const,
          version,
          part,
          firstValue: 0,
          firstId: '',
          ids: '',
        }));
        await db.insertInto('thread_order_ids').values(rows).execute();
      });
    }
    const { queries, stop } = observeQueries();
    await server.services.retention.run(Date.now());
    stop();
    expect(await count('thread_orders')).toBe(0);
    const steps = queries.flatMap(({ sql }) =>
      sql.startsWith('delete from "thread_orders"') ? 'delete' : sql === 'commit' ? sql : [],
    );
    expect(steps.join(' ')).not.toContain('delete delete');
    expect(steps.filter((step) => step === 'delete')).toHaveLength(4);
  });

  it('deletes mails a week after they were queued, and counters after their window', async () => {
    const now = Date.now();
    const mail = {
      siteId: 'paper',
      kind: 'newsletter-confirm',
      toAddress: '',
      messageJson: '{}',
      dueAt: null,
      sentAt: now,
    };
    await write((db) =>
      db
        .insertInto('mails')
        .values({ id: newId(), createdAt: now, ...mail })
        .execute(),
    );
    const counter = { count: 1, since: now, lastAt: now };
    await write((db) =>
      db
        .insertInto('limit_counters')
        .values([
          { key: 'ends', ...counter, expiresAt: now + dayMs },
          { key: 'lasts', ...counter, expiresAt: now + 10 * dayMs },
        ])
        .execute(),
    );
    await server.services.retention.run(now + 6 * dayMs);
    expect([await count('mails'), await count('limit_counters')]).toEqual([1, 1]);
    await server.services.retention.run(now + 8 * dayMs);
    expect([await count('mails'), await count('limit_counters')]).toEqual([0, 1]);
  });

  it('run prints what each rule has deleted, and refuses to run beside another process', async () => {
    await addTokens(9);
    const { code, stdout, stderr } = await runCommand(server, 'retention', 'run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual(
      retentionRules.map(({ name }) => `${name}\t${name === 'subscription-tokens' ? 6 : 0}`),
    );
    const lease = { name: 'retention', holder: 'another process', durationMs: 60_000 };
    await server.services.database.writer.submit(takeLease, lease);
    expect(await runCommand(server, 'retention', 'run')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'afterword: Another process is deleting expired rows. Try again when it has ended.\n',
    });
  });
});
