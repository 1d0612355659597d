import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tags } from '../../server/src/http/public-cache.js';
import { siteSettingsSchema } from '../../server/src/sites/store.js';
import type { Comment, CommentAnswer, Comments, Me, Reader, Session } from '../../src/contract/types.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('names and the rules for comments on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  let story = '';
  beforeAll(async () => {
    server = await openTestServices(kind, { AFTERWORD_LIMITS: 'on' });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    story = `${storyUrl}/names-${stories++}`;
    await setRules('pre');
  });

  const setRules = (moderation: 'pre' | 'post', rules: object = {}) =>
    server.services.sites.put({ ...server.site, settings: siteSettingsSchema.parse({ moderation, rules }) });
  const rename = async (token: string, name: string) => {
    const answer = await server.ask('/readers/me', { method: 'PATCH', token, json: { name } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Reader;
  };
  const post = async (token: string, text = 'Một lời hiền lành') => {
    const answer = await server.ask('/comments', { method: 'POST', token, json: { story, text } });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const me = async (token: string) => (await (await server.ask(`/me?${storyQuery(story)}`, { token })).json()) as Me;
  /** The name of a comment's author as everybody reads it, without the cache, which commands do not reach. */
  const publicName = async ({ id }: Comment) => {
    server.services.cache.drop(tags.story(server.site, story));
    const answer = await server.ask(`/comments?${storyQuery(story)}&sort=newest`);
    return ((await answer.json()) as Comments).comments.find((comment) => comment.id === id)?.author.name;
  };
  const comments = (...argv: string[]) => runCommand(server, 'comments', ...argv, '--site', 'paper');
  /** The columns of the line of the list that starts with an id. */
  const listed = async (id: string) =>
    (await comments('list', '--limit', '1000')).stdout
      .split('\n')
      .find((line) => line.startsWith(`${id}@`))
      ?.split('\t');
  const approve = async (id: string) => {
    expect(await comments('approve', id)).toMatchObject({ code: 0, stderr: '' });
  };
  /** A guest whose comment is visible. */
  const shownGuest = async (name: string) => {
    const token = await server.guest(name);
    const comment = await post(token);
    await approve((await listed(comment.id))![0]!);
    return { token, comment, id: comment.author.id };
  };

  describe('under pre-moderation', () => {
    test('a rename is held until a moderator approves it', async () => {
      const { token, comment, id } = await shownGuest('Lan');
      expect(await rename(token, 'Bích')).toMatchObject({ name: 'Lan', pendingName: 'Bích' });
      expect((await me(token)).reader).toMatchObject({ name: 'Lan', pendingName: 'Bích' });
      expect(await publicName(comment)).toBe('Lan');
      const columns = await listed(id);
      expect(columns).toEqual([
        `${id}@1`,
        expect.stringMatching(/^\d{4}-/),
        'name',
        'Lan',
        'guest (guests are read first)',
        'Bích',
      ]);
      expect(await comments('approve', columns![0]!)).toEqual({ code: 0, stdout: `${id}\tname\tBích\n`, stderr: '' });
      expect(await publicName(comment)).toBe('Bích');
      expect(await listed(id)).toBeUndefined();
      expect((await comments('approve', `${id}@1`)).stderr).toContain('There is no such comment.');
    });

    test('a rejected name leaves the reader the one before', async () => {
      const { token, comment, id } = await shownGuest('Lan');
      await rename(token, 'Bích');
      expect(await comments('reject', id)).toMatchObject({ code: 0, stdout: `${id}\tname\tLan\n` });
      expect(await publicName(comment)).toBe('Lan');
      expect(await rename(token, 'Bích')).toMatchObject({ pendingName: 'Bích' });
      expect((await listed(id))![0]).toBe(`${id}@2`);
    });

    test('a reader is told of a rejected name until another one is sent', async () => {
      const { token, id } = await shownGuest('Lan');
      for (const [next, expected] of [
        ['Chi', { name: 'Lan', pendingName: 'Chi' }],
        ['Lan', { name: 'Lan' }],
        ['', { name: '' }],
      ] as const) {
        await rename(token, 'Bích');
        await comments('reject', id);
        server.services.readers.clearCache();
        const { reader } = await me(token);
        expect(reader).toMatchObject({ name: 'Lan', rejectedName: 'Bích' });
        expect(reader).not.toHaveProperty('pendingName');
        const renamed = await rename(token, next);
        expect(renamed).toMatchObject(expected);
        expect(renamed).not.toHaveProperty('rejectedName');
        expect((await me(token)).reader).toEqual(renamed);
      }
    });

    test('an approved name ends an earlier rejection', async () => {
      const { token, id } = await shownGuest('Lan');
      await rename(token, 'Bích');
      await comments('reject', id);
      await rename(token, 'Chi');
      await approve(`${id}@2`);
      server.services.readers.clearCache();
      const { reader } = await me(token);
      expect(reader).toMatchObject({ name: 'Chi' });
      expect(reader).not.toHaveProperty('rejectedName');
    });

    test('a name that the moderator has not read is not published', async () => {
      const { token, comment, id } = await shownGuest('Lan');
      await rename(token, 'Bích');
      const [read] = (await listed(id))!;
      await rename(token, 'Độc địa');
      for (const stale of [read!, id])
        expect(await comments('approve', stale)).toMatchObject({
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(/The name has changed since it was listed\. Run "comments list"/) as string,
        });
      expect((await comments('reject', read!)).code).toBe(1);
      expect(await publicName(comment)).toBe('Lan');
      await approve((await listed(id))![0]!);
      expect(await publicName(comment)).toBe('Độc địa');
    });

    test('a name that is sent again changes nothing, and the public one withdraws the held one', async () => {
      const { token, id } = await shownGuest('Lan');
      for (let time = 0; time < 2; time++) await rename(token, 'Bích');
      expect((await listed(id))![0]).toBe(`${id}@1`);
      expect(await rename(token, 'Lan')).not.toHaveProperty('pendingName');
      expect(await listed(id)).toBeUndefined();
    });

    test('a name can be removed at once', async () => {
      const { token, comment } = await shownGuest('Lan');
      await rename(token, 'Bích');
      const reader = await rename(token, '');
      expect(reader.name).toBe('');
      expect(reader).not.toHaveProperty('pendingName');
      expect(await publicName(comment)).toBe('');
    });

    test('a first name before the first comment is read with it, and a later one is held', async () => {
      const token = await server.guest('');
      expect(await rename(token, 'Lan')).toMatchObject({ name: 'Lan' });
      const comment = await post(token);
      expect(comment).toMatchObject({ state: 'pending', author: { name: 'Lan' } });
      expect(await listed(comment.id)).toMatchObject({ 0: `${comment.id}@1`, 3: 'Lan' });
      expect(await rename(token, 'Bích')).toMatchObject({ name: 'Lan', pendingName: 'Bích' });
      await approve((await listed(comment.id))![0]!);
      expect(await publicName(comment)).toBe('Lan');
    });

    test('a first name after a comment is approved with the comment that was listed with it', async () => {
      const token = await server.guest('');
      const comment = await post(token);
      const [nameless] = (await listed(comment.id))!;
      expect(await rename(token, 'Lan')).toMatchObject({ name: '', pendingName: 'Lan' });
      expect((await me(token)).own).toMatchObject([{ author: { name: 'Lan' } }]);
      for (const stale of [nameless!, comment.id]) {
        const refused = await comments('approve', stale);
        expect(refused).toMatchObject({ code: 1 });
        expect(refused.stderr).toContain('The comment has changed since it was listed.');
      }
      const columns = await listed(comment.id);
      expect(columns?.[3]).toBe('Lan');
      await approve(columns![0]!);
      expect(await publicName(comment)).toBe('Lan');
      expect(await listed(comment.author.id)).toBeUndefined();
      expect(await rename(token, 'Bích')).toMatchObject({ name: 'Lan', pendingName: 'Bích' });
      expect(await publicName(comment)).toBe('Lan');
    });

    test('a comment may be rejected, pinned or removed whatever the name of its author', async () => {
      const { token, comment } = await shownGuest('Lan');
      await rename(token, 'Bích');
      const [held] = (await listed((await post(token, 'Hai')).id))!;
      expect((await comments('reject', held!.split('@')[0]!)).code).toBe(0);
      const visible = (await comments('list', '--state', 'visible')).stdout;
      const [, shown] = new RegExp(`(${comment.id}@\\d+)`).exec(visible)!;
      for (const command of ['pin', 'feature', 'remove']) expect((await comments(command, shown!)).code).toBe(0);
    });

    test('names of staff are not held', async () => {
      const { token, comment, id } = await shownGuest('Lan Chi');
      await server.services.readers.setBadges(id, ['staff']);
      expect(await rename(token, 'Bích Chi')).toMatchObject({ name: 'Bích Chi' });
      expect(await publicName(comment)).toBe('Bích Chi');
    });

    test('decisions and renames at the same time never publish a name that was not read', async () => {
      const rounds = 15;
      for (let round = 0; round < rounds; round++) {
        const token = await server.guest('');
        const comment = await post(token, `Lượt ${round}`);
        await rename(token, `Đọc ${round}`);
        const [id] = (await listed(comment.id))!;
        await Promise.all([comments('approve', id!), rename(token, `Lén ${round}`)]);
        expect([undefined, `Đọc ${round}`]).toContain(await publicName(comment));
      }
    });
  });

  describe('under post-moderation', () => {
    test('a first name with a banned word or an address holds the comment', async () => {
      await setRules('post', { words: ['badword'] });
      for (const [name, reasons] of [
        ['badword http://evil.example', ['words', 'links']],
        ['B.a.d.w.o.r.d', ['words']],
        ['evil.com', ['links']],
        ['Lan', undefined],
      ] as const) {
        const answer = await server.ask('/readers', { method: 'POST', json: { name } });
        const { token, reader: added } = (await answer.json()) as Session;
        expect([added.name, added.pendingName]).toEqual(reasons ? ['', name] : [name, undefined]);
        expect((await me(token)).reader).toEqual(added);
        const first = await post(token);
        expect(first).toMatchObject({ author: { name } });
        expect(first.reasons).toEqual(reasons);
        expect((await listed(first.author.id))?.[5]).toBe(reasons && name);
        const nameless = await server.guest('');
        const reader = await rename(nameless, name);
        expect([reader.name, reader.pendingName]).toEqual(reasons ? ['', name] : [name, undefined]);
        const comment = await post(nameless);
        expect(comment).toMatchObject({ state: reasons ? 'pending' : 'visible', author: { name } });
        expect(comment.reasons).toEqual(reasons);
      }
    });

    test('a rename with a banned word or an address is held, others are not', async () => {
      await setRules('post', { words: ['badword'] });
      const token = await server.guest('Lan');
      const comment = await post(token);
      expect(comment.state).toBe('visible');
      const { id } = comment.author;
      expect(await rename(token, 'badword http://evil.example')).toMatchObject({ name: 'Lan' });
      expect((await listed(id))?.[4]).toBe('words (“badword” in the name); links (an address in the name)');
      expect(await publicName(comment)).toBe('Lan');
      // The comment has the name that is public, which no rule holds.
      expect(await post(token, 'Hai')).toMatchObject({ state: 'visible', author: { name: 'Lan' } });
      expect(await rename(token, 'Bích')).not.toHaveProperty('pendingName');
      expect(await publicName(comment)).toBe('Bích');
      expect(await listed(id)).toBeUndefined();
    });

    test('a rename while a comment is checked publishes no held name', async () => {
      const checking: (() => void)[] = [];
      const check = await listen((name, answer) => {
        if (name === '') checking.push(answer);
        else answer();
      });
      const external = { url: check.url, secret: 'a secret that is long enough', timeoutMillis: 5000 };
      await setRules('post', { words: ['badword'], external });
      const token = await server.guest('');
      const posting = post(token);
      await waitFor(() => expect(checking).toHaveLength(1));
      await rename(token, 'badword');
      checking[0]!();
      const comment = await posting;
      expect(comment.state).toBe('visible');
      expect(await publicName(comment)).toBe('');
      await check.close();
    });

    test("the site's own check looks at a rename", async () => {
      const asked: string[] = [];
      const check = await listen((name, answer) => {
        asked.push(name);
        answer(name === 'Kẻ gian');
      });
      const external = { url: check.url, secret: 'a secret that is long enough' };
      await setRules('post', { external });
      const token = await server.guest('Lan');
      const comment = await post(token);
      expect(await rename(token, 'Kẻ gian')).toMatchObject({ name: 'Lan', pendingName: 'Kẻ gian' });
      expect((await listed(comment.author.id))?.[4]).toBe('external (read it)');
      expect(asked).toEqual(['Lan', 'Kẻ gian']);
      await check.close();
    });

    test("a new commenter's rename is held until enough comments are visible", async () => {
      await setRules('post');
      const token = await server.guest('Lan');
      await post(token);
      await setRules('post', { newCommenter: 2 });
      expect(await rename(token, 'Bích')).toMatchObject({ name: 'Lan', pendingName: 'Bích' });
    });
  });
});

test('a first name waits for a first comment that another node is inserting', async () => {
  const server = await openTestServices('postgres');
  await server.services.sites.put({ ...server.site, settings: siteSettingsSchema.parse({ moderation: 'pre' }) });
  const [writer, token] = [await server.guest('Minh'), await server.guest('')];
  await server.ask('/comments', { method: 'POST', token: writer, json: { story: storyUrl, text: 'Của người khác' } });
  const { reader } = (await (await server.ask('/me', { token })).json()) as Me;
  const node = new pg.Client({ connectionString: server.services.config.database });
  await node.connect();
  await node.query('begin');
  await node.query(
    `insert into comments select (jsonb_populate_record(comments, jsonb_build_object('id', 'other', 'author_id', $1::text))).*
     from comments`,
    [reader.id],
  );
  const renaming = server.ask('/readers/me', { method: 'PATCH', token, json: { name: 'Lan' } });
  await waitFor(async () => {
    const { rows } = await node.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
  await node.query('commit');
  expect(await (await renaming).json()).toMatchObject({ name: '', pendingName: 'Lan' });
  await node.end();
  await server.close();
});

/** Listens as a publisher's own check. */
async function listen(handle: (name: string, answer: (hold?: boolean) => void) => void) {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { author } = JSON.parse(body) as { author: { name: string } };
      handle(author.name, (hold = false) => response.end(JSON.stringify({ hold, detail: 'read it' })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
