import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { exportSite } from '../../server/src/sites/export.js';
import { belongsTo, siteTables } from '../../server/src/sites/site-tables.js';
import { confirmByTyping } from '../../server/src/terminal.js';
import type { Tables } from '../../server/src/storage/tables.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, type TestServer } from './setup.js';

interface ExportedRow {
  readonly table: keyof Tables;
  readonly row: Record<string, unknown>;
}

/** More rows than a batch has. */
const repliesCount = 1100;

describe.each(databases)('sites remove on %s', (kind) => {
  let server: TestServer;
  let file: string;
  beforeEach(async () => {
    server = await openTestServices(kind);
    file = join(server.folder, 'paper.jsonl');
    await runCommand(server, 'sites', 'add', 'weekly');
    for (const siteId of ['paper', 'weekly']) await fill(server, siteId);
  });
  afterEach(() => server.close());

  const count = async (siteId: string) => {
    const counts: Record<string, number> = {};
    for (const table of siteTables) {
      const { rows } = await sql<{ count: number | string }>`
        select count(*) as count from ${sql.table(table.name)} where ${belongsTo(siteId, table)}`.execute(
        server.services.database.read,
      );
      counts[table.name] = Number(rows[0]?.count);
    }
    return counts;
  };
  const paper = async () => (await server.app.request('/v1/sites/paper/newsletters')).status;

  it('exports a site, deletes its rows in every table, and leaves other sites as they are', async () => {
    const before = { paper: await count('paper'), weekly: await count('weekly') };
    expect(Object.entries(before.paper).filter(([, rows]) => rows === 0)).toEqual([]);
    expect(await paper()).toBe(200);

    const startedAt = performance.now();
    let goneAfterMs = Infinity;
    const removing = runCommand(server, 'sites', 'remove', 'paper', '--yes', '--export', file);
    while (goneAfterMs === Infinity && performance.now() - startedAt < 20_000) {
      await sleep(100);
      if ((await paper()) === 404) goneAfterMs = performance.now() - startedAt;
    }
    const { code, stdout } = await removing;
    expect(code).toBe(0);
    expect(goneAfterMs).toBeLessThan(6000);
    expect(stdout).toContain(`The export is ${file}\n`);
    expect(Object.values(await count('paper')).every((rows) => rows === 0)).toBe(true);
    expect(await count('weekly')).toEqual(before.weekly);
    expect(await indexNames(server)).not.toContain('removal_comments_parent');

    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines[0]).toMatchObject({ format: 'afterword-site', version: 1, site: 'paper' });
    expect(lines.at(-1)).toEqual({ rows: before.paper });
    const rows = lines.slice(1, -1) as ExportedRow[];
    expect(rows.length).toBe(Object.values(before.paper).reduce((sum, rowCount) => sum + rowCount, 0));
    expect(rows.find(({ table }) => table === 'subscriptions')?.row).toMatchObject({ email: 'lan@reader.example' });
    expect(rows.some(({ row }) => row['siteId'] === 'weekly')).toBe(false);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect((await runCommand(server, 'sites', 'add', 'paper')).code).toBe(0);
  }, 60_000);

  it('refuses without a terminal or a free file, and changes nothing', async () => {
    const before = await count('paper');
    expect(await runCommand(server, 'sites', 'remove', 'paper')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^afterword: This deletes "[^"]+" .* Run it in a terminal, or with --yes\.\n$/,
      ) as string,
    });
    expect((await runCommand(server, 'sites', 'remove', 'none', '--yes')).stderr).toBe(
      'afterword: There is no site "none".\n',
    );
    writeFileSync(file, 'mine');
    expect((await runCommand(server, 'sites', 'remove', 'paper', '--yes', '--export', file)).stderr).toBe(
      `afterword: ${file} exists already. Name another file with --export.\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await count('paper')).toEqual(before);
  });

  it('leaves the site as it was where the export cannot be written', async () => {
    const before = await count('paper');
    const nowhere = join(server.folder, 'none', 'paper.jsonl');
    const { code, stderr } = await runCommand(server, 'sites', 'remove', 'paper', '--yes', '--export', nowhere);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^afterword: .+paper\.jsonl cannot be written: ENOENT.+\n$/);
    expect(await count('paper')).toEqual(before);
    expect(await server.services.sites.get('paper')).toBeDefined();
  }, 30_000);

  it('goes on with a removal that was broken off, and add says so', async () => {
    const { read, writer } = server.services.database;
    await writer.submit(
      {
        name: 'break-off',
        async run({ db }, calls: undefined[]) {
          await db.updateTable('sites').set({ removedAt: 1 }).where('id', '=', 'paper').execute();
          return calls;
        },
      },
      undefined,
    );
    expect((await runCommand(server, 'sites', 'add', 'paper')).stderr).toBe(
      'afterword: Site "paper" is being removed. Finish that with: afterword sites remove paper\n',
    );
    expect((await runCommand(server, 'sites', 'list')).stdout).not.toContain('paper');
    const { code, stdout } = await runCommand(server, 'sites', 'remove', 'paper', '--yes', '--export', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Going on with the removal of paper/);
    expect(await read.selectFrom('sites').select('id').execute()).toEqual([{ id: 'weekly' }]);
  }, 30_000);

  it('names every table of the database', async () => {
    const tables = await tableNames(server);
    const known = siteTables.map(({ name }) => name as string);
    const others = ['leases', 'limit_counters', 'metadata', 'migration_compatibility'];
    expect(tables.filter((name) => !known.includes(name)).sort()).toEqual(others);
  });

  it('does not leave a part of an export', async () => {
    await expect(exportSite({ read: { getExecutor: () => undefined } as never }, 'paper', file)).rejects.toThrow();
    expect(existsSync(file) || existsSync(`${file}.partial`)).toBe(false);
  });
});

describe('the question of sites remove', () => {
  const answer = (typed: string) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.end(typed);
    return confirmByTyping('This deletes a site.', 'paper', { input, output: new PassThrough() });
  };

  test('is answered by the id', () => expect(answer('paper\n')).resolves.toBeUndefined());
  test.each(['yes\n', 'Paper\n', '\n', ''])('refuses %j', (typed) =>
    expect(answer(typed)).rejects.toThrow('Nothing was deleted.'),
  );
});

/** Adds rows to every table of a site: more comments than a batch, and a reply with an earlier id than its parent. */
async function fill({ services }: TestServer, siteId: string): Promise<void> {
  const { writer } = services.database;
  const id = (part: number) => `${siteId === 'paper' ? 'a' : 'b'}${String(part).padStart(11, '0')}`;
  const [story, reader, other, root] = [id(1), id(2), id(3), id(5)];
  const comment = (commentId: string, parentId: string | null) => ({
    ...{ id: commentId, siteId, storyId: story, parentId, rootId: root, depth: parentId === null ? 0 : 1 },
    ...{ authorId: reader, text: 'Hay', nodesJson: '[]', state: 'visible' as const, revision: 1, version: 1 },
    ...{ createdAt: 1, up: 0, down: 0, score: 0, replies: 0, pinned: 0 as const, featured: 0 as const },
  });
  const readerRow = { siteId, name: 'Lan', kind: 'guest', verified: 0, badgesJson: '[]', nameRevision: 0 } as const;
  const vote = { storyId: story, pollId: 'reactions' };
  const address = { siteId, newsletterId: 'daily', emailKey: 'lan@reader.example', lang: 'vi' };
  const texts = { nameJson: '{}', descriptionJson: '{}', frequencyJson: '{}' };
  const rows: Partial<Record<keyof Tables, object[]>> = {
    readers: [reader, other].map((readerId) => ({ ...readerRow, id: readerId, createdAt: 1 })),
    reader_mutes: [{ readerId: reader, mutedId: other, createdAt: 1 }],
    stories: [{ id: story, siteId, key: '/a', url: '/a', kind: 'article', dontMiss: 0, createdAt: 1, updatedAt: 1 }],
    story_aliases: [{ siteId, key: '/b', storyId: story }],
    story_reads: [{ storyId: story, value: 1, at: 1, total: 1 }],
    reaction_votes: [{ ...vote, readerId: reader, choicesJson: '[]', changedAt: 1, confidence: 'guest' }],
    reaction_tallies: [{ ...vote, countsJson: '{}', voters: 1, version: 1 }],
    threads: [{ storyId: story, state: 'open', total: 1, version: 1 }],
    thread_orders: [
      {
        ...{ storyId: story, sort: 'best', version: 1, threadVersion: 1, length: 1, newestAt: 1, newestId: root },
        madeAt: 1,
      },
    ],
    thread_order_ids: [{ storyId: story, sort: 'best', version: 1, part: 0, firstValue: 0, firstId: root, ids: root }],
    comments: [
      comment(root, null),
      comment(id(4), root),
      ...Array.from({ length: repliesCount }, (_, index) => comment(id(10 + index), root)),
    ],
    comment_revisions: [{ commentId: root, number: 1, text: 'Hay', nodesJson: '[]', writtenAt: 1 }],
    comment_reports: [{ commentId: root, readerId: other, reason: 'spam', createdAt: 1 }],
    comment_votes: [{ commentId: root, readerId: other, value: 1, changedAt: 1 }],
    newsletters: [{ siteId, id: 'daily', ...texts, position: 0 }],
    consent_texts: [{ siteId, id: 'v1', newsletterId: 'daily', textJson: '{}', createdAt: 1 }],
    consent_events: [
      {
        id: id(1),
        siteId,
        newsletterId: 'daily',
        emailHash: 'x',
        type: 'requested',
        method: 'form',
        lang: 'vi',
        at: 1,
      },
    ],
    subscription_requests: [
      {
        ...{ id: id(1), siteId, emailKey: address.emailKey, email: address.emailKey, listsJson: '[]', lang: 'vi' },
        ...{ method: 'form', createdAt: 1, dueAt: Date.now() + 3_600_000, tries: 0 },
      },
    ],
    subscriptions: [{ id: id(1), ...address, email: address.emailKey, state: 'confirmed', createdAt: 1, changedAt: 1 }],
    subscription_tokens: [
      {
        ...{ tokenHash: id(1), purpose: 'manage', siteId, emailKey: address.emailKey, newslettersJson: '[]' },
        createdAt: 1,
      },
    ],
    suppressions: [{ id: id(1), siteId, emailHash: 'x', reason: 'manual', source: 'command', createdAt: 1 }],
    bounce_sources: [{ siteId, provider: 'ses', secret: 'x', createdAt: 1 }],
    webhooks: [
      {
        ...{ id: id(1), siteId, service: 'webhook', url: 'https://paper.example/', secret: 'x' },
        ...{ settingsJson: '{}', eventsJson: '[]', isActive: 0, createdAt: 1 },
      },
    ],
    webhook_deliveries: [
      {
        ...{ id: id(1), siteId, webhookId: id(1), emailKey: address.emailKey, event: 'left', payloadJson: '{}' },
        ...{ createdAt: 1, queuedAt: 1 },
      },
    ],
    mails: [{ id: id(1), siteId, kind: 'x', toAddress: address.emailKey, messageJson: '{}', createdAt: 1 }],
  };
  await writer.submit(
    {
      name: 'fill',
      async run({ db }, calls: undefined[]) {
        for (const [table, values] of Object.entries(rows))
          for (let start = 0; start < values.length; start += 300)
            await db
              .insertInto(table as 'metadata')
              .values(values.slice(start, start + 300) as never)
              .execute();
        return calls;
      },
    },
    undefined,
  );
}

async function tableNames({ services: { database } }: TestServer): Promise<string[]> {
  return (await database.read.introspection.getTables()).map(({ name }) => name);
}

async function indexNames({ services: { database } }: TestServer): Promise<string[]> {
  const names =
    database.kind === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'index'`
      : sql<{ name: string }>`select indexname as name from pg_indexes`;
  return (await names.execute(database.read)).rows.map(({ name }) => name);
}
