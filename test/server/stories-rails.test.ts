import type { StoryInput } from 'afterword/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upsertStories } from '../../server/src/stories/store.js';
import type { Problem, Rail, Story } from '../../src/contract/types.js';
import { databases, openTestServices, origin, type TestServer } from './setup.js';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const now = Date.now();

describe.each(databases)('story rails on %s', (kind) => {
  let server: TestServer;

  const story = (id: string, age: number, title: string, rest: Partial<StoryInput> = {}): StoryInput => ({
    id,
    url: `${origin}/${id}`,
    title,
    publishedAt: new Date(now - age).toISOString(),
    kind: 'article',
    ...rest,
  });
  const rail = async (name: string, query = '') => {
    const answer = await server.ask(`/stories/${name}${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Rail;
  };
  const ids = ({ items }: { items: Story[] }) => items.map(({ id }) => id);
  let lastHost = 0;
  /** Reads a story, each time from a network of its own, or from the given address. */
  const read = async (id: string, times: number, address?: string) => {
    const body = JSON.stringify({ signals: [{ type: 'read', story: id }] });
    for (let time = 0; time < times; time += 1)
      await server.ask('/signals', { method: 'POST', body, address: address ?? `203.0.113.${++lastHost}` });
  };

  beforeAll(async () => {
    server = await openTestServices(kind);
    await upsertStories(server.services, server.site, [
      story('ferry', 2 * hour, 'Bến phà Cát Lái sắp có cầu thay thế', { section: 'Đời sống' }),
      story('bridge', 5 * hour, 'Cầu Cát Lái: ba phương án thay bến phà', { section: 'Kinh doanh' }),
      story('market', 3 * hour, 'Chợ nổi họp sớm hơn vì nắng', { section: 'Đời sống' }),
      story('football', hour, 'Đội tuyển thắng trận thứ ba', { section: 'Thể thao' }),
      story('typed', 8 * hour, 'BEN PHA qua ảnh cũ', { section: 'Ảnh' }),
      story('film', 4 * hour, 'Phim ngắn về người đưa thư', { kind: 'video', durationSec: 95 }),
      story('advert', hour / 2, 'Một ngày ở nhà máy nước mắm', { sponsor: { name: 'Nước mắm Cá' }, kind: 'sponsored' }),
      story('unlabelled', hour / 3, 'Quảng cáo không ghi ai trả tiền', { kind: 'sponsored' }),
      story('pick', 6 * day, 'Người giữ đèn biển', { dontMiss: true }),
      story('old', 90 * day, 'Chuyện cũ năm ngoái'),
      story('tomorrow', -day, 'Tin hẹn giờ'),
      story('english', 7 * hour, 'Three bridges for one ferry', { lang: 'en-GB' }),
      story('english-two', 9 * hour, 'The lighthouse keeper', { lang: 'en' }),
    ]);
    await read('market', 4);
    await read('football', 6);
    await read('old', 9);
    await read('advert', 9);
    await read('film', 2);
  });
  afterAll(() => server.close());

  test('sorts `latest` by time, without advertising and future stories', async () => {
    const latest = await rail('latest', '?limit=20');
    const order = ['football', 'ferry', 'market', 'film', 'bridge', 'english', 'typed', 'english-two', 'pick', 'old'];
    expect(ids(latest)).toEqual(order);
    expect(new Set(latest.items.map(({ reason }) => reason))).toEqual(new Set(['latest']));
  });

  test('returns up to twice the limit, and never the story of the page', async () => {
    expect(ids(await rail('latest', '?limit=2'))).toEqual(['football', 'ferry', 'market', 'film']);
    expect(ids(await rail('latest', '?limit=2&story=football'))).toEqual(['ferry', 'market', 'film', 'bridge']);
    const byAddress = encodeURIComponent(`http://PAPER.example/football?utm_source=mail#x`);
    expect(ids(await rail('latest', `?limit=2&story=${byAddress}`))).toEqual(['ferry', 'market', 'film', 'bridge']);
  });

  test('sorts `most-read` by reads, excludes old and rarely read stories, and marks fillers by reason', async () => {
    const { items } = await rail('most-read', '?limit=2');
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      ['football', 'most-read'],
      ['market', 'most-read'],
      ['ferry', 'latest'],
      ['film', 'latest'],
    ]);
  });

  test('ranks no story as most read by many reads of one network', async () => {
    await read('pick', 80, '198.51.100.1');
    await read('pick', 1, '198.51.100.2');
    server.services.railCache.invalidate('paper');
    const { items } = await rail('most-read', '?limit=6');
    expect(items.filter(({ reason }) => reason === 'most-read').map(({ id }) => id)).toEqual(['football', 'market']);
  });

  test('counts an office for more than one reader, and for fewer than it sends', async () => {
    const value = async (id: string) => {
      const { database, stories } = server.services;
      const storyId = (await stories.find(server.site, id))?.id ?? '';
      const query = database.read.selectFrom('story_reads').selectAll().where('storyId', '=', storyId);
      return (await query.executeTakeFirstOrThrow()).value;
    };
    await read('typed', 100, '198.51.100.3');
    expect(await value('typed')).toBeGreaterThan(5);
    expect(await value('typed')).toBeLessThan(5.3);
    await read('bridge', 1, '2001:db8:1:1::1');
    await read('bridge', 1, '2001:db8:1:2::1');
    expect(await value('bridge')).toBeCloseTo(1.5, 3);
  });

  test('ranks current reads above an old peak', async () => {
    const { database, railCache, stories } = server.services;
    const found = await stories.find(server.site, 'football');
    const at = now - 3 * day;
    await database.writer.submit(
      {
        name: 'age-reads',
        run: async ({ db }) => {
          await db
            .updateTable('story_reads')
            .set({ at })
            .where('storyId', '=', found?.id ?? '')
            .execute();
          return [undefined];
        },
      },
      undefined,
    );
    railCache.invalidate('paper');
    const { items } = await rail('most-read', '?limit=3');
    // After six half-lives, six reads count less than a tenth of one, but are above zero.
    expect(items.map(({ id, reason }) => [id, reason]).slice(0, 2)).toEqual([
      ['market', 'most-read'],
      ['football', 'latest'],
    ]);
    await read('football', 6);
    railCache.invalidate('paper');
    expect(ids(await rail('most-read', '?limit=4'))[0]).toBe('football');
  });

  test('fills `related` with similar texts, with or without marks, then the section, then the latest', async () => {
    const { items } = await rail('related', '?limit=5&story=ferry');
    expect(items.slice(0, 4).map(({ id, reason }) => [id, reason])).toEqual([
      ['bridge', 'text'],
      ['typed', 'text'],
      ['market', 'section'],
      ['football', 'latest'],
    ]);
    expect(ids({ items })).not.toContain('ferry');
  });

  test('returns the latest as `related` of an unknown story', async () => {
    const { items } = await rail('related', '?limit=2&story=never-seen');
    expect(items.map(({ id, reason }) => [id, reason]).slice(0, 2)).toEqual([
      ['football', 'latest'],
      ['ferry', 'latest'],
    ]);
  });

  test('starts `dont-miss` with stories recommended by an editor', async () => {
    const { items } = await rail('dont-miss', '?limit=2');
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      ['pick', 'editor'],
      ['football', 'most-read'],
      ['market', 'most-read'],
      ['ferry', 'latest'],
    ]);
  });

  test('limits `videos` and `sponsored` to their kind, and advertising to `sponsored`', async () => {
    expect(ids(await rail('videos'))).toEqual(['film']);
    const sponsored = await rail('sponsored');
    expect(sponsored.items).toMatchObject([{ id: 'advert', reason: 'sponsor', sponsor: { name: 'Nước mắm Cá' } }]);
    for (const name of ['latest', 'most-read', 'related', 'dont-miss', 'videos']) {
      const all = ids(await rail(name, '?limit=50&story=ferry'));
      expect(all).not.toContain('advert');
      expect(all).not.toContain('unlabelled');
    }
  });

  test('names the language of a story that is not in that of the page', async () => {
    const langs = async (query: string) =>
      Object.fromEntries((await rail('latest', query)).items.map(({ id, lang }) => [id, lang]));
    expect(await langs('?limit=20&lang=en')).toMatchObject({ english: undefined, ferry: 'vi' });
    expect(await langs('?limit=20&lang=vi')).toMatchObject({ english: 'en-GB', ferry: undefined });
    expect(await langs('?limit=20')).toMatchObject({ english: 'en-GB', ferry: undefined });
  });

  test('prefers stories in the language of the page if there are enough', async () => {
    expect(ids(await rail('latest', '?limit=2&lang=en'))).toEqual(['english', 'english-two']);
    expect(ids(await rail('latest', '?limit=3&lang=en'))[0]).toBe('football');
    expect(ids(await rail('latest', '?limit=5&lang=vi'))).not.toContain('english');
  });

  test('returns all metadata of a story and its comment count', async () => {
    await server.ask('/comments', {
      method: 'POST',
      token: await server.guest(),
      headers: { 'idempotency-key': 'card' },
      json: { story: 'film', text: 'Hay' },
    });
    server.services.railCache.invalidate('paper');
    expect((await rail('videos', '?limit=7')).items).toEqual([
      {
        id: 'film',
        url: `${origin}/film`,
        title: 'Phim ngắn về người đưa thư',
        publishedAt: new Date(now - 4 * hour).toISOString(),
        kind: 'video',
        durationSec: 95,
        commentCount: 1,
        reason: 'kind',
      },
    ]);
  });

  test('returns the time of the list, rounded to the minute', async () => {
    const { asOf } = await rail('latest');
    expect(asOf).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(asOf)).toBeGreaterThan(Date.now() - 2 * 60 * 1000);
  });

  test('answers an unknown rail and an invalid limit with a problem', async () => {
    const unknown = await server.ask('/stories/weather');
    expect([unknown.status, ((await unknown.json()) as Problem).code]).toEqual([404, 'rail-not-found']);
    expect((await server.ask('/stories/latest?limit=0')).status).toBe(422);
    expect((await server.ask('/stories/latest?limit=101')).status).toBe(422);
  });
});
