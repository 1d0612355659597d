import type { StoryInput } from 'afterword/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putStories, upsertStories } from '../../server/src/stories/store.js';
import { StoryResolver } from '../../server/src/stories/story-resolver.js';
import type { Counts, Rail, Reacted, Reactions } from '../../src/contract/types.js';
import { databases, openTestServices, origin, storyQuery, type TestServer } from './setup.js';

describe.each(databases)('PUT /stories on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());

  const story = (path: string, rest: Partial<StoryInput> = {}): StoryInput => ({
    url: `${origin}/${path}`,
    title: `Tin về ${path}`,
    publishedAt: '2026-01-02T03:04:05+07:00',
    kind: 'article',
    ...rest,
  });
  const put = (...stories: StoryInput[]) => upsertStories(server.services, server.site, stories);
  const find = (key: string) => new StoryResolver(server.services.database).find(server.site, key);
  const row = (key: string) =>
    server.services.database.read.selectFrom('stories').selectAll().where('key', '=', key).executeTakeFirst();
  const react = async (token: string, key: string, choice: string) =>
    (await (
      await server.ask('/reactions', { method: 'PUT', token, json: { story: key, poll: 'reactions', choice } })
    ).json()) as Reacted;
  const comment = async (token: string, key: string, text: string) => {
    const answer = await server.ask('/comments', {
      method: 'POST',
      token,
      headers: { 'idempotency-key': crypto.randomUUID() },
      json: { story: key, text },
    });
    expect(answer.status).toBe(201);
  };
  const counts = async (key: string) =>
    ((await (await server.ask(`/counts?${storyQuery(key)}`)).json()) as Counts).counts[key];

  test('inserts a story once and updates it on the second call', async () => {
    expect(await put(story('once', { section: 'Đời sống' }))).toEqual({ upserted: 1 });
    const first = await row(`${origin}/once`);
    expect(await put(story('once', { title: 'Tin mới hơn' }))).toEqual({ upserted: 1 });
    const second = await row(`${origin}/once`);
    expect(second).toMatchObject({ id: first?.id, title: 'Tin mới hơn', section: null });
    expect(second?.publishedAt).toBe(Date.parse('2026-01-01T20:04:05Z'));
    expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  test('stores texts as single clean lines', async () => {
    const key = await server.services.sites.makeServerKey('paper');
    const hand = (given: object) => server.ask('/stories', { method: 'PUT', token: key, json: { stories: [given] } });
    const rough = {
      ...story('rough'),
      url: `${origin}/rough\u0000?a=b c`,
      title: ' Tựa\u0000 hai\ndòng \ud800',
      summary: 'Sapo\u0000',
      section: ' ',
      kicker: '\u202ekicker',
      byline: 'Lan\u0007',
      image: { src: `${origin}/a.jpg`, alt: 'Ảnh\u0000' },
      sponsor: { name: 'Nước\u0000 mắm' },
    };
    expect(await (await hand(rough)).json()).toEqual({ upserted: 1 });
    expect(await row(`${origin}/rough%00?a=b+c`)).toMatchObject({
      url: `${origin}/rough%00?a=b%20c`,
      title: 'Tựa hai dòng',
      summary: 'Sapo',
      section: null,
      kicker: 'kicker',
      byline: 'Lan',
      imageJson: JSON.stringify({ src: `${origin}/a.jpg`, alt: 'Ảnh' }),
      sponsorJson: JSON.stringify({ name: 'Nước mắm' }),
    });
    for (const [field, value] of [
      ['title', '\u200b'],
      ['lang', 'vi\u0000'],
      ['id', 'a\u0000'],
    ] as const) {
      const refused = await hand({ ...story('refused'), [field]: value });
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ errors: [{ field: `stories.0.${field}` }] });
    }
    expect(await row(`${origin}/refused`)).toBeUndefined();
  });

  test('keeps values of the publisher that a feed lacks', async () => {
    await put(story('kept', { section: 'Thể thao', dontMiss: true, kind: 'video', sponsor: { name: 'Nước Mắm Cá' } }));
    await server.services.database.writer.submit(putStories, {
      siteId: 'paper',
      stories: [story('kept', { title: 'Tựa của nguồn tin', summary: 'Sapo' })],
      preserveMissing: true,
    });
    expect(await row(`${origin}/kept`)).toMatchObject({
      title: 'Tựa của nguồn tin',
      summary: 'Sapo',
      section: 'Thể thao',
      dontMiss: 1,
      kind: 'video',
      sponsorJson: '{"name":"Nước Mắm Cá"}',
    });
  });

  test('counts duplicates in one call once; the last one wins', async () => {
    const twice = [story('twice'), story('twice?utm_source=mail#top', { title: 'Lần hai' })];
    expect(await put(...twice)).toEqual({ upserted: 1 });
    expect(await row(`${origin}/twice`)).toMatchObject({ title: 'Lần hai' });
  });

  test("resolves the publisher's id and every former URL to the same story", async () => {
    await put(story('old-address', { id: 'ps-1' }));
    await put(story('new-address', { id: 'ps-1' }));
    const found = await find('ps-1');
    expect(found?.key).toBe('ps-1');
    expect(await find(`${origin}/old-address`)).toEqual(found);
    expect(await find(`${origin}/new-address`)).toEqual(found);
  });

  test('keeps the row of a story inserted by URL when its id is added', async () => {
    await put(story('by-url'));
    const before = await find(`${origin}/by-url`);
    await put(story('by-url', { id: 'ps-2' }));
    expect(await find(`${origin}/by-url`)).toMatchObject({ id: before?.id, key: 'ps-2' });
    await put(story('by-url'));
    expect(await find('ps-2')).toMatchObject({ id: before?.id, key: 'ps-2' });
  });

  test('reuses the row that readers created under the URL', async () => {
    const key = `${origin}/adopted`;
    const [lan, minh] = await Promise.all([server.guest('Lan'), server.guest('Minh')]);
    await react(lan, key, 'great');
    await comment(lan, key, 'Ý kiến đầu tiên');
    await put(story('adopted', { id: 'ps-3' }));
    expect(await react(minh, 'ps-3', 'great')).toMatchObject({ total: 2, counts: { great: 2 } });
    expect(await counts(key)).toEqual({ comments: 1, reactions: 2 });
    expect(await counts('ps-3')).toEqual({ comments: 1, reactions: 2 });
    expect(await row(key)).toBeUndefined();
  });

  test('merges two rows of the same story with their comments, votes and reads', async () => {
    const key = `${origin}/merged`;
    const [lan, minh, hoa] = await Promise.all([server.guest('Lan'), server.guest('Minh'), server.guest('Hoa')]);
    await put(story('somewhere-else', { id: 'ps-4' }));
    await react(lan, 'ps-4', 'fun');
    await react(minh, 'ps-4', 'fun');
    await react(lan, key, 'great');
    await react(hoa, key, 'like');
    await comment(lan, 'ps-4', 'Dưới mã bài');
    await comment(hoa, key, 'Dưới địa chỉ');
    // Stores a sort order of each thread.
    for (const read of [key, 'ps-4']) await server.ask(`/comments?${storyQuery(read)}&sort=best`);
    const signals = JSON.stringify({ signals: [{ type: 'read', story: key }] });
    expect((await server.ask('/signals', { method: 'POST', body: signals })).status).toBe(204);

    await put(story('merged', { id: 'ps-4' }));

    const merged = (await (await server.ask(`/reactions?${storyQuery(key)}`)).json()) as Reactions;
    expect(merged).toMatchObject({ total: 3, counts: { great: 1, like: 1, fun: 1, improve: 0 } });
    expect(await counts('ps-4')).toEqual({ comments: 2, reactions: 3 });
    expect(await react(lan, key, 'improve')).toMatchObject({ total: 3, counts: { great: 0, improve: 1 } });
    const found = await find('ps-4');
    const reads = await server.services.database.read
      .selectFrom('story_reads')
      .select(['total'])
      .where('storyId', '=', found?.id ?? '')
      .executeTakeFirst();
    expect(reads).toEqual({ total: 1 });
    expect(await row(key)).toBeUndefined();
  });

  test('accepts a thousand stories in one call', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => story(`many/${index}`, { id: `many-${index}` }));
    expect(await put(...many)).toEqual({ upserted: 1000 });
    expect((await find(`${origin}/many/999`))?.key).toBe('many-999');
  });

  test('checks the server key before it reads the body', async () => {
    const json = { stories: [story('over-the-api')] };
    const reader = await server.guest();
    expect((await server.ask('/stories', { method: 'PUT', json })).status).toBe(401);
    expect((await server.ask('/stories', { method: 'PUT', json, token: reader })).status).toBe(401);
    expect((await server.ask('/stories', { method: 'PUT', json: { stories: 'x' }, token: 'awk_wrong' })).status).toBe(
      401,
    );
    const token = await server.services.sites.makeServerKey('paper');
    expect((await server.ask('/stories', { method: 'PUT', json: { stories: [] }, token })).status).toBe(422);
    const answer = await server.ask('/stories', { method: 'PUT', json, token });
    expect([answer.status, await answer.json()]).toEqual([200, { upserted: 1 }]);
  });

  test('invalidates cached rails at once', async () => {
    const latest = async () => (await (await server.ask('/stories/latest?limit=3')).json()) as Rail;
    await latest();
    await put(story('just-now', { publishedAt: new Date(Date.now() - 1000).toISOString() }));
    expect((await latest()).items[0]).toMatchObject({ id: `${origin}/just-now`, reason: 'latest' });
  });
});
