/**
 * Measures the server's throughput: `node bench/server.js [--runs 5] [--seconds 4] [--only comments]`.
 * The load runs on the same cores. A bare server does the same work in the same run, because only the ratio is comparable
 * across machines. Needs a build; see bench/README.md.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import Database from 'libsql';
import getPort from 'get-port';
import { root } from '../scripts/commands.js';
import { startServer } from '../test/setup/start-server.js';
import { load, loader } from './load.js';
import { median, printTable } from './table.js';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    readers: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
});
const runs = Number(options.runs);
const seconds = Number(options.seconds);
const readerCount = Number(options.readers);
const story = 'bench-hot-story';
const site = '/v1/sites/demo';
const page = `${site}/page?story=${story}&parts=reactions,comments,stories:dont-miss,stories:most-read,stories:latest,newsletter`;

const data = mkdtempSync(join(tmpdir(), 'afterword-bench-'));
process.once('exit', () => rmSync(data, { recursive: true, force: true }));
const settings = { data, env: { AFTERWORD_LIMITS: 'off', AFTERWORD_LOG: 'warn' } };
// The first start seeds the demo. The second one is measured, as later starts of an operator.
await (await startServer(settings)).stop();
const afterword = await startServer(settings);
const idleMb = residentMb(afterword.pid);
const tokens = await createReaders();
await postComments(100);
const readPage = () => fetch(afterword.url + page);
const pageBody = Buffer.from(await (await readPage()).arrayBuffer());
const bare = await startBare();

const { poll } = await readReactions();
const choices = poll.choices.map(({ id }) => id);

/**
 * Every reader in turn, then every reader again with another choice, so that no vote repeats the one before.
 *
 * @param {string} [query] with one, the framework answers: see server/src/http/hot-routes.ts
 */
const votes = (query = '') =>
  choices.flatMap((choice) =>
    tokens.map((token) => ({
      method: 'PUT',
      path: `${site}/reactions${query}`,
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ story, poll: poll.id, choice }),
    })),
  );
const bareVotes = choices.flatMap((choice) =>
  tokens.map((_, reader) => ({
    method: 'PUT',
    path: '/vote',
    body: JSON.stringify({ key: String(reader), value: choice }),
  })),
);

/**
 * Comments by all readers in turn.
 *
 * @param {string} text
 */
const comments = (text) =>
  tokens.map((token) => ({
    method: 'POST',
    path: `${site}/comments`,
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'bench-{n}' },
    body: JSON.stringify({ story: 'bench-comments', text }),
  }));
const bareComment = [{ method: 'POST', path: '/comment', body: JSON.stringify({ key: '{n}', value: 'Một ý kiến.' }) }];

const work = [
  {
    name: `GET /page, six parts, ${kilobytes(pageBody.length)}`,
    budget: 20_000,
    ours: [{ path: page }],
    bare: [{ path: '/' }],
  },
  {
    name: 'GET /page, 304',
    budget: 20_000,
    // Before each run: the page changes while sort orders and rails of the new comments are made.
    ours: async () => [{ path: page, headers: { 'if-none-match': (await readPage()).headers.get('etag') ?? '' } }],
    bare: [{ path: '/', headers: { 'if-none-match': '"bare"' } }],
  },
  {
    name: 'GET /comments, 20 of 100',
    budget: 20_000,
    ours: [{ path: `${site}/comments?story=${story}&limit=20` }],
    bare: [{ path: '/' }],
  },
  {
    name: 'PUT /reactions, one hot poll, each a change',
    budget: 12_000,
    ours: votes(),
    bare: bareVotes,
  },
  {
    name: 'PUT /reactions, the same by the framework',
    budget: '',
    ours: votes('?lang=vi'),
    bare: bareVotes,
  },
  {
    name: 'POST /comments, without markup',
    budget: 10_000,
    ours: comments('Một ý kiến ngắn, số {n}, không có định dạng gì.'),
    bare: bareComment,
  },
  {
    name: 'POST /comments, with markup',
    budget: '',
    ours: comments(
      '> Một câu được trích\n\nMột **ý kiến** ngắn, số {n}, có *định dạng* và [một liên kết](https://example.org).',
    ),
    bare: bareComment,
  },
].filter(({ name }) => name.includes(options.only));

try {
  const rows = [];
  for (const { name, budget, ours, bare: floor } of work) {
    const requests = async () => (typeof ours === 'function' ? await ours() : ours);
    await load(afterword.url, await requests(), 1);
    const results = [];
    const floors = [];
    for (let run = 0; run < runs; run++) {
      floors.push(await load(bare.url, floor, seconds));
      results.push(await load(afterword.url, await requests(), seconds));
    }
    const rps = median(results.map((result) => result.rps));
    const floorRps = median(floors.map((result) => result.rps));
    rows.push({
      work: name,
      'per second': Math.round(rps),
      budget,
      met: budget === '' ? '' : rps >= Number(budget) ? 'yes' : 'no',
      'p50 ms': median(results.map(({ p50 }) => p50)),
      'p99 ms': median(results.map(({ p99 }) => p99)),
      refused: results.reduce((sum, { refused }) => sum + refused, 0),
      'bare server': Math.round(floorRps),
      'of bare, %': Math.round((100 * rps) / floorRps),
    });
  }
  const busyMb = residentMb(afterword.pid);
  const shown = await readReactions();
  await afterword.stop();

  printTable(
    `Server: ${cpus().length} cores shared with the load, Node ${process.versions.node}, SQLite; ${loader}, medians of ${runs} runs of ${seconds} s`,
    rows,
  );
  printTable('Around it', [
    { what: 'first answer after start, ms', is: Math.round(afterword.readyMs), budget: 500 },
    { what: 'memory when idle, MB', is: idleMb, budget: 100 },
    { what: 'memory after the load, MB', is: busyMb, budget: '' },
  ]);
  printTable('Checks', [await durability(), recount(shown)]);
} finally {
  await afterword.stop();
  bare.stop();
}

/** @returns {Promise<import('../src/contract/types.js').Reactions>} */
async function readReactions() {
  const response = await fetch(`${afterword.url}${site}/reactions?story=${story}`);
  return /** @type {Promise<any>} */ (response.json());
}

/** @returns {Promise<string[]>} tokens of new guests */
async function createReaders() {
  const guests = [];
  while (guests.length < readerCount) {
    const batch = Array.from({ length: 50 }, async () => {
      const response = await send('POST', '/readers', { name: 'Bạn đọc' });
      return /** @type {any} */ (await response.json()).token;
    });
    guests.push(...(await Promise.all(batch)));
  }
  return guests;
}

/** @param {number} count */
async function postComments(count) {
  for (let index = 0; index < count; index++) {
    await send(
      'POST',
      '/comments',
      { story, text: `Bình luận thứ ${index}: một ý kiến dài vừa phải, như bạn đọc thường viết.` },
      tokens[index],
    );
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {string} [token]
 */
async function send(method, path, body, token) {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(`${afterword.url}${site}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

async function startBare() {
  const port = await getPort({ host: '127.0.0.1' });
  const bodyFile = join(data, 'page.json');
  writeFileSync(bodyFile, pageBody);
  const args = [join(root, 'bench/bare-server.js'), String(port), join(data, 'bare.db'), bodyFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** Reads `synchronous` from a connection opened as the server opens it. */
async function durability() {
  const { openSqlite } = await import(pathToFileURL(join(root, 'server/dist/sqlite.js')).href);
  const driver = openSqlite(join(data, 'afterword.db'));
  const { rows } = await driver.connection.use((/** @type {import('kysely').Kysely<any>} */ db) =>
    sql`pragma synchronous`.execute(db),
  );
  await driver.close();
  const level = /** @type {{ synchronous: number }[]} */ (rows)[0];
  const isFull = level?.synchronous === 2;
  return {
    check: 'synchronous is FULL on the connection that writes',
    result: isFull ? 'yes' : `NO: ${JSON.stringify(level)}`,
  };
}

/**
 * Compares the votes shown with the number of their rows.
 *
 * @param {import('../src/contract/types.js').Reactions} shown
 */
function recount(shown) {
  const database = new Database(join(data, 'afterword.db'), { readonly: true });
  const { total } = /** @type {{ total: number }} */ (
    database
      .prepare('select count(*) as total from reaction_votes v join stories s on s.id = v.story_id where s.key = ?')
      .get(story)
  );
  database.close();
  const sum = Object.values(shown.counts ?? {}).reduce((a, b) => a + b, 0);
  const agrees = total === shown.total && total === sum;
  return {
    check: 'votes counted from rows = total shown = sum of choices',
    result: agrees ? `yes, ${total}` : `NO: ${total}, ${shown.total}, ${sum}`,
  };
}

/**
 * @param {number | string} pid
 * @returns {number} resident memory in MB; 0 where there is no /proc
 */
function residentMb(pid) {
  try {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    // The system has no /proc.
    return 0;
  }
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
