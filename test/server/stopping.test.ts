import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startKeepAliveLoad } from '../../faults/keep-alive-load.js';
import { Connections } from '../../server/src/http/connections.js';
import { queueMail } from '../../server/src/mail/queue.js';
import { stopInOrder } from '../../server/src/ops/stopping.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { waitFor } from '../setup/wait-for.js';
import { createPostgresDatabase, databases, type DatabaseKind } from './setup.js';
import { prepareSite, startSourceServer } from './source-server.js';
import { startTcpProxy } from './tcp-proxy.js';

const story = 'https://paper.example/a-story';
const secret = 'a secret of the tests that is long enough';

let folder: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-stopping-'));
});
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
  rmSync(folder, { recursive: true, force: true });
});

/** Returns the settings of a server on an empty database. */
async function settingsFor(kind: DatabaseKind): Promise<Record<string, string> & { AFTERWORD_DATABASE: string }> {
  let url = `sqlite:${join(folder, 'afterword.db')}`;
  if (kind === 'postgres') {
    const made = await createPostgresDatabase();
    cleanUp.push(made.drop);
    url = made.url;
  }
  return { AFTERWORD_DATA: folder, AFTERWORD_SECRET: secret, AFTERWORD_DATABASE: url };
}

async function start(env: Record<string, string>) {
  const server = await startSourceServer(env);
  cleanUp.push(server.dispose);
  return server;
}

async function newTokens(site: string, count: number): Promise<string[]> {
  const json = { 'content-type': 'application/json' };
  const answers = await Promise.all(
    Array.from({ length: count }, () => fetch(`${site}/readers`, { method: 'POST', headers: json, body: '{}' })),
  );
  return Promise.all(answers.map(async (answer) => ((await answer.json()) as { token: string }).token));
}

describe.each(
  databases.flatMap((kind) => [
    { kind, pause: '0' },
    { kind, pause: '1' },
  ]),
)('SIGTERM on $kind with a pause of $pause s', ({ kind, pause }) => {
  test('under load breaks no request of kept-alive connections, and loses no acknowledged write', async () => {
    const env = await settingsFor(kind);
    await prepareSite(env, () => Promise.resolve());
    const server = await start({ ...env, AFTERWORD_DRAIN_SECONDS: pause });
    const tokens = await newTokens(server.site, 16);
    const { result, ended } = startKeepAliveLoad(server.site, { story, tokens, pauseMs: 20 });
    await waitFor(() => expect(result.acknowledged.length).toBeGreaterThan(100), 5);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    await ended;
    expect(result.broken).toEqual([]);
    expect(Object.keys(result.statuses).sort()).toEqual(['200', '201']);
    expect(result.closing).toBeGreaterThan(0);
    const database = await openDatabase(env.AFTERWORD_DATABASE);
    const rows = await database.read.selectFrom('comments').select('id').execute();
    await database.close();
    const stored = new Set(rows.map(({ id }) => id));
    expect(result.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });
});

test('during the pause the node reports that it is not ready, and keeps answering with Connection: close', async () => {
  const env = await settingsFor('sqlite');
  await prepareSite(env, () => Promise.resolve());
  const server = await start({ ...env, AFTERWORD_DRAIN_SECONDS: '600', AFTERWORD_STOP_SECONDS: '900' });
  const before = await fetch(`${server.url}/healthz`);
  expect(before.headers.get('connection')).toBe('keep-alive');
  server.signal('SIGTERM');
  const refused = await waitFor(async () => {
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    return answer;
  }, 5);
  expect(refused.headers.get('connection')).toBe('close');
  expect(await refused.json()).toMatchObject({ code: 'unavailable', detail: 'The server is stopping.' });
  for (const path of ['/healthz', '/v1/sites/paper/newsletters', '/v1/sites/paper/newsletters']) {
    const answer = await fetch(`${server.url}${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
  }
});

test('live updates end without an error, so that browsers connect to another node', async () => {
  const env = await settingsFor('sqlite');
  await prepareSite(env, () => Promise.resolve());
  const server = await start(env);
  const live = await fetch(`${server.site}/live?story=a`);
  server.signal('SIGTERM');
  expect(await live.text()).toContain('retry: ');
  expect(await server.ended).toBe(0);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

test('a second signal ends the process at once', async () => {
  const env = await settingsFor('sqlite');
  await prepareSite(env, () => Promise.resolve());
  const server = await start({ ...env, AFTERWORD_DRAIN_SECONDS: '600', AFTERWORD_STOP_SECONDS: '900' });
  server.signal('SIGTERM');
  await waitFor(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(503), 5);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(143);
  expect(server.output()).toContain('afterword: ended at once by a second signal, SIGTERM.');
});

test('connections that wait to be accepted are answered, although accepting them is slow', async () => {
  const connections = new Connections();
  const server = createHttpServer(connections.receive((_, response) => response.end('answered')));
  connections.attach(server);
  // As on a busy machine: more time than that without a connection passes after each.
  server.on('connection', () => {
    for (const until = performance.now() + 40; performance.now() < until;);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 20 }, () => connect({ port, host: '127.0.0.1' }));
  const answers = clients.map(async (client) => {
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let text = '';
    for await (const chunk of client) text += String(chunk);
    return text;
  });
  await once(clients.at(-1)!, 'connect');
  await connections.close();
  expect((await Promise.all(answers)).filter((text) => !text.includes('Connection: close'))).toEqual([]);
});

describe('what hangs is named at the deadline', () => {
  const listen = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };

  test('a mail server that accepts connections and says nothing', async () => {
    const env = await settingsFor('sqlite');
    const sockets: Socket[] = [];
    const port = await listen(createServer((socket) => sockets.push(socket.on('error', () => undefined))));
    cleanUp.push(() => sockets.forEach((socket) => socket.destroy()));
    await prepareSite(env, ({ database }) =>
      database.writer.submit(
        {
          name: 'queue',
          run: async ({ db }) => {
            const message = { sender: 'Paper', subject: 'Hello', lang: 'en', text: 'Hello', html: '<p>Hello</p>' };
            await queueMail(db, { siteId: 'paper', kind: 'test', to: 'lan@mail.example', content: message });
            return [null];
          },
        },
        null,
      ),
    );
    const server = await start({
      ...env,
      AFTERWORD_SMTP: `smtp://127.0.0.1:${port}`,
      AFTERWORD_MAIL_FROM: 'news@paper.example',
      AFTERWORD_STOP_SECONDS: '2',
    });
    await waitFor(() => expect(sockets).not.toEqual([]));
    server.signal('SIGTERM');
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(
      /^afterword: Not everything .* 2 s of AFTERWORD_STOP_SECONDS: still waiting for mail\./m,
    );
  });

  test('a database that no longer answers', async () => {
    const env = await settingsFor('postgres');
    const proxied = new URL(env.AFTERWORD_DATABASE);
    // As of a process that is stopped, not ended: the system keeps its connections open.
    const proxy = await startTcpProxy({ host: proxied.hostname, port: Number(proxied.port || 5432) });
    cleanUp.push(proxy.close);
    await prepareSite(env, () => Promise.resolve());
    proxied.host = `127.0.0.1:${proxy.port}`;
    const server = await start({ ...env, AFTERWORD_DATABASE: proxied.href, AFTERWORD_STOP_SECONDS: '2' });
    await waitFor(() => expect(server.output()).toContain('listening'));
    proxy.pause();
    const unanswered = fetch(`${server.site}/newsletters`).catch(() => undefined);
    await waitFor(() => expect(proxy.heldBytes()).toBeGreaterThan(0));
    server.signal('SIGTERM');
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/^afterword: Not everything .*: still waiting for .*the database\./m);
    expect(await unanswered).toBeUndefined();
  });

  test('the others end before the database closes', async () => {
    const ended: string[] = [];
    const end = (name: string) => async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(name);
    };
    const parts = {
      drain: () => ended.push('drain'),
      ending: { mail: end('mail'), requests: end('requests') },
      breakOff: () => ended.push('broken off'),
      last: { 'the database': end('database') },
    };
    await stopInOrder(parts, { drainMs: 0, deadlineMs: 60_000 }, pino({ level: 'silent' }));
    expect(ended).toEqual(['drain', 'mail', 'requests', 'database']);
  });

  test('a part that hangs is broken off, and the database still closes', async () => {
    const ended: string[] = [];
    let breakOff = () => {};
    const hanging = new Promise<void>((resolve) => (breakOff = resolve));
    const parts = {
      drain: () => undefined,
      ending: { requests: () => hanging },
      breakOff: () => breakOff(),
      last: { 'the database': async () => void ended.push('database') },
    };
    await stopInOrder(parts, { drainMs: 0, deadlineMs: 50 }, pino({ level: 'silent' }));
    expect(ended).toEqual(['database']);
  });
});
