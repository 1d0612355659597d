import { request as send, type IncomingHttpHeaders, type RequestOptions, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hotRoutes } from '../../server/src/app.js';
import { apiHeaders } from '../../server/src/http/guards.js';
import { hotHandler, type HotHandler } from '../../server/src/http/hot-routes.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { openTestServices, origin, storyUrl, type TestServer } from './setup.js';

/** The same API on two sockets: one answers hot routes without the framework, the other answers all by the framework. */
let server: TestServer;
let hot: Server;
let framework: Server;
let hotCount = 0;
beforeAll(async () => {
  server = await openTestServices('sqlite');
  const { services } = server;
  const handler = hotHandler(services.sites, services, hotRoutes(services));
  hot = await started((request, response) => {
    const isTaken = handler(request, response);
    if (isTaken) hotCount++;
    return isTaken;
  });
  framework = await started(() => false);
});
afterAll(async () => {
  hot.close();
  framework.close();
  await server.close();
});

async function started(handler: HotHandler): Promise<Server> {
  const listener = createListener(server.app, server.services.cache, handler);
  await listen(listener, 0, '127.0.0.1');
  return listener;
}

const story = `${storyUrl}/hot`;
const vote = JSON.stringify({ story, poll: 'reactions', choice: 'great' });
const voteWith = (fields: object) => JSON.stringify({ ...(JSON.parse(vote) as object), ...fields });
const comment = (fields: object) => JSON.stringify({ story, text: 'Một ý kiến', ...fields });

interface Case {
  method: 'PUT' | 'POST';
  path: string;
  body: string | Buffer;
  /** `undefined` leaves a header out. Values of an array are sent as headers of their own. */
  headers?: Record<string, string | string[] | undefined>;
}
const put = (body: string | Buffer, headers?: Case['headers']): Case => ({
  method: 'PUT',
  path: 'reactions',
  body,
  ...(headers && { headers }),
});
const post = (body: string, headers?: Case['headers']): Case => ({
  ...put(body, headers),
  method: 'POST',
  path: 'comments',
});

/** Requests that the hot route takes. */
const plain: [name: string, Case][] = [
  ['a vote', put(vote)],
  ['a vote with a charset', put(vote, { 'content-type': 'application/json; charset=UTF-8' })],
  ['a vote of a server, without Origin', put(vote, { origin: undefined })],
  ['a vote from another origin', put(vote, { origin: 'https://elsewhere.example' })],
  ['a vote from the origin null', put(vote, { origin: 'null' })],
  ['a vote without a token', put(vote, { authorization: undefined })],
  ['a vote with a malformed token', put(vote, { authorization: 'Bearer rubbish' })],
  ['a vote for an unknown choice', put(voteWith({ choice: 'none' }))],
  ['a vote in an unknown poll', put(voteWith({ poll: 'none' }))],
  ['a vote of the wrong type', put(voteWith({ choice: 7 }))],
  ['a vote on another site', { ...put(vote), path: '../nowhere/reactions' }],
  ['a body with a byte order mark', put(`\uFEFF${vote}`)],
  ['a body that is not UTF-8', put(Buffer.from([0x7b, 0xff, 0x7d]))],
  ['a body of unknown fields', put(voteWith({ __proto__: null, constructor: 1, extra: {} }))],
  ['malformed JSON', put('{"story":')],
  ['an empty body', put('')],
  ['a comment', post(comment({}))],
  ['an empty comment', post(comment({ text: ' ' }))],
  ['a reply to a comment that does not exist', post(comment({ parentId: crypto.randomUUID() }))],
  ['a malformed Idempotency-Key', post(comment({}), { 'idempotency-key': 'é' })],
];

/** Requests that are left to the framework. */
const others: [name: string, Case][] = [
  ['a body above the limit', put(voteWith({ more: 'x'.repeat(70_000) }))],
  ['a body without a declared length', put(vote, { 'transfer-encoding': 'chunked', 'content-length': undefined })],
  ['plain text', put(vote, { 'content-type': 'text/plain' })],
  ['a body without a type', put(vote, { 'content-type': undefined })],
  ['application/jsonx', put(vote, { 'content-type': 'application/jsonx' })],
  ['application/json-seq', put(vote, { 'content-type': 'application/json-seq' })],
  ['application/json, with rubbish after it', put(vote, { 'content-type': 'application/json rubbish' })],
  ['application/vnd.api+json', put(vote, { 'content-type': 'application/vnd.api+json' })],
  ['a malformed Host', put(vote, { host: 'a b' })],
  ['a query', { ...put(vote), path: 'reactions?lang=en' }],
  ['an escaped path', { ...put(vote), path: 'react%69ons' }],
];

const cases = [
  ...plain.map(([name, request]) => ({ name, request, isHot: true })),
  ...others.map(([name, request]) => ({ name, request, isHot: false })),
];

test.each(cases)('$name gets the same answer with and without the framework', async ({ request, isHot }) => {
  const before = hotCount;
  const direct = await responseOf(hot, request);
  expect(hotCount - before).toBe(isHot ? 1 : 0);
  expect(direct).toEqual(await responseOf(framework, request));
});

interface ComparedResponse {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  /** Whether the body is as long as declared. */
  isWhole: boolean;
  body: unknown;
}

/** Sends a request as a new guest, so that both ways start from the same. */
async function responseOf(listener: Server, { method, path, body, headers = {} }: Case): Promise<ComparedResponse> {
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    authorization: `Bearer ${await server.guest()}`,
    'x-request-id': 'a-request',
    origin,
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const url = `/v1/sites/${path.startsWith('../') ? path.slice(3) : `paper/${path}`}`;
  return responseTo(listener, { method, path: url, headers: given }, body);
}

function responseTo(listener: Server, options: RequestOptions, body: string | Buffer = ''): Promise<ComparedResponse> {
  const { port } = listener.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = send({ port, host: '127.0.0.1', agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { date: _date, 'content-length': length, ...rest } = response.headers;
        const body = Buffer.concat(chunks);
        const isWhole = length === undefined || Number(length) === body.length;
        resolve({ status: response.statusCode, headers: rest, isWhole, body: comparable(body.toString()) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Leaves out what two requests never share: ids, times and counts. */
function comparable(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) =>
      ['id', 'createdAt', 'counts', 'total', 'version'].includes(key) ? undefined : value,
    );
  } catch {
    return text;
  }
}

test.each([
  ['an uncompressed GET', {}, { 'content-type': 'application/json; charset=utf-8' }],
  ['a compressed GET', { 'accept-encoding': 'gzip' }, { 'content-encoding': 'gzip' }],
  ['a conditional GET', { 'if-none-match': '*' }, { vary: 'Accept-Encoding' }],
])('%s gets the same response from the cache and from the framework', async (name, headers, expected) => {
  const path = `/v1/sites/paper/page?story=${encodeURIComponent(`${story}/${name}`)}&parts=comments,comments:newest,comments:oldest,reactions`;
  const read = () =>
    responseTo(framework, { method: 'GET', path, headers: { origin, 'x-request-id': 'a-request', ...headers } });
  expect(server.services.cache.get(path)).toBeUndefined();
  const made = await read();
  expect(server.services.cache.get(path)).toBeDefined();
  expect(await read()).toEqual(made);
  expect(made.headers).toMatchObject({ ...apiHeaders, ...expected });
});

test('the server keeps answering after an aborted request', async () => {
  const { port } = hot.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'PUT /v1/sites/paper/reactions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"st',
        () => socket.destroy(),
      );
    });
    socket.once('close', () => resolve());
  });
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});
