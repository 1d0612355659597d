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
  const read = async (id: string, times: number) => {
    const body = JSON.stringify({ signals: [{ type: 'read', story: id }] });
    for (let time = 0; time < times; time += 1) await server.ask('/signals', { method: 'POST', body });
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

  test('latest is strictly by time, without advertising and what is not out yet', async () => {
    const latest = await rail('latest', '?limit=20');
    const order = ['football', 'ferry', 'market', 'film', 'bridge', 'english', 'typed', 'english-two', 'pick', 'old'];
    expect(ids(latest)).toEqual(order);
    expect(new Set(latest.items.map(({ reason }) => reason))).toEqual(new Set(['latest']));
  });

  test('a rail holds up to twice the limit, and never the story it stands under', async () => {
    expect(ids(await rail('latest', '?limit=2'))).toEqual(['football', 'ferry', 'market', 'film']);
    expect(ids(await rail('latest', '?limit=2&story=football'))).toEqual(['ferry', 'market', 'film', 'bridge']);
    const byAddress = encodeURIComponent(`http://PAPER.example/football?utm_source=mail#x`);
    expect(ids(await rail('latest', `?limit=2&story=${byAddress}`))).toEqual(['ferry', 'market', 'film', 'bridge']);
  });

  test('most-read goes by reads, leaves out the old and the seldom read, and says what it is filled with', async () => {
    const { items } = await rail('most-read', '?limit=2');
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      ['football', 'most-read'],
      ['market', 'most-read'],
      ['ferry', 'latest'],
      ['film', 'latest'],
    ]);
  });

  test('an old peak weighs less than what is read now', async () => {
    const { database, shelves, stories } = server.services;
    const found = await stories.find('paper', 'football');
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
    shelves.forget('paper');
    const { items } = await rail('most-read', '?limit=3');
    // Six reads are less than a tenth of one after six half-lives, but they are not forgotten.
    expect(items.map(({ id, reason }) => [id, reason]).slice(0, 2)).toEqual([
      ['market', 'most-read'],
      ['football', 'latest'],
    ]);
    await read('football', 6);
    shelves.forget('paper');
    expect(ids(await rail('most-read', '?limit=4'))[0]).toBe('football');
  });

  test('related finds what is about the same, with or without marks, then the section, then the latest', async () => {
    const { items } = await rail('related', '?limit=5&story=ferry');
    expect(items.slice(0, 4).map(({ id, reason }) => [id, reason])).toEqual([
      ['bridge', 'text'],
      ['typed', 'text'],
      ['market', 'section'],
      ['football', 'latest'],
    ]);
    expect(ids({ items })).not.toContain('ferry');
  });

  test('related of a story nobody knows is the latest', async () => {
    const { items } = await rail('related', '?limit=2&story=never-seen');
    expect(items.map(({ id, reason }) => [id, reason]).slice(0, 2)).toEqual([
      ['football', 'latest'],
      ['ferry', 'latest'],
    ]);
  });

  test('dont-miss begins with what an editor recommends', async () => {
    const { items } = await rail('dont-miss', '?limit=2');
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      ['pick', 'editor'],
      ['football', 'most-read'],
      ['market', 'most-read'],
      ['ferry', 'latest'],
    ]);
  });

  test('videos and sponsored hold nothing else, and advertising is in no other rail', async () => {
    expect(ids(await rail('videos'))).toEqual(['film']);
    const sponsored = await rail('sponsored');
    expect(sponsored.items).toMatchObject([{ id: 'advert', reason: 'sponsor', sponsor: { name: 'Nước mắm Cá' } }]);
    for (const name of ['latest', 'most-read', 'related', 'dont-miss', 'videos']) {
      const all = ids(await rail(name, '?limit=50&story=ferry'));
      expect(all).not.toContain('advert');
      expect(all).not.toContain('unlabelled');
    }
  });

  test('a page in another language gets its stories where there are enough, and others where not', async () => {
    expect(ids(await rail('latest', '?limit=2&lang=en'))).toEqual(['english', 'english-two']);
    expect(ids(await rail('latest', '?limit=3&lang=en'))[0]).toBe('football');
    expect(ids(await rail('latest', '?limit=5&lang=vi'))).not.toContain('english');
  });

  test('a card carries everything the publisher told, and how many comments there are', async () => {
    await server.ask('/comments', {
      method: 'POST',
      token: await server.guest(),
      headers: { 'idempotency-key': 'card' },
      json: { story: 'film', text: 'Hay' },
    });
    server.services.shelves.forget('paper');
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

  test('the time of the list is told, to the minute', async () => {
    const { asOf } = await rail('latest');
    expect(asOf).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(asOf)).toBeGreaterThan(Date.now() - 2 * 60 * 1000);
  });

  test('a rail there is not, and a limit that cannot be, are clear problems', async () => {
    const unknown = await server.ask('/stories/weather');
    expect([unknown.status, ((await unknown.json()) as Problem).code]).toEqual([404, 'rail-not-found']);
    expect((await server.ask('/stories/latest?limit=0')).status).toBe(422);
    expect((await server.ask('/stories/latest?limit=101')).status).toBe(422);
  });
});
