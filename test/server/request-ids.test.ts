import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp, hotRoutes, type Services } from '../../server/src/app.js';
import { AuthorHistories } from '../../server/src/comments/rules/author-history.js';
import { CommentRules } from '../../server/src/comments/rules/pipeline.js';
import { hotHandler } from '../../server/src/http/hot-routes.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { waitFor } from '../setup/wait-for.js';
import { logToLines } from './log-lines.js';
import { openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';

const { log, lines } = logToLines();
let server: TestServer;
let listener: Server;
let base: string;
let port: number;
let token: string;
/** Makes the parts throw that votes and pages use. */
let isBroken = false;

beforeAll(async () => {
  server = await openTestServices('sqlite');
  const services = breakable(server.services);
  services.log = log;
  services.commentRules = new CommentRules(new AuthorHistories(services.database), log, false);
  const handleHot = hotHandler(services.sites, services, hotRoutes(services));
  listener = createListener(createApp(services), services.cache, handleHot);
  await listen(listener, 0, '127.0.0.1');
  ({ port } = listener.address() as AddressInfo);
  base = `http://127.0.0.1:${port}`;
  token = await server.guest();
});
afterAll(async () => {
  listener.closeAllConnections();
  listener.close();
  await server.close();
});
beforeEach(() => {
  lines.length = 0;
  isBroken = false;
});

function breakable(services: Services): Services {
  const { polls } = services;
  const getOrThrow: typeof polls.getOrThrow = (...given) =>
    isBroken ? Promise.reject(new Error('broken')) : polls.getOrThrow(...given);
  return { ...services, polls: Object.assign(Object.create(polls) as typeof polls, { getOrThrow }) };
}

const site = '/v1/sites/paper';
const page = (key: string) => `${site}/page?parts=reactions&${storyQuery(key)}`;
const id = { 'x-request-id': 'a-request' };
const vote = { story: storyUrl, choice: 'great' };

function send(method: string, path: string, headers: Record<string, string> = {}, json?: unknown): Promise<Response> {
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(base + path, {
    method,
    headers: { origin, authorization: `Bearer ${token}`, ...type, ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

/** Sends bytes that no client would, and returns what comes back. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      socket.end();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('every response has the id of its request', () => {
  test.each<[string, () => Promise<Response>, number]>([
    ['a page that is made', () => send('GET', page('made'), id), 200],
    ['a page from the cache', () => send('GET', page('made'), id), 200],
    ['a page that has not changed', () => send('GET', page('made'), { ...id, 'if-none-match': '*' }), 304],
    ['a hot write', () => send('PUT', `${site}/reactions`, id, vote), 200],
    ['a refused hot write', () => send('PUT', `${site}/reactions`, id, { ...vote, choice: 'none' }), 422],
    ['a write by the framework', () => send('PUT', `${site}/reactions?lang=en`, id, vote), 200],
    ['a refused read', () => send('GET', `${site}/comments?${storyQuery()}&limit=0`, id), 422],
    ['an unknown site', () => send('GET', '/v1/sites/nowhere/reactions?story=a', id), 404],
    ['an unknown address', () => send('GET', '/nothing', id), 404],
    ['an address with a backslash', () => send('GET', '/v1/%5C..%5C', id), 404],
    ['another method', () => send('DELETE', `${site}/page`, id), 405],
    ['a preflight', () => send('OPTIONS', page('made'), { ...id, 'access-control-request-method': 'GET' }), 204],
    ['a probe', () => send('GET', '/healthz', id), 200],
    ['the script', () => send('GET', '/afterword.js', id), 200],
    ['the description', () => send('HEAD', '/openapi.json', id), 200],
  ])('%s', async (_, request, status) => {
    const response = await request();
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toBe(id['x-request-id']);
    await response.body?.cancel();
  });

  test('a stream of live updates', async () => {
    const aborting = new AbortController();
    const response = await fetch(`${base}${site}/live?story=a`, { headers: id, signal: aborting.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-request-id')).toBe(id['x-request-id']);
    aborting.abort();
  });

  test.each([
    [
      'a repeated header',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Request-Id: a-request\r\n\r\n',
      '400',
      'a-request',
    ],
    [
      'an address that is none',
      'GET http://:x/ HTTP/1.1\r\nHost: a\r\nX-Request-Id: a-request\r\n\r\n',
      '400',
      'a-request',
    ],
    ['a malformed head', 'GET / HTTP/1.1\r\nHost\r\n\r\n', '400', undefined],
  ])('%s', async (_, text, status, expected) => {
    const received = await sendRaw(text);
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const found = /^x-request-id: (.+)\r$/im.exec(received)?.[1];
    if (expected === undefined) expect(found).toMatch(uuid);
    else expect(found).toBe(expected);
  });

  test('a request without a socket', async () => {
    expect((await server.ask('/page', { headers: id })).headers.get('x-request-id')).toBe(id['x-request-id']);
    expect((await server.ask('/page')).headers.get('x-request-id')).toMatch(uuid);
  });
});

describe('the id is', () => {
  const idOf = async (headers: Record<string, string>) =>
    (await send('GET', '/healthz', headers)).headers.get('x-request-id');

  test.each(['a', 'f058ebd6-02f7-4d3f-942e-904344e8cde5', 'Root=1-67891233-abcdef01:b/c+d_e.f', 'x'.repeat(128)])(
    'that of X-Request-Id: %s',
    async (given) => expect(await idOf({ 'x-request-id': given, traceparent: `00-${trace}-${parent}-01` })).toBe(given),
  );

  test.each(['', 'a b', 'a, b', '"a"', 'lan@paper.example', '<b>', '{}', 'é', 'x'.repeat(129)])(
    'new instead of the malformed %j',
    async (given) => expect(await idOf({ 'x-request-id': given })).toMatch(uuid),
  );

  test.each([
    `00-${trace}-${parent}-01`,
    `00-${trace}-${parent}-00`,
    `cc-${trace}-${parent}-01`,
    `cc-${trace}-${parent}-01-what-the-future-brings`,
  ])('the trace of traceparent: %s', async (traceparent) => {
    expect(await idOf({ traceparent })).toBe(trace);
    expect(await idOf({ traceparent, 'x-request-id': 'a b' })).toBe(trace);
  });

  test.each([
    `ff-${trace}-${parent}-01`,
    `00-${trace}-${parent}-01-more`,
    `00-${trace}-${parent}-01.`,
    `cc-${trace}-${parent}-01.more`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace}-${parent}-1`,
    `00-${trace}-${parent}`,
    `0-${trace}-${parent}-01`,
    ` ${trace}`,
    `00-${trace}-${parent}-01,00-${trace}-${parent}-01`,
  ])('new instead of the trace of the invalid traceparent %j', async (traceparent) => {
    expect(await idOf({ traceparent })).toMatch(uuid);
  });

  test('another one for each request of a connection', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => idOf({})));
    expect(new Set(ids).size).toBe(20);
  });
});

test('a cached page does not give the id of one reader to another', async () => {
  const path = page('shared');
  const readers = ['first', 'second', undefined, 'third', undefined];
  const ids: (string | null)[] = [];
  for (const reader of readers) {
    const response = await send('GET', path, reader === undefined ? {} : { 'x-request-id': reader });
    ids.push(response.headers.get('x-request-id'));
    expect(await response.text()).not.toMatch(/requestId|first|second/);
  }
  expect(server.services.cache.get(path)).toBeDefined();
  expect(ids).toEqual(['first', 'second', expect.stringMatching(uuid), 'third', expect.stringMatching(uuid)]);
  expect(new Set(ids).size).toBe(readers.length);
});

describe('a failed request', () => {
  const failed = { code: 'internal', status: 500, requestId: 'a-request' };
  const logged = { msg: 'request failed', requestId: 'a-request', err: { message: 'broken' } };

  test.each([
    ['of a hot route', () => send('PUT', `${site}/reactions`, id, vote)],
    ['of the framework', () => send('PUT', `${site}/reactions?lang=en`, id, vote)],
  ])('%s shows its id, and the log has the error under it', async (_, request) => {
    isBroken = true;
    const response = await request();
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject(failed);
    expect(lines).toEqual([expect.objectContaining({ ...logged, err: expect.objectContaining(logged.err) as object })]);
  });

  test('of one part of a page does so too, and is not shared', async () => {
    isBroken = true;
    const path = page('broken');
    for (const requestId of ['first', 'second']) {
      lines.length = 0;
      const response = await send('GET', path, { 'x-request-id': requestId });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ parts: { reactions: { ...failed, requestId } } });
      expect(lines).toMatchObject([{ ...logged, requestId }]);
    }
  });

  test('that is the fault of the client shows no id in its body', async () => {
    const response = await send('PUT', `${site}/reactions`, id, { ...vote, choice: 'none' });
    expect(await response.json()).not.toHaveProperty('requestId');
    expect(lines).toEqual([]);
  });
});

test("the publisher's own check gets the id, and a failure of it is logged under the id", async () => {
  const received: unknown[] = [];
  const check = createServer((request, response) => {
    received.push(request.headers['x-request-id']);
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await waitFor(() => expect(check.listening).toBe(true));
  try {
    const url = `http://127.0.0.1:${(check.address() as AddressInfo).port}/`;
    const settings = {
      ...server.site.settings,
      rules: { ...server.site.settings.rules, external: { url, secret: 'x'.repeat(32), timeoutMillis: 5000 } },
    };
    await server.services.sites.put({ ...server.site, settings });
    const posted = await send('POST', `${site}/comments`, id, { story: storyUrl, text: 'Một ý kiến' });
    expect(posted.status).toBe(201);
    const { comment } = (await posted.json()) as { comment: { id: string } };
    const edited = await send('PATCH', `${site}/comments/${comment.id}`, id, { text: 'Một ý kiến khác' });
    expect(edited.status).toBe(200);
    expect(received).toEqual(['a-request', 'a-request']);
    expect(lines.map(({ requestId }) => requestId)).toEqual(['a-request', 'a-request']);
  } finally {
    await server.services.sites.put(server.site);
    check.closeAllConnections();
    check.close();
  }
});

test('the description of the API has the header on every response, and the id in problems', async () => {
  const description = (await (await send('GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>;
    components: { headers: object; schemas: { Problem: { properties: object } } };
  };
  const responses = Object.values(description.paths)
    .flatMap((item) => Object.values(item))
    .flatMap((operation) => Object.values(operation.responses));
  expect(responses.length).toBeGreaterThan(50);
  for (const { headers } of responses)
    expect(headers).toHaveProperty(['X-Request-Id', '$ref'], '#/components/headers/RequestId');
  expect(description.components.headers).toHaveProperty('RequestId.schema.maxLength', 128);
  expect(description.components.schemas.Problem.properties).toHaveProperty('requestId');
});

test('pages of other origins may send and read the id', async () => {
  const preflight = await send('OPTIONS', page('made'), { 'access-control-request-method': 'GET' });
  const allowed = preflight.headers.get('access-control-allow-headers')?.toLowerCase().split(',');
  expect(allowed).toEqual(expect.arrayContaining(['x-request-id', 'traceparent', 'tracestate']));
  for (const path of [page('made'), '/v1/sites/nowhere/page'])
    expect((await send('GET', path)).headers.get('access-control-expose-headers')).toMatch(/\bX-Request-Id\b/i);
});
