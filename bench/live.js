/**
 * Measures how soon the viewers of a story receive a change: `node bench/live.js [--viewers 500] [--changes 20]`.
 * Needs a build; see bench/README.md.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { parseArgs } from 'node:util';
import { startServer } from '../test/setup/start-server.js';
import { median, printTable } from './table.js';

const { values: options } = parseArgs({
  options: { viewers: { type: 'string', default: '500' }, changes: { type: 'string', default: '20' } },
});
const viewers = Number(options.viewers);
const changes = Number(options.changes);
const story = 'bench-live';
const afterword = await startServer({ env: { AFTERWORD_LIMITS: 'off', AFTERWORD_LOG: 'warn' } });
const site = `${afterword.url}/v1/sites/demo`;
const agent = new Agent({ maxSockets: Infinity });
/** @type {Map<string, number[]>} when each viewer received a change, by its text or its version */
const receivedAt = new Map();

/** @param {string} method @param {string} path @param {object} body @param {string} [token] */
async function send(method, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${site}/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return /** @type {Promise<any>} */ (response.json());
}

/** Opens an event stream; resolves with the first event. @returns {Promise<void>} */
function openStream() {
  return new Promise((resolve, reject) => {
    get(`${site}/live?story=${story}`, { agent }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`The stream answered ${response.statusCode}.`));
      response.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        const now = performance.now();
        if (text.includes('event: thread')) resolve();
        for (const [, change] of text.matchAll(/"text":"(change-\d+)"/g)) receivedAt.get(String(change))?.push(now);
        for (const [, version] of text.matchAll(/"type":"reactions".*"version":(\d+)/g))
          receivedAt.get(`vote ${version}`)?.push(now);
      });
    }).on('error', reject);
  });
}

/**
 * Makes a change at a random moment, and waits until every viewer has received it.
 *
 * @param {string} change
 * @param {() => Promise<unknown>} work
 * @returns {Promise<number>} milliseconds from the request until the last viewer has it
 */
async function measureDelay(change, work) {
  /** @type {number[]} */
  const times = [];
  receivedAt.set(change, times);
  await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 400));
  const startedAt = performance.now();
  await work();
  while (times.length < viewers && performance.now() - startedAt < 5000)
    await new Promise((resolve) => setTimeout(resolve, 5));
  if (times.length < viewers) throw new Error(`Only ${times.length} of ${viewers} received ${change}.`);
  return Math.max(...times) - startedAt;
}

const memoryMb = () =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${afterword.pid}/status`, 'utf8'))?.[1]) / 1024);

try {
  const { token } = await send('POST', 'readers', { name: 'Bạn đọc' });
  await send('POST', 'comments', { story, text: 'Mở đầu' }, token);
  const memoryBefore = memoryMb();
  await Promise.all(Array.from({ length: viewers }, openStream));
  const memoryWatched = memoryMb();
  /** @type {Record<'comments' | 'votes', number[]>} */
  const delays = { comments: [], votes: [] };
  const choices = ['great', 'like'];
  for (let change = 0; change < changes; change++) {
    const text = `change-${change}`;
    delays.comments.push(await measureDelay(text, () => send('POST', 'comments', { story, text }, token)));
    const choice = choices[change % 2];
    // Nobody else votes, so each vote is the next version.
    delays.votes.push(
      await measureDelay(`vote ${change + 1}`, () => send('PUT', 'reactions', { story, choice }, token)),
    );
  }
  printTable(`${viewers} viewers of one story, ${changes} comments and as many votes`, [
    ...Object.entries(delays).flatMap(([what, times]) => [
      { what: `${what}: until all have received it, median ms`, is: Math.round(median(times)), budget: 1000 },
      { what: `${what}: until all have received it, longest ms`, is: Math.round(Math.max(...times)), budget: 1000 },
    ]),
    { what: 'memory of the server before, MB', is: memoryBefore, budget: '' },
    { what: 'memory with all viewers, MB', is: memoryWatched, budget: '' },
  ]);
} finally {
  agent.destroy();
  await afterword.stop();
}
process.exit(0);
