/**
 * Takes the disk from SQLite, and the connections and the processes from PostgreSQL, while readers write:
 * `node faults/outage.js [rounds] [--database sqlite|postgres]`. Writes must be refused with 503 `unavailable`, reading
 * from a full disk and from the cache must go on, `/readyz` must report it, and all must recover without a restart. Needs a
 * build; on SQLite, root on Linux for a small file system. See faults/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.js';
import { startPostgres } from '../scripts/postgres.js';
import { runCommand } from '../test/setup/run-command.js';
import { startServer } from '../test/setup/start-server.js';
import { createDatabase, kinds } from './databases.js';
import { Journal } from './journal.js';
import { Writers } from './writers.js';

const { values: options, positionals } = parseArgs({
  options: { database: { type: 'string' }, seconds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const rounds = Number(positionals[0] ?? 3);
const outageMs = Number(options.seconds) * 1000;
/** Longer than the server waits for a statement: after a shorter stop, all statements go on. */
const minStopMs = 15_000;
const writerCount = 20;
const loadMs = 2000;
const maxRecoveryMs = 30_000;
/** The server gives up a statement after 10 seconds, and a connection after 5. */
const maxAnswerMs = 20_000;
const diskMegabytes = 64;
/** Less than a cached response lives. */
const maxCachedMs = 4000;

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {'always' | 'cached' | 'never'} reads comments that must be read meanwhile
 * @property {number} [lastsMs]
 * @property {() => unknown} begin
 * @property {() => unknown} end
 */

/** @type {Record<string, string | number>[]} */
const table = [];
for (const kind of kinds) {
  if (options.database !== undefined && options.database !== kind) continue;
  if (kind === 'sqlite') await onSmallDisk();
  else {
    await behindProxy();
    await onStoppedPostgres();
  }
}
printTable(`Outages of ${outageMs / 1000} s while ${writerCount} readers write`, table);
const harm = [
  'lost',
  'stored twice',
  'counters differ',
  'other refusals',
  'reads refused',
  'not reported',
  'no recovery',
];
const hasFailed = table.some((row) => harm.some((name) => row[name] !== 0) || Number(row['slowest ms']) > maxAnswerMs);
console.log(hasFailed ? '\nFAILED' : '\nNothing acknowledged is lost, and all works again.');
process.exitCode = hasFailed ? 1 : 0;

/** Fills a file system of its own. */
async function onSmallDisk() {
  const disk = mkdtempSync(join(tmpdir(), 'afterword-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk]);
  try {
    const database = await createDatabase('sqlite', { folder: disk });
    const filler = join(disk, 'filler');
    const fill = () => {
      // Until nothing fits any more.
      for (let size = 1 << 20; size >= 512; size = size > 512 ? size / 2 : 0) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // Full for this size.
        }
      }
    };
    const fault = { name: 'disk full', reads: /** @type {const} */ ('always'), begin: fill, end: () => rmSync(filler) };
    await run(database, database.env, [fault]);
    await database.drop();
  } finally {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}

/** Stops and breaks the connections to PostgreSQL, which stays as it is for others. */
async function behindProxy() {
  const database = await createDatabase('postgres');
  const url = new URL(database.url);
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 5432) });
  url.host = `127.0.0.1:${proxy.port}`;
  await run(database, { ...database.env, AFTERWORD_DATABASE: url.href }, [
    { name: 'paused', reads: 'never', begin: proxy.pause, end: proxy.resume },
    { name: 'restarted', reads: 'never', begin: proxy.refuse, end: proxy.resume },
  ]);
  await proxy.close();
  await database.drop();
}

/** Stops all processes of a PostgreSQL of its own. The kernel keeps what is sent to them, and they execute it afterwards. */
async function onStoppedPostgres() {
  const postgres = await startPostgres();
  const signalAll = (/** @type {NodeJS.Signals} */ signal) => {
    process.kill(postgres.pid, signal);
    const { stdout } = spawnSync('pgrep', ['-P', String(postgres.pid)], { encoding: 'utf8' });
    for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), signal);
  };
  try {
    const database = await createDatabase('postgres', { server: postgres.url });
    const [begin, end] = [() => signalAll('SIGSTOP'), () => signalAll('SIGCONT')];
    await run(database, database.env, [
      { name: 'stopped', reads: 'cached', lastsMs: Math.max(outageMs, minStopMs), begin, end },
    ]);
    await database.drop();
  } finally {
    signalAll('SIGCONT');
    await postgres.stop();
  }
}

/**
 * @param {import('./databases.js').TestDatabase} database
 * @param {Record<string, string>} env settings of the server
 * @param {Fault[]} faults
 */
async function run(database, env, faults) {
  const server = await startServer({ data: database.data, env });
  const site = `http://127.0.0.1:${server.port}/v1/sites/demo`;
  const statusOf = async (/** @type {string} */ url) => (await fetch(url)).status;
  const readyStatus = () => statusOf(`http://127.0.0.1:${server.port}/readyz`);
  const journal = new Journal();
  const writers = new Writers(journal);
  await writers.join(site, writerCount);
  for (const fault of faults) {
    const result = {
      ...{ case: `${database.kind}, ${fault.name}`, rounds, acknowledged: 0, unavailable: 0, 'other refusals': 0 },
      ...{ 'reads refused': 0, 'not reported': 0, 'no recovery': 0, lost: 0, 'stored twice': 0, 'counters differ': 0 },
      ...{ 'slowest ms': 0, 'recovery ms': 0 },
    };
    const before = journal.total;
    for (let round = 0; round < rounds; round++) {
      const story = `${fault.name.replace(' ', '-')}-${round}`;
      const writing = writers.run(site, { story, goesOn: true });
      await pause(loadMs);
      const quiet = `${site}/comments?story=quiet-${round}`;
      await statusOf(quiet);
      await fault.begin();
      const beganAt = performance.now();
      const endsAt = beganAt + (fault.lastsMs ?? outageMs);
      let isReported = false;
      for (let turn = 0; performance.now() < endsAt || (!isReported && performance.now() < endsAt + 5000); turn++) {
        isReported ||= (await readyStatus()) === 503;
        const sort = ['best', 'discussed', 'newest'][turn % 3];
        const isCached = fault.reads === 'cached' && performance.now() - beganAt < maxCachedMs;
        const read =
          fault.reads === 'always'
            ? `${site}/comments?story=${story}&sort=${sort}&limit=${1 + (turn % 50)}`
            : isCached && quiet;
        if (read && (await statusOf(read)) !== 200) result['reads refused']++;
        await pause(100);
      }
      if (!isReported) result['not reported']++;
      await fault.end();
      const endedAt = performance.now();
      const acknowledged = journal.total;
      const isWorking = async () => (await readyStatus()) === 200 && journal.total > acknowledged + writerCount;
      let hasRecovered = false;
      while (!hasRecovered && performance.now() - endedAt < maxRecoveryMs) {
        hasRecovered = await isWorking();
        await pause(50);
      }
      if (!hasRecovered) result['no recovery']++;
      result['recovery ms'] = Math.max(result['recovery ms'], Math.round(performance.now() - endedAt));
      writers.stop();
      const { refused, unanswered, longestMs } = await writing;
      for (const [refusal, count] of Object.entries(refused)) {
        if (refusal.endsWith('503 unavailable')) result.unavailable += count;
        else {
          result['other refusals'] += count;
          console.error(`${result.case}: ${count} × ${refusal}`);
        }
      }
      result['other refusals'] += unanswered;
      result['slowest ms'] = Math.max(result['slowest ms'], Math.round(longestMs));
    }
    const { losses, repeated } = await journal.compare(database);
    for (const { kind, what } of losses) console.error(`${result.case}: lost of ${kind}: ${what}`);
    const recount = await runCommand(['recount'], database.env);
    if (recount.code !== 0) console.error(recount.output, recount.error);
    result.acknowledged = journal.total - before;
    result.lost = losses.length;
    result['stored twice'] = repeated.length;
    result['counters differ'] = recount.code === 0 ? 0 : 1;
    table.push(result);
  }
  await server.stop();
}

/**
 * Starts a proxy that can stop forwarding, as if the database were paused, and refuse connections, as if it were restarted.
 *
 * @param {{ host: string, port: number }} target
 */
async function startProxy(target) {
  /** @type {'forwards' | 'paused' | 'refuses'} */
  let state = 'forwards';
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const breakAll = () => sockets.forEach((socket) => socket.destroy());
  const server = createServer((client) => {
    if (state === 'refuses') return void client.destroy();
    const behind = connect(target);
    for (const [from, to] of /** @type {const} */ ([
      [client, behind],
      [behind, client],
    ])) {
      sockets.add(from);
      from.on('data', (data) => state === 'paused' || to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    pause: () => (state = 'paused'),
    refuse() {
      state = 'refuses';
      breakAll();
    },
    resume() {
      // What was sent meanwhile is lost, so that no connection can go on.
      if (state === 'paused') breakAll();
      state = 'forwards';
    },
    async close() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
