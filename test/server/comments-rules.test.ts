import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Comment, CommentAnswer, Me, Problem } from '../../src/contract/types.js';
import { bannedIn } from '../../server/src/comments/rules/banned-words.js';
import type { Finding } from '../../server/src/comments/rules/pipeline.js';
import { siteSettingsSchema, type SiteSettings } from '../../server/src/sites/store.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('rules on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  let story = '';
  beforeAll(async () => {
    server = await openTestServices(kind, { AFTERWORD_LIMITS: 'on' });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    story = `${storyUrl}/rules-${stories++}`;
  });

  /** Settings for what is written next. */
  const setRules = (rules: object, rest: object = {}) =>
    server.services.sites.put({
      ...server.site,
      settings: siteSettingsSchema.parse({
        moderation: 'post',
        votes: 'up-down',
        rules,
        ...rest,
      }) satisfies SiteSettings,
    });
  const post = async (token: string, text: string, rest: object = {}) => {
    const answer = await server.ask('/comments', { method: 'POST', token, json: { story, text, ...rest } });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const edit = async (token: string, { id }: Comment, text: string) => {
    const answer = await server.ask(`/comments/${id}`, { method: 'PATCH', token, json: { text } });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const findings = async ({ id }: Comment) => {
    const { read } = server.services.database;
    const row = await read.selectFrom('comments').select('findingsJson').where('id', '=', id).executeTakeFirstOrThrow();
    return JSON.parse(row.findingsJson ?? '[]') as Finding[];
  };

  test('a word of the list holds a comment, and an edit; the moderator reads which', async () => {
    await setRules({ words: ['lừa đảo', 'cá độ'] });
    const token = await server.guest();
    const held = await post(token, 'Đúng là LUA DAO mà, lại còn cá độ');
    expect(held).toMatchObject({ state: 'pending', reasons: ['words'] });
    expect(await findings(held)).toEqual([{ reason: 'words', detail: '“lừa đảo”, “cá độ”' }]);
    const harmless = await post(token, 'Bài hay');
    expect(harmless.state).toBe('visible');
    expect(await edit(token, harmless, 'Bài lừa đảo'.normalize('NFD'))).toMatchObject({
      state: 'pending',
      reasons: ['words'],
    });
  });

  test('more links than allowed hold a comment, and an edit', async () => {
    await setRules({ links: 1 });
    const token = await server.guest();
    const one = await post(token, 'Xem https://a.example nhé');
    expect(one.state).toBe('visible');
    const links = 'Xem https://a.example và [đây](https://b.example)';
    expect(await post(token, links)).toMatchObject({ state: 'pending', reasons: ['links'] });
    const edited = await edit(token, one, `${links} nữa`);
    expect(edited).toMatchObject({ state: 'pending', reasons: ['links'] });
    expect((await findings(edited))[0]?.detail).toContain('2 links');
  });

  test('the same words again are held, also of two requests at once; other words are not', async () => {
    await setRules({ repeatMinutes: 10 });
    const token = await server.guest();
    const both = await Promise.all([post(token, 'Mua ngay'), post(token, 'mua  NGAY')]);
    expect(both.map(({ state }) => state).sort()).toEqual(['pending', 'visible']);
    expect((await post(token, 'Bán ngay')).state).toBe('visible');
    expect((await post(await server.guest(), 'Mua ngay')).state).toBe('visible');
  });

  test('a few words may be said again under another story, a long text may not', async () => {
    await setRules({ repeatMinutes: 10 });
    const token = await server.guest();
    const long = 'Ai cần vay tiền nhanh, lãi suất thấp thì liên hệ ngay với tôi nhé';
    await post(token, 'Hay quá');
    await post(token, long);
    story = `${story}-other`;
    expect((await post(token, 'Hay quá')).state).toBe('visible');
    expect(await post(token, long)).toMatchObject({ state: 'pending', reasons: ['repeat'] });
  });

  test('the first comments of a reader wait, until enough of them are shown', async () => {
    await setRules({ newCommenter: 1 });
    const token = await server.guest();
    const first = await post(token, 'Bình luận đầu tiên');
    expect(first).toMatchObject({ state: 'pending', reasons: ['new-commenter'] });
    expect(await findings(first)).toEqual([{ reason: 'new-commenter', detail: '0 of 1 comments shown so far' }]);
  });

  test('too many in a short time are held', async () => {
    await setRules({ rate: { comments: 2, minutes: 5 } });
    const token = await server.guest();
    const states = [];
    for (const text of ['Một', 'Hai', 'Ba']) states.push((await post(token, text)).state);
    expect(states).toEqual(['visible', 'visible', 'pending']);
  });

  test('all reasons are told, in the order of the rules', async () => {
    await setRules({ words: ['cá độ'], links: 0 }, { moderation: 'pre' });
    const held = await post(await server.guest(), 'Cá độ tại https://a.example');
    expect(held.reasons).toEqual(['guest', 'words', 'links']);
  });

  test('staff is trusted', async () => {
    await setRules({ words: ['cá độ'] }, { moderation: 'pre' });
    const token = await server.guest('Thu Hà');
    const me = (await (await server.ask('/me', { token })).json()) as Me;
    await server.services.readers.setBadges(me.reader.id, ['staff']);
    expect(await post(token, 'Về nạn cá độ')).toMatchObject({ state: 'visible', author: { badges: ['staff'] } });
  });

  test('a closed thread takes no edits either', async () => {
    await setRules({}, { closeAfterDays: 1 });
    const token = await server.guest();
    const comment = await post(token, 'Kịp lúc');
    const page = await (await server.ask(`/comments?${storyQuery(story)}`)).json();
    const closesAt = Date.parse((page as { thread: { closesAt: string } }).thread.closesAt);
    expect(closesAt - Date.now()).toBeGreaterThan(86_000_000);
    const { read, writer } = server.services.database;
    const known = await read.selectFrom('stories').select('id').where('key', '=', story).executeTakeFirstOrThrow();
    await writer.submit(
      {
        name: 'age',
        async run({ db }) {
          await db.updateTable('stories').set({ publishedAt: 1 }).where('id', '=', known.id).execute();
          return [undefined];
        },
      },
      undefined,
    );
    server.services.stories.forget();
    server.services.cache.drop(`story paper ${story}`);
    const late = await server.ask('/comments', { method: 'POST', token, json: { story, text: 'Muộn rồi' } });
    expect(late.status).toBe(409);
    const change = await server.ask(`/comments/${comment.id}`, { method: 'PATCH', token, json: { text: 'Sửa' } });
    expect(change.status).toBe(409);
    expect(((await change.json()) as Problem).code).toBe('thread-closed');
    expect(await (await server.ask(`/comments?${storyQuery(story)}`)).json()).toMatchObject({
      thread: { state: 'closed' },
    });
    expect((await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token })).status).toBe(200);
  });

  describe("the publisher's own check", () => {
    let hook: Server;
    let url = '';
    const secret = 'a secret of sixteen or more';
    const told: { body: string; signature: unknown }[] = [];
    let respond: (text: string) => { status: number; body: string } | 'never' = () => 'never';
    beforeAll(async () => {
      hook = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          told.push({ body, signature: request.headers['afterword-signature'] });
          const answer = respond((JSON.parse(body) as { text: string }).text);
          if (answer !== 'never') response.writeHead(answer.status).end(answer.body);
        });
      });
      await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/check`;
    });
    afterAll(() => {
      hook.closeAllConnections();
      hook.close();
    });
    const use = () => setRules({ external: { url, secret, timeoutMillis: 200 } });

    test('is told what is written, signed, and may hold it', async () => {
      await use();
      respond = () => ({ status: 200, body: JSON.stringify({ hold: true, detail: 'toxicity 0.93' }) });
      const held = await post(await server.guest('Lan'), 'Một câu độc địa');
      expect(held).toMatchObject({ state: 'pending', reasons: ['external'] });
      expect(await findings(held)).toEqual([{ reason: 'external', detail: 'toxicity 0.93' }]);
      const { body, signature } = told.at(-1)!;
      expect(signature).toBe(createHmac('sha256', secret).update(body).digest('hex'));
      expect(JSON.parse(body)).toMatchObject({
        site: 'paper',
        story,
        text: 'Một câu độc địa',
        author: { name: 'Lan' },
      });
    });

    test.each([
      ['late', () => 'never' as const],
      ['broken', () => ({ status: 500, body: '' })],
      ['unclear', () => ({ status: 200, body: '<p>yes' })],
      ['content', () => ({ status: 200, body: '{"hold":false}' })],
    ])('holds nothing back when it is %s', async (_, answer) => {
      await use();
      respond = answer;
      expect((await post(await server.guest(), 'Một câu lành')).state).toBe('visible');
    });
  });
});

describe('words of a list', () => {
  test.each([
    ['lừa đảo', 'Chúng nó LỪA ĐẢO', true],
    ['lừa đảo', 'Chúng nó lừa đảo'.normalize('NFD'), true],
    ['lừa đảo', 'bon lua dao', true],
    ['lừa đảo', 'lừa\u200B đ\u00ADảo', true],
    ['lừa đảo', 'ｌừａ　đảｏ', true],
    ['lừa đảo', 'con lừa đào hố', false],
    ['lừa', 'tấm lụa', false],
    ['hòa', 'hoà', true],
    ['ngu', 'đi ngủ thôi', false],
    ['ngu', 'ngu quá', true],
    ['cho', 'chocolate', false],
    ['lua dao', 'lừa đảo', true],
    ['=lon', 'lon bia', true],
    ['=lồn', 'lon bia', false],
    ['lừa đảo', 'lừa. Đảo xa', true],
  ])('%s in “%s”: %s', (entry, text, found) => {
    expect(bannedIn(text, [entry])).toEqual(found ? [entry] : []);
  });

  const letters = [...'abcdeghiklmnopqrstuvxyàáảãạăằắâầấđèéêềếìíòóôồốơờớùúưừứỳý'];
  const syllable = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 6 });
  const phrase = fc.array(syllable, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
  const unmarked = (text: string) =>
    text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');

  test('are found in either form of Unicode, in either case, and without marks', () => {
    fc.assert(
      fc.property(phrase, phrase, phrase, (entry, before, after) => {
        for (const form of [entry.normalize('NFC'), entry.normalize('NFD'), entry.toUpperCase(), unmarked(entry)])
          expect(bannedIn(`${before}, ${form}! ${after}`, [entry])).toContain(entry);
      }),
    );
  });

  test('a list of ten thousand costs no more than its first look', () => {
    const list = Array.from({ length: 10_000 }, (_, index) => `từ${index} cấm${index % 7}`);
    const text = `${'một câu dài vô hại '.repeat(200)} tu9999 cam${9999 % 7}`;
    for (let time = 0; time < 200; time++) expect(bannedIn(text, list)).toEqual([list[9999]]);
  });
});
