/**
 * Opens connections that no client closes, of every kind, to a started server, and checks that it releases their file
 * descriptors and goes on answering: `node faults/sockets.js [--clients 300]`. Needs a build, and Linux for /proc.
 */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { startServer } from '../test/setup/start-server.js';

const { values: options } = parseArgs({ options: { clients: { type: 'string', default: '300' } } });
const clientCount = Number(options.clients);
/** The time in which each kind must be released: by the limits of `server/src/http/connection-limits.ts`, and some more. */
const answeredMs = 5_000;
const slowMs = 60_000;
const unreadMs = 90_000;

/** @param {string} method @param {string} path @param {string[]} [headers] */
const head = (method, path, headers = []) =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** @type {{ name: string, text: string, withinMs: number, trickles?: boolean, reads?: boolean, ends?: boolean }[]} */
const kinds = [
  { name: 'malformed, the answer ignored', text: 'NONSENSE\r\n\r\n', withinMs: answeredMs },
  { name: 'two hosts, the answer ignored', text: head('GET', '/healthz', ['Host: other']), withinMs: answeredMs },
  {
    name: 'event stream, half closed',
    text: head('GET', '/v1/sites/demo/live?story=x'),
    withinMs: answeredMs,
    ends: true,
  },
  { name: 'nothing sent', text: '', withinMs: slowMs },
  { name: 'headers a byte at a time', text: 'GET /healthz HTTP/1.1\r\nX: ', withinMs: slowMs, trickles: true },
  {
    name: 'body a byte at a time',
    text: head('PUT', '/v1/sites/demo/reactions', ['Content-Type: application/json', 'Content-Length: 60000']),
    withinMs: slowMs,
    trickles: true,
  },
  { name: 'many requests at once', text: head('GET', '/docs').repeat(500), withinMs: answeredMs },
  { name: 'answers never read', text: head('GET', '/openapi.json').repeat(10), withinMs: unreadMs, reads: false },
];

const server = await startServer({ env: { AFTERWORD_LOG: 'warn' } });
const countDescriptors = () => readdirSync(`/proc/${server.pid}/fd`).length;
await (await fetch(`${server.url}/healthz`, { headers: { connection: 'close' } })).text();
const before = countDescriptors();
let hasFailed = false;

for (const kind of kinds) {
  const clients = await Promise.all(Array.from({ length: clientCount }, () => open(kind)));
  const opened = countDescriptors() - before;
  const startedAt = performance.now();
  while (countDescriptors() > before && performance.now() - startedAt < kind.withinMs) await pause(50);
  const left = countDescriptors() - before;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { ok } = await fetch(`${server.url}/healthz`, { headers: { connection: 'close' } });
  console.log(
    `${kind.name}: ${opened} descriptors at first, ${Math.max(left, 0)} after ${seconds} s, ${ok ? 'answers' : 'does not answer'}`,
  );
  hasFailed ||= left > 0 || !ok;
  for (const client of clients) client.destroy();
  while (countDescriptors() > before) await pause(50);
}
process.stdout.write(server.output());
hasFailed ||= (await server.stop()) !== 0;
console.log(hasFailed ? 'FAILED' : 'Every descriptor was released.');
process.exitCode = hasFailed ? 1 : 0;

/**
 * Opens a connection whose client never closes its side.
 *
 * @param {(typeof kinds)[number]} kind
 * @returns {Promise<import('node:net').Socket>}
 */
function open({ text, trickles = false, reads = true, ends = false }) {
  return new Promise((resolve) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    if (reads) socket.resume();
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      socket.write(text);
      if (ends) socket.end();
      if (trickles) {
        const timer = setInterval(() => socket.write('x'), 500);
        socket.once('close', () => clearInterval(timer));
      }
      resolve(socket);
    });
    socket.once('close', () => resolve(socket));
  });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
