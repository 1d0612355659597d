import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newslettersSchema, reactedSchema, reactionsSchema } from '../../src/contract/index.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

const someId = '01990000-0000-7000-8000-000000000000';

describe.each(databases)('hostile input on %s', (kind) => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await openTestServices(kind);
    token = await server.guest();
  });
  afterAll(() => server.close());

  const codeOf = async (answer: Response | Promise<Response>) => {
    const { status, code } = (await (await answer).json()) as { status: number; code: string };
    return `${status} ${code}`;
  };

  test.each(['a\u0000b', 'a\u001fb', '\ud800', 'a\udc00'])(
    'a story key %j is refused by every route',
    async (story) => {
      const writes = [
        server.ask('/reactions', { method: 'PUT', token, json: { story, choice: 'great' } }),
        server.ask('/comments', { method: 'POST', token, json: { story, text: 'x' } }),
        server.ask('/signals', { method: 'POST', body: JSON.stringify({ signals: [{ type: 'read', story }] }) }),
      ];
      expect(await Promise.all(writes.map(codeOf))).toEqual(writes.map(() => '422 story-key-invalid'));
    },
  );

  test('a NUL character in a path is refused in every parameter', async () => {
    const story = 'story=a%00b';
    for (const path of ['/reactions', '/comments', '/counts', '/stories/related', '/me', '/page']) {
      expect(await codeOf(server.ask(`${path}?${story}&parts=reactions`, { token })), path).toBe(
        '422 story-key-invalid',
      );
    }
    expect(await codeOf(server.app.request('/v1/sites/%00/newsletters'))).toBe('404 site-not-found');
    expect((await server.app.request('/newsletter/subscribe?site=a%00b')).status).toBe(404);
    const form = new URLSearchParams({ site: 'a\u0000b', code: '123456', email: 'lan@paper.example' });
    for (const page of ['/newsletter/subscribe', '/newsletter/confirm'])
      expect((await server.app.request(page, { method: 'POST', body: form })).status, page).toBe(404);
  });

  test.each([
    ['newest', 1.5],
    ['newest', 1e300],
    ['oldest', -0.5],
    ['discussed', 2 ** 60],
  ])('a cursor of %s at %d is refused', async (sort, value) => {
    const cursor = Buffer.from(JSON.stringify([1, sort, null, false, value, someId])).toString('base64url');
    await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: 'Có chuyện để đọc' } });
    expect(await codeOf(server.ask(`/comments?${storyQuery()}&sort=${sort}&cursor=${cursor}`))).toBe(
      '422 cursor-invalid',
    );
  });

  test('answers contain no lone surrogates', async () => {
    const half = 'a\ud800b\udc00c';
    const named = await (await server.ask('/readers', { method: 'POST', json: { name: half } })).text();
    const posted = await (
      await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: half } })
    ).text();
    expect(named).toContain('"name":"abc"');
    expect(posted).toContain('"text":"abc"');
    expect(named + posted).not.toMatch(/\\ud[89a-f]/i);
  });

  test.each(['valueOf', 'toString'])('the language tag %s falls back to the site’s language', async (lang) => {
    const read = await server.ask(`/reactions?${storyQuery()}&lang=${lang}`);
    expect(reactionsSchema.parse(await read.json()).poll.question).toBe('Cảm nhận của bạn về bài viết này');
    const put = { method: 'PUT', token, json: { story: storyUrl, choice: 'great' } };
    expect(reactedSchema.parse(await (await server.ask(`/reactions?lang=${lang}`, put)).json()).choice).toBe('great');
    newslettersSchema.parse(await (await server.ask(`/newsletters?lang=${lang}`)).json());
  });

  test('a malformed language tag is refused by writes too', async () => {
    const put = { method: 'PUT', token, json: { story: storyUrl, choice: 'great' } };
    expect(await codeOf(server.ask('/reactions?lang=__proto__', put))).toBe('422 validation-failed');
  });
});
