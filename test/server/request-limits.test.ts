import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storyImageSchema } from '../../src/contract/index.js';
import * as limits from '../../src/contract/limits.js';
import { databases, openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

/** The parts of JSON Schema that our description uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxItems?: number;
  maxProperties?: number;
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Route extends Operation {
  method: string;
  path: string;
}

/** Patterns and formats that bound the length by themselves. */
const boundedFormats = new Set(['uuid']);
const methods = ['get', 'post', 'put', 'patch', 'delete'];

async function readRoutes(server: TestServer): Promise<{ routes: Route[]; schemas: Record<string, Schema> }> {
  const { paths, components } = (await (await server.app.request('/openapi.json')).json()) as Description;
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ method: method.toUpperCase(), path, ...item[method] }] : [])),
  );
  return { routes, schemas: components.schemas };
}

/** Returns the places of a schema whose values have no bounds. */
function unbounded(schema: Schema, place: string, schemas: Record<string, Schema>): string[] {
  if (schema.$ref) return unbounded(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, place, schemas);
  if (schema.enum || 'const' in schema) return [];
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const types = [schema.type ?? []].flat();
  const found = variants.flatMap((variant) => unbounded(variant, place, schemas));
  if (types.length === 0 && variants.length === 0) found.push(`${place}: any type`);
  if (types.includes('string')) {
    const isBounded =
      schema.maxLength !== undefined ||
      boundedFormats.has(schema.format ?? '') ||
      /\{\d+,\d+\}/.test(schema.pattern ?? '');
    if (!isBounded) found.push(`${place}: string`);
  }
  if (types.includes('number') || types.includes('integer')) {
    const min = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
    if (min < 0 || (schema.maximum ?? Infinity) > limits.integer) found.push(`${place}: number`);
  }
  if (types.includes('array')) {
    if (schema.maxItems === undefined) found.push(`${place}: array`);
    found.push(...unbounded(schema.items ?? {}, `${place}[]`, schemas));
  }
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    found.push(...unbounded(property, `${place}.${name}`, schemas));
  if (typeof schema.additionalProperties === 'object') {
    if (schema.maxProperties === undefined) found.push(`${place}: any number of properties`);
    found.push(...unbounded(schema.additionalProperties, `${place}.*`, schemas));
  }
  return found;
}

describe('the description of the API', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices('sqlite');
  });
  afterAll(() => server.close());

  test('bounds every string, number, array and record of a request', async () => {
    const { routes, schemas } = await readRoutes(server);
    expect(routes.length).toBeGreaterThan(20);
    const found = routes.flatMap(({ method, path, parameters = [], requestBody }) => [
      ...parameters.flatMap(({ name, schema }) => unbounded(schema, `${method} ${path} ?${name}`, schemas)),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
        unbounded(schema, `${method} ${path} body`, schemas),
      ),
    ]);
    expect(found).toEqual([]);
  });

  test('finds a value without bounds', () => {
    expect(unbounded({ type: 'object', properties: { a: { type: 'string' } } }, 'x', {})).toEqual(['x.a: string']);
    expect(unbounded({ anyOf: [{ type: 'integer', minimum: 0 }] }, 'x', {})).toEqual(['x: number']);
  });
});

const hostileStrings = [
  '\0',
  'a\0b',
  '\ud800',
  'a\udfff',
  '\u001f',
  '',
  ' ',
  "'; drop table stories; --",
  '%00',
  '__proto__',
  '../../etc/passwd',
  '\uffff',
  'e\u0301'.repeat(200),
  'x'.repeat(30_000),
];
const hostileNumbers = [2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, -1, -(2 ** 31) - 1, 1.5, -0, 1e308, 5e-324];
const otherValues: unknown[] = [
  null,
  true,
  [],
  {},
  [[]],
  Array.from({ length: 3000 }, () => 'x'),
  { toString: 1, length: -1 },
];
const hostileValues: unknown[] = [...hostileStrings, ...hostileNumbers, ...otherValues];

/** Bodies that each route accepts, so that a hostile value reaches the database. */
const bodies: Record<string, unknown> = {
  'PUT /v1/sites/{site}/reactions': { story: storyUrl, poll: 'reactions', choice: 'great' },
  'POST /v1/sites/{site}/comments': { story: storyUrl, text: 'Một ý kiến', parentId: null, mentions: [] },
  'POST /v1/sites/{site}/comments/preview': { story: storyUrl, text: 'Một ý kiến', mentions: [] },
  'PATCH /v1/sites/{site}/comments/{id}': { text: 'Một ý kiến khác', mentions: [] },
  'PUT /v1/sites/{site}/comments/{id}/vote': { value: 1 },
  'POST /v1/sites/{site}/comments/{id}/reports': { reason: 'spam', note: 'x' },
  'POST /v1/sites/{site}/readers': { name: 'Lan' },
  'PATCH /v1/sites/{site}/readers/me': { name: 'Lan' },
  'POST /v1/sites/{site}/subscriptions': {
    email: 'lan@paper.example',
    lists: ['daily'],
    consent: ['x'],
    lang: 'vi',
    topic: '',
  },
  'POST /v1/sites/{site}/subscriptions/code': { email: 'lan@paper.example', code: '123456' },
  'POST /v1/sites/{site}/signals': { signals: [{ type: 'read', story: storyUrl, rail: 'latest', position: 1 }] },
  'PUT /v1/sites/{site}/stories': {
    stories: [
      {
        id: 'story-1',
        url: storyUrl,
        title: 'Tiêu đề',
        publishedAt: '2026-01-01T00:00:00Z',
        summary: 'x',
        image: {
          src: `${origin}/a.jpg`,
          width: 10,
          height: 10,
          alt: 'x',
          srcset: `${origin}/a.jpg 320w`,
          focal: { x: 0.5, y: 0.5 },
        },
        section: 'x',
        kicker: 'x',
        byline: 'x',
        kind: 'article',
        durationSec: 10,
        access: 'free',
        sponsor: { name: 'x', url: origin },
        lang: 'vi',
        dontMiss: true,
      },
    ],
  },
  'PUT /v1/sites/{site}/polls/{poll}': {
    question: { vi: 'Câu hỏi' },
    multiple: false,
    results: 'always',
    state: 'open',
    opensAt: null,
    closesAt: null,
    story: null,
    choices: [
      { id: 'a', label: { vi: 'A' }, icon: '', retired: false },
      { id: 'b', label: { vi: 'B' }, icon: '', retired: false },
    ],
  },
  // Without origins: an empty list would refuse all other writes.
  'PATCH /v1/sites/{site}': {
    name: 'The Paper',
    lang: 'vi',
    settings: {
      stories: 'origins',
      moderation: 'post',
      who: 'guest',
      votes: 'up-down',
      editSeconds: 300,
      closeAfterDays: null,
      reportsToHold: 3,
      rules: {
        words: ['x'],
        links: 2,
        newCommenter: 0,
        repeatMinutes: 10,
        rate: { comments: 20, minutes: 5 },
        external: null,
      },
      newsletter: { networkMailsPerHour: 20, mailsPerHour: 1000 },
      reactions: { networkGuests: 500, burstGuests: 300 },
    },
  },
  'PUT /v1/sites/{site}/newsletters/{newsletter}': {
    name: { vi: 'Tin sáng' },
    description: 'x',
    frequency: { vi: 'x' },
    consent: { text: { vi: 'x' } },
    latestIssue: { url: storyUrl, picture: `${origin}/a.jpg` },
    position: 0,
  },
  'POST /v1/sites/{site}/bounces/generic': [{ email: 'lan@paper.example', type: 'hard' }],
  'PUT /v1/sites/{site}/polls/{poll}/frozen': { story: storyUrl, frozen: false },
};

/** Returns copies of a value, each with one part of it replaced. */
function* replacements(value: unknown, by: unknown): Generator<unknown> {
  yield by;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of replacements(item, by)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value))
      for (const other of replacements(item, by)) yield { ...value, [name]: other };
  }
}

describe.each(databases)('hostile values on %s', (kind) => {
  let server: TestServer;
  let routes: Route[];
  let tokens: string[];
  let commentId: string;
  beforeAll(async () => {
    server = await openTestServices(kind);
    ({ routes } = await readRoutes(server));
    const token = await server.guest();
    tokens = [token, await server.services.sites.makeServerKey('paper')];
    const posted = await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: 'Một' } });
    commentId = ((await posted.json()) as { comment: { id: string } }).comment.id;
  });
  afterAll(() => server.close());

  const tokenFor = ({ method, path }: Pick<Route, 'method' | 'path'>) =>
    /\/polls|\/bounces|\{site\}$|\{newsletter\}/.test(path) || (method === 'PUT' && path.endsWith('/stories'))
      ? tokens[1]
      : tokens[0];
  const fill = (path: string) =>
    path
      .replace('/v1/sites/{site}', '')
      .replace('{id}', commentId)
      .replace('{poll}', 'quiz')
      .replace('{newsletter}', 'daily')
      .replace('{provider}', 'ses')
      .replace('{rail}', 'latest');
  const serverErrors: string[] = [];
  const send = async (route: Pick<Route, 'method' | 'path'>, path: string, init: object, note: unknown) => {
    const answer = await server.ask(path, { method: route.method, token: tokenFor(route) ?? '', ...init });
    // Mail is off, which is 503.
    if (answer.status >= 500 && answer.status !== 503)
      serverErrors.push(`${answer.status} ${route.method} ${route.path} ${JSON.stringify(note).slice(0, 200)}`);
    await answer.body?.cancel();
    return answer.status;
  };

  test('in any field of a body are never answered with 500', async () => {
    serverErrors.length = 0;
    let count = 0;
    for (const route of routes.filter(({ requestBody }) => requestBody)) {
      const valid = bodies[`${route.method} ${route.path}`];
      expect(valid, `A body for ${route.method} ${route.path}`).toBeDefined();
      const isText = 'text/plain' in (route.requestBody?.content ?? {});
      for (const by of hostileValues) {
        for (const body of replacements(valid, by)) {
          const sent = isText ? { body: JSON.stringify(body) } : { json: body };
          await send(route, fill(route.path), sent, body);
          count++;
        }
      }
    }
    expect(serverErrors).toEqual([]);
    expect(count).toBeGreaterThan(1000);
  });

  test('in any parameter and header are never answered with 500', async () => {
    serverErrors.length = 0;
    const texts = [...hostileStrings.map((text) => text.slice(0, 5000)), ...hostileNumbers.map(String), 'NaN', '1e3'];
    for (const route of routes.filter(({ path }) => !path.endsWith('/live'))) {
      const json = bodies[`${route.method} ${route.path}`];
      const init = json === undefined ? {} : { json };
      for (const text of texts) {
        // Lone surrogates cannot be sent in a URL.
        const escaped = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
        for (const { name, in: where } of route.parameters ?? []) {
          const path = where === 'path' ? route.path.replace(`{${name}}`, escaped) : route.path;
          const query =
            where === 'query' ? `?${name === 'story' ? '' : `${storyQuery()}&`}parts=counts&${name}=${escaped}` : '';
          const full = `${fill(path.replace('{site}', 'paper').replace('/v1/sites/paper', ''))}${query}`;
          if (name !== 'site') await send(route, full, init, `${name}=${text}`);
        }
        if (!/^[\x20-\x7e]*$/.test(text)) continue;
        for (const name of ['authorization', 'idempotency-key', 'origin', 'if-none-match', 'accept-encoding', 'accept'])
          await send(route, `${fill(route.path)}?${storyQuery()}`, { ...init, headers: { [name]: text } }, name);
      }
    }
    expect(serverErrors).toEqual([]);
  });

  test('in cursors are never answered with 500', async () => {
    serverErrors.length = 0;
    const route = { method: 'GET', path: '/v1/sites/{site}/comments' };
    for (const sort of ['best', 'newest', 'oldest', 'discussed']) {
      for (const value of [0, 1, ...hostileNumbers]) {
        for (const parts of [
          [2, sort, false, value, 0],
          [2, sort, true, 1, value],
          [2, sort, null, false, value, ''],
          [2, sort, null, true, value, commentId],
        ]) {
          const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
          await send(route, `/comments?${storyQuery()}&sort=${sort}&cursor=${cursor}`, {}, parts);
        }
      }
    }
    expect(serverErrors).toEqual([]);
  });

  test('above a limit are refused', async () => {
    const [, key = ''] = tokens;
    const put = async (fields: object) => {
      const [story] = (bodies['PUT /v1/sites/{site}/stories'] as { stories: object[] }).stories;
      const json = { stories: [{ ...story, ...fields }] };
      return (await server.ask('/stories', { method: 'PUT', token: key, json })).status;
    };
    const image = { src: `${origin}/a.jpg` };
    expect(await put({})).toBe(200);
    expect(await put({ durationSec: limits.integer })).toBe(200);
    expect(await put({ durationSec: limits.integer + 1 })).toBe(422);
    expect(await put({ image: { ...image, alt: 'x'.repeat(limits.imageAlt) } })).toBe(200);
    expect(await put({ image: { ...image, alt: 'x'.repeat(limits.imageAlt + 1) } })).toBe(422);
    expect(await put({ image: { ...image, width: 1e6 } })).toBe(422);
    expect(await put({ image: { ...image, srcset: 'javascript:alert(1) 1x' } })).toBe(422);
  });
});

describe('srcset', () => {
  const src = `${origin}/a.jpg`;
  const accepts = (srcset: string) => storyImageSchema.safeParse({ src, srcset }).success;

  test.each([
    src,
    `${src} 320w`,
    `${src} 320w, ${src}?2 640w`,
    `${src} 1x,${src} 2x`,
    `${src} 1.5x`,
    `${src}, ${src} 2x`,
    'https://res.example/w_300,h_200/a.jpg 300w, http://res.example/b.jpg 2x',
    ` ${src}   320w ,\n  ${src} 640w `,
  ])('accepts %j', (srcset) => {
    expect(accepts(srcset)).toBe(true);
  });

  test.each([
    '',
    ' ',
    ',',
    'a.jpg 320w',
    '//paper.example/a.jpg 1x',
    'javascript:alert(1)',
    'javascript:alert(1) 320w',
    'data:image/svg+xml,<svg/> 1x',
    `${src} 320w, javascript:alert(1) 640w`,
    `${src}, data:text/html,x 2x`,
    `${src},javascript:alert(1) 2x`.replace(src, `${src} `),
    `${src} 320`,
    `${src} -1w`,
    `${src} 0w`,
    `${src} 1e3w`,
    `${src} 320w 2x`,
    `${src} (320w, x)`,
    `${src}\u00a0javascript:x 1x`,
  ])('refuses %j', (srcset) => {
    expect(accepts(srcset)).toBe(false);
  });

  test('refuses more candidates or characters than the limits', () => {
    const candidates = (count: number) => Array.from({ length: count }, (_, index) => `${src} ${index + 1}w`).join(',');
    expect(accepts(candidates(limits.srcsetCandidates))).toBe(true);
    expect(accepts(candidates(limits.srcsetCandidates + 1))).toBe(false);
    expect(accepts(`${src}?${'x'.repeat(limits.srcsetChars)} 1x`)).toBe(false);
  });
});
