import { Agent, get, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hotRoutes } from '../../server/src/app.js';
import { OperatorError, readConfig } from '../../server/src/config.js';
import { accessLog } from '../../server/src/http/access-log.js';
import { hotHandler } from '../../server/src/http/hot-routes.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { waitFor } from '../setup/wait-for.js';
import { logToLines, type LogLine } from './log-lines.js';
import { openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

const { log, lines } = logToLines();
log.level = 'error';
let server: TestServer;
let listener: Server;
let port: number;
let base: string;
let token: string;
beforeAll(async () => {
  server = await openTestServices('sqlite');
  const { app, services } = server;
  const handleHot = hotHandler(services.sites, services, hotRoutes(services));
  const observers = [accessLog(log)];
  listener = createListener(app, services.cache, handleHot, services.connections, undefined, undefined, observers);
  await listen(listener, 0, '127.0.0.1');
  ({ port } = listener.address() as AddressInfo);
  base = `http://127.0.0.1:${port}`;
  token = await server.guest('Nguyễn Thị Lan');
});
afterAll(async () => {
  listener.closeAllConnections();
  listener.close();
  await server.close();
});
beforeEach(() => {
  lines.length = 0;
});

const site = '/v1/sites/paper';
const page = `${site}/page?parts=reactions&${storyQuery()}`;

async function send(method: string, path: string, json?: unknown): Promise<Response> {
  const response = await fetch(base + path, {
    method,
    headers: { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-request-id': 'an-id' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  await response.arrayBuffer();
  return response;
}

/** Returns the next lines, once they are there. */
async function nextLines(count: number): Promise<LogLine[]> {
  await waitFor(() => expect(lines).toHaveLength(count));
  return lines;
}

test.each<[string, () => Promise<unknown>, LogLine]>([
  ['a page that is made', () => send('GET', page), { method: 'GET', route: `/v1/sites/{site}/page`, status: 200 }],
  ['a page from the cache', () => send('GET', page), { method: 'GET', route: `/v1/sites/{site}/page`, status: 200 }],
  [
    'a hot write',
    () => send('PUT', `${site}/reactions`, { story: storyUrl, choice: 'great' }),
    { method: 'PUT', route: '/v1/sites/{site}/reactions', status: 200 },
  ],
  [
    'a write by the framework',
    () => send('PUT', `${site}/reactions?lang=en`, { story: storyUrl, choice: 'none' }),
    { method: 'PUT', route: '/v1/sites/{site}/reactions', status: 422 },
  ],
  [
    'a path with an id',
    () => send('PATCH', `${site}/comments/0190a000-0000-7000-8000-000000000000`, { text: 'a' }),
    { method: 'PATCH', route: '/v1/sites/{site}/comments/{id}', status: 404 },
  ],
  ['an unknown path', () => send('GET', '/lan@paper.example'), { method: 'GET', route: 'unmatched', status: 404 }],
  ['a preflight', () => send('OPTIONS', page), { method: 'OPTIONS', route: 'unmatched', status: 204 }],
])('%s is one line', async (_, request, expected) => {
  await request();
  const [line] = await nextLines(1);
  expect(line).toEqual({
    level: 30,
    time: expect.any(Number),
    pid: expect.any(Number),
    hostname: expect.any(String),
    msg: 'request',
    requestId: 'an-id',
    durationMs: expect.any(Number),
    bytes: expect.any(Number),
    ...expected,
  });
  expect(line!['durationMs']).toBeGreaterThanOrEqual(0);
  expect(line!['bytes']).toBeGreaterThan(100);
});

test('counts the bytes of each response of a connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sizes: number[] = [];
  let before = 0;
  for (const path of ['/healthz', '/docs', '/healthz']) {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const request = get(base + path, { agent }, (response) => {
        const { socket } = response;
        response.resume().on('end', () => resolve(socket));
      });
      request.on('error', reject);
    });
    sizes.push(socket.bytesRead - before);
    before = socket.bytesRead;
  }
  agent.destroy();
  expect((await nextLines(3)).map(({ bytes }) => bytes)).toEqual(sizes);
});

test('a request with a repeated header is a line', async () => {
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'));
  socket.resume();
  expect(await nextLines(1)).toMatchObject([{ method: 'GET', route: 'unmatched', status: 400 }]);
});

test('a stream is a line once it ends', async () => {
  const aborting = new AbortController();
  const response = await fetch(`${base}${site}/live?story=a`, { signal: aborting.signal });
  expect(response.status).toBe(200);
  await send('GET', '/healthz');
  expect(await nextLines(1)).toMatchObject([{ route: '/healthz' }]);
  aborting.abort();
  expect((await nextLines(2))[1]).toMatchObject({ route: '/v1/sites/{site}/live', status: 200, aborted: true });
});

test('a client that has gone before the response is 499', async () => {
  const head = `PUT ${site}/reactions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n`;
  const socket = connect(port, '127.0.0.1', () => socket.write(`${head}{"st`, () => socket.destroy()));
  expect(await nextLines(1)).toMatchObject([{ method: 'PUT', status: 499, aborted: true }]);
});

test('holds no personal data', async () => {
  const email = 'lan@paper.example';
  const text = 'Một ý kiến rất riêng';
  const posted = await fetch(`${base}${site}/comments`, {
    method: 'POST',
    headers: {
      origin,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'A browser of Lan',
      referer: `${origin}/lan`,
      cookie: 'session=lan',
      'x-forwarded-for': '203.0.113.7',
      'x-request-id': email,
      'idempotency-key': 'lan-key',
    },
    body: JSON.stringify({ story: storyUrl, text }),
  });
  const { comment } = (await posted.json()) as { comment: { id: string; author: { id: string } } };
  await send('GET', `${site}/comments?${storyQuery()}&anchor=${comment.id}`);
  await send('DELETE', `${site}/comments/${comment.id}`);
  await send('GET', `${site}/stories/${encodeURIComponent(email)}`);
  await send('GET', `/unsubscribe?token=${token}&email=${email}`);
  await send('POST', `${site}/readers`, { name: 'Trần Văn Minh' });
  await send('POST', `${site}/subscriptions`, { email, lists: ['daily'] });
  const written = JSON.stringify(await nextLines(7));
  const personal = [
    email,
    'lan',
    'Lan',
    'Minh',
    text,
    token,
    comment.id,
    comment.author.id,
    '203.0.113.7',
    '127.0.0.1',
  ];
  for (const value of [...personal, storyUrl, 'paper.example', 'browser', '?', 'daily'])
    expect(written, value).not.toContain(value);
  for (const line of lines) {
    const known = ['level', 'time', 'pid', 'hostname', 'requestId', 'method', 'route', 'status', 'durationMs', 'bytes'];
    expect(Object.keys(line).sort()).toEqual([...known, 'msg'].sort());
  }
});

describe('AFTERWORD_ACCESS_LOG', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-access-log-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (given: Record<string, string>) => readConfig({ AFTERWORD_DATA: folder, ...given }).isAccessLogOn;

  test('is off unless it is on', () => {
    expect([read({}), read({ AFTERWORD_ACCESS_LOG: 'off' }), read({ AFTERWORD_ACCESS_LOG: 'on' })]).toEqual([
      false,
      false,
      true,
    ]);
    expect(() => read({ AFTERWORD_ACCESS_LOG: '1' })).toThrow(OperatorError);
    expect(() => read({ AFTERWORD_ACCESS_LOG: '1' })).toThrow('AFTERWORD_ACCESS_LOG must be on or off.');
  });
});
