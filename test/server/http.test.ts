import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page, Problem, Session } from '../../src/contract/types.js';
import { errors } from '../../src/contract/errors.js';
import { openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServices('sqlite');
});
afterAll(() => server.close());

const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as Problem;
  expect(problem).toMatchObject({ status: answer.status, title: expect.any(String), type: `/docs#${problem.code}` });
  expect(Object.keys(errors)).toContain(problem.code);
  return problem;
};

describe('public answers', () => {
  const path = `/reactions?${storyQuery()}`;

  test('carry an ETag, are publicly cacheable, and answer 304 to a matching If-None-Match', async () => {
    const first = await server.ask(path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^(W\/)?"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=5, stale-while-revalidate=30');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('set-cookie')).toBeNull();
    const second = await server.ask(path, { headers: { 'if-none-match': etag } });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe('');
  });

  test.each([
    ['gzip', 'gzip'],
    ['br;q=1.0, gzip;q=0.8', 'gzip'],
    ['gzip;q=0', null],
    ['gzip;q=0.0, identity', null],
    ['identity', null],
  ])('are compressed according to Accept-Encoding: %s', async (accepted, expected) => {
    const answer = await server.ask(`/page?parts=reactions,reactions:reactions,comments,counts&${storyQuery()}`, {
      headers: { 'accept-encoding': accepted },
    });
    expect(answer.headers.get('content-encoding')).toBe(expected);
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
  });

  test('ignore Authorization, malformed tokens included', async () => {
    const story = storyQuery(`${storyUrl}/private`);
    const token = await server.guest();
    await server.ask('/reactions', { method: 'PUT', token, json: { story: `${storyUrl}/private`, choice: 'great' } });
    const [anonymous, own, bad] = await Promise.all([
      server.ask(`/reactions?${story}`),
      server.ask(`/reactions?${story}`, { token }),
      server.ask(`/reactions?${story}`, { token: 'rubbish' }),
    ]);
    const text = await anonymous.text();
    expect(await own.text()).toBe(text);
    expect(await bad.text()).toBe(text);
    expect(text).not.toContain('choice"');
  });

  test('GET /page answers every part, with a problem in the place of a part that fails', async () => {
    const parts = 'reactions,comments:newest:5,stories:latest,newsletter,counts,reactions:nowhere,nonsense';
    const answer = await server.ask(`/page?${storyQuery()}&lang=en&parts=${parts}`);
    expect(answer.status).toBe(200);
    const page = (await answer.json()) as Page;
    expect(Object.keys(page.parts)).toEqual(parts.split(','));
    expect(page.parts).toMatchObject({
      reactions: { poll: { question: 'How do you feel about this story?' } },
      'comments:newest:5': { total: 0 },
      'stories:latest': { rail: 'latest', items: [] },
      newsletter: { lists: [] },
      'reactions:nowhere': { code: 'poll-not-found', status: 404 },
      nonsense: { code: 'validation-failed', status: 422 },
    });
    const own = await (await server.ask(`/comments?${storyQuery()}&sort=newest&limit=5`)).json();
    expect(page.parts['comments:newest:5']).toEqual(own);
  });

  test.each([
    ['reactions', 'r'],
    ['reactions:reactions', 'r:reactions'],
    ['comments:newest:5', 'c:newest:5'],
    ['stories:related:3', 's:r:3'],
    ['stories:most-read', 's:m'],
    ['stories:latest', 's:l'],
    ['stories:dont-miss', 's:d'],
    ['stories:videos', 's:v'],
    ['stories:sponsored', 's:s'],
    ['newsletter', 'n'],
    ['counts', 'k'],
    ['nonsense', 'x'],
    ['stories:nonsense', 's:x'],
    ['stories:constructor', 's:constructor'],
    ['constructor', 'toString'],
  ])('GET /page answers %s by the short name %s, too', async (long, short) => {
    const answer = await server.ask(`/page?${storyQuery()}&parts=${long},${short}`);
    const { parts } = (await answer.json()) as Page;
    expect(Object.keys(parts)).toEqual([long, short]);
    const isProblem = 'code' in parts[long]!;
    expect(isProblem).toBe(/nonsense|constructor/.test(long));
    if (isProblem) expect(parts[short]).toMatchObject({ code: 'validation-failed', status: 422 });
    // A rail has the time of its making.
    else expect({ ...parts[short], asOf: '' }).toEqual({ ...parts[long], asOf: '' });
  });

  test('GET /page names the language of the site', async () => {
    const answer = await server.ask(`/page?${storyQuery()}&lang=fr&parts=r`);
    expect(await answer.json()).toMatchObject({ lang: 'vi' });
  });

  test('GET /page by short names is fresh after a write', async () => {
    const story = `${storyUrl}/short-names`;
    const path = `/page?${storyQuery(story)}&parts=r,k`;
    const totalOf = async () =>
      ((await (await server.ask(path)).json()) as { parts: { r: { total: number } } }).parts.r;
    expect(await totalOf()).toMatchObject({ total: 0 });
    const token = await server.guest();
    await server.ask('/reactions', { method: 'PUT', token, json: { story, choice: 'great' } });
    expect(await totalOf()).toMatchObject({ total: 1 });
  });

  test('GET /page describes its short names', async () => {
    const { paths } = (await (await server.app.request('/openapi.json')).json()) as {
      paths: Record<string, { get: { parameters: { name: string; description?: string; schema: object }[] } }>;
    };
    const { parameters } = paths['/v1/sites/{site}/page']!.get;
    expect(JSON.stringify(parameters.find(({ name }) => name === 'parts'))).toContain('r, c:newest, s:l:6, n, k');
  });
});

describe('unknown paths and methods', () => {
  test.each([
    ['DELETE', '/page', 'GET, HEAD'],
    ['POST', '/me', 'GET, HEAD'],
    ['POST', '/reactions', 'GET, HEAD, PUT, DELETE'],
    ['DELETE', '/comments', 'GET, HEAD, POST'],
    ['GET', '/comments/01990000-0000-7000-8000-000000000000', 'PATCH, DELETE'],
    ['GET', '/stories', 'PUT'],
    ['PUT', '/stories/latest', 'GET, HEAD'],
    ['GET', '/subscriptions', 'POST'],
    ['PROPFIND', '/newsletters', 'GET, HEAD'],
  ])('%s %s is answered with 405 and Allow', async (method, path, allow) => {
    const answer = await server.ask(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect((await problemOf(answer)).code).toBe('method-not-allowed');
  });

  test('outside the API are refused too', async () => {
    const answer = await server.app.request('/healthz', { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  test('a known method on a missing resource is 404', async () => {
    expect((await server.app.request('/assets/nothing.js')).status).toBe(404);
    expect((await server.app.request('/assets/nothing.js', { method: 'HEAD' })).status).toBe(404);
    expect((await server.app.request('/assets/nothing.js', { method: 'PUT' })).status).toBe(405);
  });

  test.each(['/reactions/', '/nothing', '/stories/latest/more'])('%s is 404', async (path) => {
    expect((await server.ask(path)).status).toBe(404);
  });

  test('an unknown site is reported before any other problem', async () => {
    const init = { method: 'POST', headers: { origin: 'null', 'content-length': '10000000' }, body: '{' };
    const answer = await server.app.request('/v1/sites/nowhere/readers', init);
    expect((await problemOf(answer)).code).toBe('site-not-found');
  });
});

describe('an internal error', () => {
  const failing = async (error: Error, path: string) => {
    const { services, ask, close } = await openTestServices('sqlite');
    services.railCache.read = () => Promise.reject(error);
    try {
      const answer = await ask(path);
      return { answer, body: (await answer.json()) as Page & Problem, again: await ask(path) };
    } finally {
      await close();
    }
  };

  test('is not cached, and only its code is sent', async () => {
    const { answer, body } = await failing(new Error('secret'), '/stories/latest');
    expect(answer.status).toBe(500);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('of one part keeps the page out of caches', async () => {
    const path = `/page?${storyQuery()}&parts=reactions,stories:latest`;
    const { answer, body, again } = await failing(new Error('secret'), path);
    expect(answer.status).toBe(200);
    expect(body.parts).toMatchObject({ reactions: { total: 0 }, 'stories:latest': { code: 'internal' } });
    for (const { headers } of [answer, again]) expect(headers.get('cache-control')).toBe('no-store');
  });

  test('of an unreachable database is 503 with Retry-After', async () => {
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    const { answer, body } = await failing(full, '/stories/latest');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(body.code).toBe('unavailable');
  });
});

describe('bad input', () => {
  const react = (init: RequestInit & { token?: string }) => server.ask('/reactions', { method: 'PUT', ...init });
  const json = { 'content-type': 'application/json' };

  test.each([
    ['an unknown site', () => server.app.request('/v1/sites/nowhere/newsletters'), 404, 'site-not-found'],
    ['an unknown address', () => server.app.request('/v1/sites/paper/nothing'), 404, 'not-found'],
    ['no story', () => server.ask('/reactions'), 422, 'validation-failed'],
    [
      'a story key of 10 kB',
      () => server.ask(`/reactions?${storyQuery('x'.repeat(10_000))}`),
      422,
      'story-key-invalid',
    ],
    [
      'broken JSON',
      async () => react({ token: await server.guest(), headers: json, body: '{"story":' }),
      400,
      'invalid-json',
    ],
    [
      'a body of 10 MB',
      async () => react({ token: await server.guest(), headers: json, body: `"${'x'.repeat(10_000_000)}"` }),
      413,
      'body-too-large',
    ],
    [
      'a form',
      async () => react({ token: await server.guest(), headers: { 'content-type': 'text/plain' }, body: '{}' }),
      415,
      'unsupported-media-type',
    ],
    [
      'no token',
      () => react({ headers: json, body: JSON.stringify({ story: storyUrl, choice: 'great' }) }),
      401,
      'token-required',
    ],
    [
      'a rubbish token',
      () => react({ token: 'a.b.c', headers: json, body: JSON.stringify({ story: storyUrl, choice: 'great' }) }),
      401,
      'token-invalid',
    ],
    [
      'a name of 41 characters',
      () => server.ask('/readers', { method: 'POST', json: { name: 'ệ'.repeat(41) } }),
      422,
      'validation-failed',
    ],
  ])('%s is answered with a problem', async (_, ask, status, code) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect((await problemOf(answer)).code).toBe(code);
  });

  test('names the refused field', async () => {
    const answer = await server.ask(`/comments?${storyQuery()}&limit=1000`);
    expect((await problemOf(answer)).errors).toEqual([{ field: 'limit', message: expect.any(String) }]);
  });

  test('refuses deeply nested arrays with 400', async () => {
    const answer = await react({ token: await server.guest(), headers: json, body: '['.repeat(60_000) });
    expect(answer.status).toBe(400);
  });

  test('ignores __proto__ in a body', async () => {
    await react({
      token: await server.guest(),
      headers: json,
      body: '{"__proto__":{"polluted":true},"story":"https://paper.example/p","choice":"great"}',
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('origins', () => {
  test.each([
    'https://evil.example',
    'https://paper.example.evil.example',
    'http://paper.example',
    'https://paper.example:444',
    'https://PAPER.example.',
    'null',
  ])('a page of %s can read public data, but neither write nor read reader data', async (foreign) => {
    const headers = { origin: foreign };
    expect((await server.ask(`/reactions?${storyQuery()}`, { headers })).status).toBe(200);
    for (const answer of [
      await server.ask('/readers', { method: 'POST', headers, json: {} }),
      await server.ask('/me', { headers, token: await server.guest() }),
      await server.ask('/reactions', {
        method: 'PUT',
        headers,
        token: await server.guest(),
        json: { story: storyUrl, choice: 'great' },
      }),
    ]) {
      expect(answer.status).toBe(403);
      expect((await problemOf(answer)).code).toBe('origin-not-allowed');
    }
  });

  test('a request without Origin can write', async () => {
    const answer = await server.app.request('/v1/sites/paper/readers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(201);
  });

  test('a preflight is answered without credentials', async () => {
    const answer = await server.app.request('/v1/sites/paper/reactions', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('reader tokens', () => {
  test('are valid for one site only', async () => {
    await server.services.sites.put({ ...server.site, id: 'other' });
    const answer = await server.app.request('/v1/sites/other/me', {
      headers: { authorization: `Bearer ${await server.guest()}` },
    });
    expect(answer.status).toBe(401);
    expect((await problemOf(answer)).code).toBe('token-invalid');
  });

  test('keep the reader after a refresh and a change of name', async () => {
    const made = (await (
      await server.ask('/readers', { method: 'POST', json: { name: ' Nguyễn  Lan\u202e ' } })
    ).json()) as Session;
    expect(made.reader).toMatchObject({ name: 'Nguyễn Lan', kind: 'guest', verified: false, badges: [] });
    const fresh = (await (
      await server.ask('/readers/refresh', { method: 'POST', token: made.token })
    ).json()) as Session;
    expect(fresh.reader.id).toBe(made.reader.id);
    await server.ask('/readers/me', { method: 'PATCH', token: fresh.token, json: { name: 'Lan Anh' } });
    const me = (await (await server.ask('/me', { token: made.token })).json()) as { reader: { name: string } };
    expect(me.reader.name).toBe('Lan Anh');
  });

  test('of an erased reader are refused', async () => {
    const made = (await (await server.ask('/readers', { method: 'POST', json: {} })).json()) as Session;
    await server.services.database.writer.submit(
      {
        name: 'erase',
        async run({ db }, ids: readonly string[]) {
          await db.updateTable('readers').set({ erasedAt: Date.now() }).where('id', 'in', ids).execute();
          return ids.map(() => null);
        },
      },
      made.reader.id,
    );
    // New services have an empty reader cache.
    const { createApp, createServices } = await import('../../server/src/app.js');
    const app = createApp(createServices(server.services.config, server.services.database, server.services.log));
    const answer = await app.request('/v1/sites/paper/me', { headers: { authorization: `Bearer ${made.token}` } });
    expect(answer.status).toBe(401);
  });
});

describe('the page at /', () => {
  test('links to the API and the health checks, under a strict policy', async () => {
    const answer = await server.app.request('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('vary')).toContain('Accept');
    const page = await answer.text();
    const linked = [...page.matchAll(/href="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(linked).toEqual(expect.arrayContaining(['/docs', '/healthz', '/readyz']));
    for (const path of linked) expect((await server.app.request(path)).status, path).toBe(200);
  });

  test.each([undefined, '*/*', 'nonsense'])('is HTML for Accept: %s', async (accept) => {
    const answer = await server.app.request('/', { headers: accept === undefined ? {} : { accept } });
    expect(answer.headers.get('content-type')).toContain('text/html');
  });

  test('is JSON for programs that ask for it', async () => {
    const answer = await server.app.request('/', { headers: { accept: 'application/json' } });
    expect(await answer.json()).toMatchObject({ name: 'Afterword', openapi: '/openapi.json' });
  });
});

describe('endpoints for operators and programs', () => {
  test('health and readiness', async () => {
    expect((await server.app.request('/healthz')).status).toBe(200);
    expect((await server.app.request('/readyz')).status).toBe(200);
  });

  test('metrics are hidden from clients without the token', async () => {
    expect((await server.app.request('/metrics')).status).toBe(404);
  });

  test('/openapi.json describes every route with full paths, schemas and problems', async () => {
    const answer = await server.app.request('/openapi.json');
    const described = (await answer.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object }>>;
      components: { schemas: object };
    };
    expect(described.openapi).toBe('3.1.0');
    for (const path of [
      'page',
      'me',
      'reactions',
      'comments',
      'comments/{id}',
      'comments/{id}/vote',
      'comments/preview',
      'readers',
      'newsletters',
      'subscriptions',
      'counts',
      'stories/{rail}',
      'stories',
      'signals',
    ]) {
      expect(Object.keys(described.paths)).toContain(`/v1/sites/{site}/${path}`);
    }
    expect(Object.keys(described.components.schemas)).toEqual(
      expect.arrayContaining(['Comment', 'Reactions', 'Story', 'Problem', 'Page', 'Me', 'Reader']),
    );
    expect(described.paths['/v1/sites/{site}/polls/{poll}/results']?.['get']?.responses).toMatchObject({
      200: { content: { 'application/json': {}, 'text/csv': {} } },
    });
    expect(Object.keys(described.paths['/v1/sites/{site}/reactions']?.['put']?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '401', '403', '404', '409', '422', '429']),
    );
  });
});
