import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSiteSchema } from '../../server/src/sites/store.js';
import type { Comments, Counts, Me, Page, PollResults, Reactions } from '../../src/contract/types.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, origin, storyQuery, type TestServer } from './setup.js';

describe.each(databases)('a path names a story on the first origin of the site, on %s', (kind) => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await openTestServices(kind);
    token = await server.guest();
  });
  afterAll(() => server.close());

  const read = async <T>(path: string) => (await (await server.ask(path, { token })).json()) as T;
  const post = (story: string, text: string) =>
    server.ask('/comments', { method: 'POST', token, json: { story, text } });
  const total = async (story: string) => (await read<Comments>(`/comments?${storyQuery(story)}`)).total;
  const counts = async (story: string) => (await read<Counts>(`/counts?${storyQuery(story)}`)).counts[story];

  test('in every route that writes and reads', async () => {
    const [path, url] = ['/p/b%c3%a0i?utm_source=x', `${origin}/p/bài`];
    expect((await post(path, 'By its path.')).status).toBe(201);
    expect((await post(url, 'By its URL.')).status).toBe(201);
    const vote = { story: path, poll: 'reactions', choice: 'like' };
    expect((await server.ask('/reactions', { method: 'PUT', token, json: vote })).status).toBe(200);
    for (const key of [path, url]) {
      expect(await total(key)).toBe(2);
      expect(await counts(key)).toEqual({ comments: 2, reactions: 1 });
      expect(await read<Reactions>(`/reactions?${storyQuery(key)}`)).toMatchObject({ total: 1 });
      expect(await read<Page>(`/page?${storyQuery(key)}&parts=comments`)).toMatchObject({
        parts: { comments: { total: 2 } },
      });
      expect((await read<Me>(`/me?${storyQuery(key)}`)).reactions).toEqual({ reactions: 'like' });
    }
    const stories = await server.services.database.read.selectFrom('stories').select('key').execute();
    expect(stories).toEqual([{ key: `${origin}/p/b%C3%A0i` }]);
  });

  test('where an answer about the unknown story is cached', async () => {
    expect([await total('/p/fresh'), await counts('/p/fresh')]).toEqual([0, { comments: 0, reactions: 0 }]);
    await post(`${origin}/p/fresh`, 'First.');
    expect([await total('/p/fresh'), await counts('/p/fresh')]).toEqual([1, { comments: 1, reactions: 0 }]);
    expect(await total(`${origin}/p/other`)).toBe(0);
    await post('/p/other', 'First.');
    expect(await total(`${origin}/p/other`)).toBe(1);
  });

  test('in live updates, signals, stories of the publisher and commands', async () => {
    const received = new Map<string, string>();
    const leave = await Promise.all(
      ['/p/live', `${origin}/p/live`].map((key) =>
        server.services.live.subscribe(server.site, [key], undefined, {
          send: (event) => received.set(key, event),
          end: () => undefined,
        }),
      ),
    );
    await post('/p/live', 'Now.');
    await expect.poll(() => [...received.values()].filter((event) => event.includes('"total":1')).length).toBe(2);
    leave.forEach((unsubscribe) => unsubscribe());

    const secret = await server.services.sites.makeServerKey('paper');
    const story = { id: '/p/live', url: `${origin}/elsewhere`, title: 'Live', publishedAt: '2026-01-01T00:00:00Z' };
    const put = await server.ask('/stories', { method: 'PUT', token: secret, json: { stories: [story] } });
    expect(put.status).toBe(200);
    expect(await total(`${origin}/elsewhere`)).toBe(1);

    const results = async (key: string) => {
      const path = `/polls/reactions/results?format=json&${storyQuery(key)}`;
      return (await (await server.ask(path, { token: secret })).json()) as PollResults;
    };
    expect((await results('/p/b%C3%A0i')).stories).toHaveLength(1);
    const closed = await runCommand(server, 'comments', 'close', '--site', 'paper', '--story', '/p/live');
    expect(closed).toMatchObject({ code: 0, stdout: `${origin}/p/live\tclosed\n` });
    const read = { signals: [{ type: 'read', story: '/p/live' }] };
    expect((await server.ask('/signals', { method: 'POST', body: JSON.stringify(read) })).status).toBe(204);
    const reads = await server.services.database.read.selectFrom('story_reads').select('total').execute();
    expect(reads).toEqual([{ total: 1 }]);
  });

  test('relative to that origin, as of RFC 3986', async () => {
    await post('/a/../b//c', 'A path.');
    expect(await total(`${origin}/b//c`)).toBe(1);
    // An address without a scheme, whose host is none of the site's.
    expect((await post('//www.paper.example/d', 'Elsewhere.')).status).toBe(404);
  });

  test('and stays an id where the site has no origins', async () => {
    const { settings } = server.site;
    const site = { id: 'apart', name: 'Apart', origins: [], settings: { ...settings, stories: 'any' } };
    await server.services.sites.put(newSiteSchema.parse(site));
    const apart = (await server.services.sites.get('apart'))!;
    const made = await server.services.stories.findOrCreate(apart, '/p/abc');
    expect(made.key).toBe('/p/abc');
    expect(await server.services.stories.find(apart, '/p/abc')).toMatchObject({ id: made.id });
  });
});
