import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upsertStories } from '../../server/src/stories/store.js';
import type { Counts, Problem } from '../../src/contract/types.js';
import { databases, openTestServices, origin, type TestServer } from './setup.js';

describe.each(databases)('counts and signals on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
    await upsertStories(server.services, server.site, [
      { id: 'ps-1', url: `${origin}/one`, title: 'Một', publishedAt: '2026-01-01T00:00:00Z', kind: 'article' },
    ]);
  });
  afterAll(() => server.close());

  const ask = (...keys: string[]) =>
    server.ask(`/counts?${keys.map((key) => `story=${encodeURIComponent(key)}`).join('&')}`);
  const counts = async (...keys: string[]) => ((await (await ask(...keys)).json()) as Counts).counts;
  const react = async (story: string) => {
    const token = await server.guest();
    return server.ask('/reactions', { method: 'PUT', token, json: { story, poll: 'reactions', choice: 'like' } });
  };
  let lastHost = 0;
  /** Sends signals, each time from a network of its own. */
  const signal = (body: string, type = 'text/plain;charset=UTF-8') => {
    const address = `203.0.113.${++lastHost}`;
    return server.ask('/signals', { method: 'POST', body, address, headers: { 'content-type': type } });
  };
  const reads = async (key: string) => {
    const found = await server.services.stories.find(server.site, key);
    const { read } = server.services.database;
    return read
      .selectFrom('story_reads')
      .selectAll()
      .where('storyId', '=', found?.id ?? '')
      .executeTakeFirst();
  };

  test('returns each count under the key as sent, in any notation', async () => {
    await react('ps-1');
    const keys = ['ps-1', `${origin}/one`, `http://PAPER.example/one?utm_source=x`, '/one', '/never-seen'];
    const one = { comments: 0, reactions: 1 };
    expect(await counts(...keys)).toEqual({
      'ps-1': one,
      [`${origin}/one`]: one,
      'http://PAPER.example/one?utm_source=x': one,
      '/one': one,
      '/never-seen': { comments: 0, reactions: 0 },
    });
  });

  test('accepts a single key, and keys that are property names in JavaScript', async () => {
    expect(await counts('/one')).toEqual({ '/one': { comments: 0, reactions: 1 } });
    const answer = await (await ask('__proto__', 'constructor')).text();
    expect(answer).toBe(
      '{"counts":{"__proto__":{"comments":0,"reactions":0},"constructor":{"comments":0,"reactions":0}}}',
    );
  });

  test('returns fresh counts once a vote is acknowledged', async () => {
    const before = (await counts('/one'))['/one']?.reactions ?? 0;
    await react(`${origin}/one`);
    expect((await counts('/one'))['/one']?.reactions).toBe(before + 1);
  });

  test('accepts a hundred keys, and refuses more or invalid ones', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `/many/${index}`);
    expect(Object.keys(await counts(...many))).toHaveLength(100);
    expect((await ask(...many, '/one-more')).status).toBe(422);
    expect((await server.ask('/counts')).status).toBe(422);
    const long = await ask('x'.repeat(3000));
    expect([long.status, ((await long.json()) as Problem).code]).toEqual([422, 'story-key-invalid']);
  });

  test('counts reads from text/plain and JSON, once per story and beacon', async () => {
    const read = { type: 'read', story: `${origin}/one` };
    const view = { type: 'view', story: 'ps-1', rail: 'latest', position: 3 };
    expect((await signal(JSON.stringify({ signals: [read, { ...read, story: 'ps-1' }, view] }))).status).toBe(204);
    expect((await signal(JSON.stringify({ signals: [read] }), 'application/json')).status).toBe(204);
    const counted = await reads('ps-1');
    expect(counted?.total).toBe(2);
    expect(counted?.value).toBeCloseTo(2, 3);
  });

  test('counts all concurrent reads', async () => {
    const before = (await reads('ps-1'))?.total ?? 0;
    const body = JSON.stringify({ signals: [{ type: 'read', story: 'ps-1' }] });
    await Promise.all(Array.from({ length: 40 }, () => signal(body)));
    expect((await reads('ps-1'))?.total).toBe(before + 40);
  });

  test('creates no story for a signal', async () => {
    expect((await signal(JSON.stringify({ signals: [{ type: 'read', story: `${origin}/nobody` }] }))).status).toBe(204);
    expect(await server.services.stories.find(server.site, `${origin}/nobody`)).toBeUndefined();
  });

  test.each([
    ['broken JSON', '{', 400, 'invalid-json'],
    ['no signals', '{"signals":[]}', 422, 'validation-failed'],
    ['an unknown type', '{"signals":[{"type":"sneeze","story":"ps-1"}]}', 422, 'validation-failed'],
    ['a list', '[]', 422, 'validation-failed'],
    ['no story', '{"signals":[{"type":"read","story":""}]}', 422, 'story-key-invalid'],
  ])('answers %s with a problem', async (_, body, status, code) => {
    const answer = await signal(body);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([status, code]);
  });

  test('refuses a beacon from a foreign origin', async () => {
    const answer = await server.ask('/signals', {
      method: 'POST',
      body: '{"signals":[{"type":"read","story":"ps-1"}]}',
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(answer.status).toBe(403);
  });
});

test('limits the rate of beacons', async () => {
  const server = await openTestServices('sqlite', { AFTERWORD_LIMITS: 'on' });
  const send = () => server.ask('/signals', { method: 'POST', body: '{"signals":[{"type":"read","story":"ps-1"}]}' });
  const first = await Promise.all(Array.from({ length: 240 }, send));
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set([204]));
  const refused = await send();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await server.close();
});

test('are described by the OpenAPI document', async () => {
  const server = await openTestServices('sqlite');
  const described = (await (await server.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { security?: Record<string, unknown>[]; requestBody?: { content: object } }>>;
    components: { securitySchemes: Record<string, unknown> };
  };
  const base = '/v1/sites/{site}';
  expect(Object.keys(described.paths)).toEqual(
    expect.arrayContaining([`${base}/stories/{rail}`, `${base}/stories`, `${base}/counts`, `${base}/signals`]),
  );
  expect(Object.keys(described.paths[`${base}/signals`]?.['post']?.requestBody?.content ?? {})).toEqual(['text/plain']);
  for (const requirement of described.paths[`${base}/stories`]?.['put']?.security ?? [{ none: [] }]) {
    for (const name of Object.keys(requirement)) expect(described.components.securitySchemes).toHaveProperty(name);
  }
  await server.close();
});
