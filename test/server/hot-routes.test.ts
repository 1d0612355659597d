import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hotRoutesOf } from '../../server/src/app.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { openTestServices, origin, storyUrl, type TestServer } from './setup.js';

/** The same API twice: as the listener answers hot routes itself, and as the framework answers them. */
let server: TestServer;
let listener: Server;
let url: string;
beforeAll(async () => {
  server = await openTestServices('sqlite');
  listener = createListener(server.app, server.services, hotRoutesOf(server.services));
  await listen(listener, 0, '127.0.0.1');
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(async () => {
  listener.close();
  await server.close();
});

const story = `${storyUrl}/hot`;
const vote = { story, poll: 'reactions', choice: 'great' };
const json = { 'content-type': 'application/json' };

const requests: [what: string, method: string, path: string, body: string, headers?: Record<string, string>][] = [
  ['a vote', 'PUT', 'reactions', JSON.stringify(vote)],
  ['a vote of a server, without Origin', 'PUT', 'reactions', JSON.stringify(vote), { origin: '' }],
  ['a vote from elsewhere', 'PUT', 'reactions', JSON.stringify(vote), { origin: 'https://elsewhere.example' }],
  ['a vote from nowhere', 'PUT', 'reactions', JSON.stringify(vote), { origin: 'null' }],
  ['a vote without a token', 'PUT', 'reactions', JSON.stringify(vote), { authorization: '' }],
  ['a vote with a bad token', 'PUT', 'reactions', JSON.stringify(vote), { authorization: 'Bearer rubbish' }],
  ['a vote for a foreign choice', 'PUT', 'reactions', JSON.stringify({ ...vote, choice: 'none' })],
  ['a vote in an unknown poll', 'PUT', 'reactions', JSON.stringify({ ...vote, poll: 'none' })],
  ['a vote of the wrong type', 'PUT', 'reactions', JSON.stringify({ ...vote, choice: 7 })],
  ['broken JSON', 'PUT', 'reactions', '{"story":'],
  ['nothing', 'PUT', 'reactions', ''],
  ['a body that is too large', 'PUT', 'reactions', JSON.stringify({ ...vote, more: 'x'.repeat(70_000) })],
  ['text instead of JSON', 'PUT', 'reactions', JSON.stringify(vote), { 'content-type': 'text/plain' }],
  ['an empty comment', 'POST', 'comments', JSON.stringify({ story, text: ' ' })],
  ['a reply to nothing', 'POST', 'comments', JSON.stringify({ story, text: 'a', parentId: crypto.randomUUID() })],
  ['a bad Idempotency-Key', 'POST', 'comments', JSON.stringify({ story, text: 'a' }), { 'idempotency-key': 'é' }],
];

test.each(requests)('%s is answered the same with and without the framework', async (_, method, path, body, more) => {
  const headers = new Headers({ ...json, origin, authorization: `Bearer ${await server.guest()}`, ...more });
  for (const [name, value] of [...headers]) if (value === '') headers.delete(name);
  const direct = await fetch(`${url}/v1/sites/paper/${path}`, { method, headers, body });
  headers.set('content-length', String(Buffer.byteLength(body)));
  const framed = await server.app.request(`/v1/sites/paper/${path}`, { method, headers, body });
  expect(direct.status).toBe(framed.status);
  expect(without(await direct.json())).toEqual(without(await framed.json()));
  for (const name of [
    'content-type',
    'cache-control',
    'access-control-allow-origin',
    'access-control-expose-headers',
    'x-content-type-options',
    'referrer-policy',
    'cross-origin-resource-policy',
  ]) {
    expect([name, direct.headers.get(name)]).toEqual([name, framed.headers.get(name)]);
  }
});

/** Two guests have voted: everything else of the two answers is the same. */
function without(answer: unknown): unknown {
  const { counts: _counts, total: _total, version: _version, ...rest } = answer as Record<string, unknown>;
  return rest;
}

test('an unknown site, and a request cut off in the middle, are survived', async () => {
  const unknown = await fetch(`${url}/v1/sites/nowhere/reactions`, { method: 'PUT', headers: json, body: '{}' });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ code: 'site-not-found' });

  const { connect } = await import('node:net');
  const { port } = listener.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'PUT /v1/sites/paper/reactions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"st',
        () => socket.destroy(),
      );
    });
    socket.once('close', () => resolve());
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
