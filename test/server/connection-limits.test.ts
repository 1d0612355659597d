import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { createApp, createServices, hotRoutes, type Services } from '../../server/src/app.js';
import { maxConnectionsFor } from '../../server/src/http/connection-limits.js';
import { hotHandler } from '../../server/src/http/hot-routes.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { waitFor } from '../setup/wait-for.js';
import { openTestServices, origin, storyQuery, type TestServer } from './setup.js';

let server: TestServer;
let services: Services;
let listener: Server;
let lines: string[];
let clients: Socket[];
beforeEach(async () => {
  server = await openTestServices('sqlite');
  lines = [];
  const { config, database } = server.services;
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  services = createServices(config, database, log);
  const handleHot = hotHandler(services.sites, services, hotRoutes(services));
  listener = createListener(createApp(services), services.cache, handleHot, undefined, undefined, log);
  await listen(listener, 0, '127.0.0.1');
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  listener.closeAllConnections();
  await new Promise((resolve) => listener.close(resolve));
  await services.live.close();
  await server.close();
});

const port = () => (listener.address() as AddressInfo).port;
const countConnections = () =>
  new Promise<number>((resolve, reject) =>
    listener.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

/** A client that never closes its side, whatever the server does, and keeps what it receives. */
interface StubbornClient {
  readonly socket: Socket;
  received(): string;
}

async function open(text = '', { reads = true } = {}): Promise<StubbornClient> {
  const socket = connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true });
  clients.push(socket);
  socket.on('error', () => undefined);
  let received = '';
  if (reads) socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  await new Promise((resolve) => socket.once('connect', resolve));
  if (text) socket.write(text);
  return { socket, received: () => received };
}

const head = (method: string, path: string, headers: readonly string[] = []) =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const json = ['Content-Type: application/json', `Origin: ${origin}`];

async function isAnswering(): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port()}/healthz`, { headers: { connection: 'close' } })).ok;
}

/** Sends a byte at a time until the socket closes. */
function trickle(socket: Socket, text: string): void {
  let index = 0;
  const timer = setInterval(() => socket.write(text[index++] ?? 'x'), 50);
  socket.once('close', () => clearInterval(timer));
}

describe('connections of clients that never close are released', () => {
  test.each([
    ['a malformed request', 'NONSENSE\r\n\r\n', 'HTTP/1.1 400'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', 'HTTP/1.1 400'],
    ['headers that are too long', head('GET', '/', [`X: ${'x'.repeat(70_000)}`]), 'HTTP/1.1 400'],
    [
      'two lengths',
      head('PUT', '/v1/sites/paper/reactions', ['Content-Length: 1', 'Content-Length: 2']),
      'HTTP/1.1 400',
    ],
    ['a length and chunks', head('PUT', '/', ['Content-Length: 1', 'Transfer-Encoding: chunked']), 'HTTP/1.1 400'],
    ['two hosts', head('GET', '/healthz', ['Host: other']), 'HTTP/1.1 400'],
    ['a request that asks to close', head('GET', '/healthz', ['Connection: close']), 'HTTP/1.1 200'],
  ])('after %s, with an answer', async (_, text, status) => {
    const { received } = await open(text);
    await waitFor(() => expect(received()).toContain(status));
    await waitFor(async () => expect(await countConnections()).toBe(0));
    if (status.endsWith('400')) expect(received()).toMatch(/\r\n\r\n\{.*"code":"invalid-header".*\}$/s);
  });

  test('where they send nothing, or headers a byte at a time', async () => {
    listener.headersTimeout = 300;
    const silent = await open();
    const slow = await open();
    trickle(slow.socket, head('GET', '/healthz'.padEnd(2000, 'x')));
    await waitFor(() => expect(silent.received() && slow.received()).toContain('408'));
    await waitFor(async () => expect(await countConnections()).toBe(0));
  });

  test.each(['/v1/sites/paper/reactions', '/v1/sites/paper/readers/me', '/newsletter/confirm'])(
    'where they send a body for %s a byte at a time',
    async (path) => {
      listener.headersTimeout = listener.requestTimeout = 500;
      const method = path.endsWith('me') ? 'PATCH' : path.startsWith('/v1') ? 'PUT' : 'POST';
      const { socket } = await open(head(method, path, [...json, 'Content-Length: 5000']));
      trickle(socket, ' '.repeat(5000));
      await waitFor(async () => expect(await countConnections()).toBe(1));
      await waitFor(async () => expect(await countConnections()).toBe(0));
      expect(await isAnswering()).toBe(true);
    },
  );

  test('where they stay idle after an answer', async () => {
    listener.keepAliveTimeout = 200;
    const { received } = await open(head('GET', '/healthz'));
    await waitFor(() => expect(received()).toContain('HTTP/1.1 200'));
    await waitFor(async () => expect(await countConnections()).toBe(0));
  });

  test('where they ask again and again and read nothing', async () => {
    listener.timeout = listener.keepAliveTimeout = 500;
    const { socket } = await open('', { reads: false });
    const timer = setInterval(() => socket.write(head('GET', '/openapi.json').repeat(4)), 20);
    socket.once('close', () => clearInterval(timer));
    await waitFor(async () => expect(await countConnections()).toBe(1));
    await waitFor(async () => expect(await countConnections()).toBe(0));
    expect(await isAnswering()).toBe(true);
  });

  test('where they send many requests at once', async () => {
    const { received } = await open(head('GET', '/healthz').repeat(500));
    await waitFor(async () => expect(await countConnections()).toBe(0));
    expect(received().split('HTTP/1.1 200').length - 1).toBeLessThanOrEqual(10);
    const few = await open(head('GET', '/healthz').repeat(5));
    await waitFor(() => expect(few.received().split('HTTP/1.1 200')).toHaveLength(6));
  });

  test('where they end their side of an event stream only', async () => {
    const { socket, received } = await open(head('GET', `/v1/sites/paper/live?${storyQuery()}`));
    await waitFor(() => expect(received()).toContain('event: thread'));
    socket.end();
    await waitFor(async () => expect(await countConnections()).toBe(0));
  });

  test('300 of them leave the server answering', async () => {
    await Promise.all(Array.from({ length: 300 }, () => open('NONSENSE\r\n\r\n')));
    await waitFor(async () => expect(await countConnections()).toBe(0));
    expect(await isAnswering()).toBe(true);
  });
});

describe('more connections than allowed', () => {
  test('are refused and logged once, and idle ones make room', async () => {
    listener.maxConnections = 3;
    const first = await open(head('GET', '/healthz'));
    await waitFor(() => expect(first.received()).toContain('HTTP/1.1 200'));
    await open('GET /');
    await open('GET /');
    for (let dropped = 0; dropped < 2; dropped++) {
      const { socket } = await open();
      await new Promise((resolve) => socket.once('end', resolve).once('close', resolve).resume());
      if (dropped === 0) await waitFor(async () => expect(await countConnections()).toBe(2));
      if (dropped === 0) await open('GET /');
    }
    expect(lines.filter((line) => line.includes('connections are refused'))).toHaveLength(1);
  });

  test('leave file descriptors to the database', () => {
    expect(maxConnectionsFor(1024)).toBe(896);
    expect(maxConnectionsFor(64)).toBe(32);
    expect(maxConnectionsFor(Infinity)).toBeLessThan(65_536);
  });
});

describe('repeated headers', () => {
  test.each([
    ['Host', 'localhost'],
    ['Content-Type', 'application/json'],
    ['Authorization', 'Bearer x'],
    ['Origin', origin],
    ['Idempotency-Key', 'a'],
    ['Last-Event-ID', '1'],
  ])('%s is refused with 400 by cached, hot and other routes', async (name, value) => {
    const repeated = [`${name}: ${value}`, `${name.toLowerCase()}: ${value}`];
    for (const [method, path] of [
      ['GET', `/v1/sites/paper/page?${storyQuery()}&parts=counts`],
      ['PUT', '/v1/sites/paper/reactions'],
      ['GET', '/healthz'],
    ] as const) {
      const { received } = await open(head(method, path, [...repeated, 'Content-Length: 0']));
      await waitFor(() => expect(received()).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid-header"/s));
    }
  });

  test('of lists are joined', async () => {
    const { received } = await open(
      head('GET', '/healthz', ['Accept: text/html', 'Accept: */*', 'X-Forwarded-For: a']),
    );
    await waitFor(() => expect(received()).toContain('HTTP/1.1 200'));
  });
});

describe('requests that clients abort', () => {
  const routes = [
    ['PUT', '/v1/sites/paper/reactions', json],
    ['POST', '/v1/sites/paper/comments', json],
    ['POST', '/v1/sites/paper/comments/preview', json],
    ['POST', '/v1/sites/paper/readers', json],
    ['POST', '/v1/sites/paper/signals', ['Content-Type: text/plain', `Origin: ${origin}`]],
    ['POST', '/v1/sites/paper/subscriptions', json],
    ['POST', '/newsletter/subscribe', ['Content-Type: application/x-www-form-urlencoded']],
    ['POST', '/newsletter/confirm', ['Content-Type: multipart/form-data; boundary=x']],
    ['GET', `/v1/sites/paper/live?${storyQuery()}`, []],
  ] as const;

  test.each(['Content-Length: 5000', 'Transfer-Encoding: chunked'])('write no error line (%s)', async (framing) => {
    const printed = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const token = await server.guest();
    const rejected: unknown[] = [];
    const onRejection = (reason: unknown) => rejected.push(reason);
    process.on('unhandledRejection', onRejection);
    try {
      for (const [method, path, headers] of routes) {
        const body = method === 'GET' ? '' : framing.startsWith('T') ? '5\r\n{"a":' : '{"a":';
        const framed = method === 'GET' ? [] : [framing];
        const { socket } = await open(
          head(method, path, [...headers, `Authorization: Bearer ${token}`, ...framed]) + body,
        );
        await waitFor(async () => expect(await countConnections()).toBe(1));
        // A second round trip: the server has begun with the first request.
        expect(await isAnswering()).toBe(true);
        socket.resetAndDestroy();
        await waitFor(async () => expect(await countConnections()).toBe(0));
      }
      expect(await isAnswering()).toBe(true);
    } finally {
      process.off('unhandledRejection', onRejection);
    }
    expect(rejected).toEqual([]);
    expect(lines).toEqual([]);
    for (const spy of printed) expect(spy.mock.calls).toEqual([]);
    vi.restoreAllMocks();
  });
});
