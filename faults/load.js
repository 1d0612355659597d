/**
 * Puts a server under mixed load for long, and samples its memory each minute: `node faults/load.js [minutes]
 * [--database sqlite|postgres]`. Readers write, others read, and event streams come and go. All acknowledged writes must
 * be there at the end, counters equal, and memory flat. Needs a build, and Linux for /proc. See faults/README.md.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { parseArgs } from 'node:util';
import { median, printTable } from '../bench/table.js';
import { runCommand } from '../test/setup/run-command.js';
import { startServer } from '../test/setup/start-server.js';
import { createDatabase } from './databases.js';
import { Journal } from './journal.js';
import { send } from './send.js';
import { Writers } from './writers.js';

const { values: options, positionals } = parseArgs({
  options: { database: { type: 'string', default: 'sqlite' } },
  allowPositionals: true,
});
const minutes = Number(positionals[0] ?? 30);
const writerCount = 10;
const readerCount = 10;
const streamCount = 50;
/** Comments per story stay few, and stories are many, as on a newspaper's site. */
const storyMs = 5000;
/** Above this growth of the heap from the second quarter to the last, memory is not flat. */
const maxGrowth = 1.15;

const database = await createDatabase(options.database === 'postgres' ? 'postgres' : 'sqlite');
const heapReport = new URL('heap-after-gc.js', import.meta.url).href;
const server = await startServer({
  data: database.data,
  env: { ...database.env, NODE_OPTIONS: `--import ${heapReport}` },
});
const site = `http://127.0.0.1:${server.port}/v1/sites/demo`;
const endsAt = performance.now() + minutes * 60_000;
const isOver = () => performance.now() >= endsAt;
const currentStory = () => `load-${Math.floor(Date.now() / storyMs)}`;
/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const journal = new Journal();
const counts = { reads: 0, streams: 0, events: 0, errors: 0 };
const writers = new Writers(journal);
await writers.join(site, writerCount);
/** @type {Record<string, number>[]} */
const samples = [];
await Promise.all([
  write(),
  ...Array.from({ length: readerCount }, readPages),
  ...Array.from({ length: streamCount }, watch),
  sample(),
]);

const { losses, repeated } = await journal.compare(database);
const recount = await runCommand(['recount'], database.env);
const damage = await database.findDamage();
const exitCode = await server.stop();
await database.drop();
printTable(`Memory under mixed load, ${options.database}`, samples);
const quarter = Math.floor(samples.length / 4);
const heapOf = (/** @type {typeof samples} */ part) => median(part.map((one) => Number(one['heap after gc MB'])));
const growth = heapOf(samples.slice(-Math.max(1, quarter))) / heapOf(samples.slice(quarter, Math.max(1, quarter * 2)));
printTable('Afterwards', [
  {
    acknowledged: journal.total,
    ...counts,
    lost: losses.length,
    'stored twice': repeated.length,
    'counters differ': recount.code === 0 ? 0 : 1,
    damage: damage || 'none',
    'exit code': exitCode ?? 'none',
    'heap, last quarter by second': growth,
  },
]);
const hasFailed =
  losses.length + repeated.length + counts.errors > 0 ||
  recount.code !== 0 ||
  damage ||
  exitCode !== 0 ||
  growth > maxGrowth;
console.log(
  hasFailed
    ? `\nFAILED\n${recount.output}${recount.error}${server.output().slice(-2000)}`
    : '\nMemory is flat, and nothing is lost.',
);
process.exitCode = hasFailed ? 1 : 0;

/** Writes to another story every few seconds. */
async function write() {
  while (!isOver()) {
    const timer = setTimeout(() => writers.stop(), Math.min(storyMs, endsAt - performance.now()));
    const { refused, unanswered } = await writers.run(site, { story: currentStory(), goesOn: true });
    clearTimeout(timer);
    counts.errors += unanswered + Object.values(refused).reduce((sum, count) => sum + count, 0);
    for (const [refusal, count] of Object.entries(refused)) console.error(`${count} × ${refusal}`);
  }
}

/** Reads pages and threads, half of them uncached. */
async function readPages() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sorts = ['best', 'discussed', 'newest', 'oldest'];
  for (let turn = 0; !isOver(); turn++) {
    const story = currentStory();
    const path =
      turn % 2 === 0
        ? `/page?story=${story}&parts=reactions,comments`
        : `/comments?story=${story}&sort=${sorts[turn % sorts.length]}&limit=${1 + (turn % 50)}`;
    const answer = await send(agent, `${site}${path}`, 'GET', '', undefined);
    counts.reads++;
    if (typeof answer === 'string' || answer.status !== 200) {
      counts.errors++;
      console.error(`GET ${path}: ${typeof answer === 'string' ? answer : answer.text}`);
    }
    await pause(Math.random() * 50);
  }
  agent.destroy();
}

/** Opens an event stream, and leaves after some seconds. */
async function watch() {
  while (!isOver()) {
    counts.streams++;
    await new Promise((resolve) => {
      const request = get(`${site}/live?story=${currentStory()}`, { agent: false }, (response) => {
        response.on('data', () => counts.events++).on('error', resolve);
        setTimeout(() => response.destroy(), Math.random() * 10_000);
        response.once('close', resolve);
      });
      request.once('error', resolve);
    });
  }
}

async function sample() {
  const startedAt = performance.now();
  while (!isOver()) {
    await pause(Math.min(60_000, Math.max(0, endsAt - performance.now())));
    samples.push({
      minute: Math.round((performance.now() - startedAt) / 6000) / 10,
      'RSS MB': residentMb(),
      'heap after gc MB': await heapMb(),
      acknowledged: journal.total,
      reads: counts.reads,
      'streams opened': counts.streams,
    });
    console.log(JSON.stringify(samples.at(-1)));
  }
}

/** @returns {Promise<number>} */
async function heapMb() {
  const reports = () => [...server.output().matchAll(/heap after gc: (\d+)/g)];
  const before = reports().length;
  process.kill(server.pid, 'SIGUSR2');
  while (reports().length === before) await pause(20);
  return Number(reports().at(-1)?.[1]) / 1e6;
}

function residentMb() {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
