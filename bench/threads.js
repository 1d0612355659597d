/**
 * Compares pages of a long thread with pages of a short one in the same run: `node bench/threads.js [--rounds 60]
 * [--database sqlite|postgres] [--rows 700000] [--only newest]`. Every request has its own address, so that no cache
 * answers. Needs a build; see bench/README.md.
 */
import { parseArgs } from 'node:util';
import { createDatabase } from '../faults/databases.js';
import { startServer } from '../test/setup/start-server.js';
import { fillThreads } from './fill-threads.js';
import { median, printTable } from './table.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    database: { type: 'string', default: 'sqlite' },
    rows: { type: 'string', default: '170000' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(options.rounds);
const rowCount = Number(options.rows);
const maxRatio = 1.5;
const shortRoots = 100;
/** Such a thread has 170,000 comments. */
const longRoots = Math.min(50_000, rowCount / 4);
const database = await createDatabase(options.database === 'postgres' ? 'postgres' : 'sqlite');
const settings = { data: database.data, env: database.env };

// The first start creates the tables and the demo site.
await (await startServer(settings)).stop();
const threads = await fillThreads(database, { short: shortRoots, long: longRoots }, rowCount);
const afterword = await startServer(settings);
let number = 0;

/** @param {string} story @param {string} [query] @returns {Promise<any>} */
async function readPage(story, query = '') {
  const response = await fetch(`${afterword.url}/v1/sites/demo/comments?story=${story}${query}&n=${number++}`);
  const page = /** @type {any} */ (await response.json());
  if (!response.ok) throw new Error(`${query} answered ${response.status}: ${JSON.stringify(page)}`);
  return page;
}

/**
 * Reads a page of each thread in turn.
 *
 * @param {string} work
 * @param {string} short a query
 * @param {string} long a query
 */
async function compare(work, short, long) {
  /** @type {Record<string, number[]>} */
  const times = { short: [], long: [] };
  for (let round = -5; round < rounds; round++) {
    for (const [story, query] of [
      ['short', short],
      ['long', long],
    ]) {
      const startedAt = performance.now();
      await readPage(String(story), query);
      if (round >= 0) times[String(story)]?.push(performance.now() - startedAt);
    }
  }
  const [a, b] = [median(times.short ?? []), median(times.long ?? [])];
  return {
    work,
    [`of ${shortRoots}, ms`]: a.toFixed(2),
    [`of ${longRoots.toLocaleString('en')}, ms`]: b.toFixed(2),
    times: (b / a).toFixed(2),
    budget: maxRatio,
    met: b / a <= maxRatio ? 'yes' : 'no',
  };
}

/** @type {Record<string, string | number>[]} */
const table = [];
/** @param {string} work @param {() => Promise<[short: string, long: string]> | [short: string, long: string]} queries */
async function measure(work, queries) {
  if (!work.includes(options.only)) return;
  const [short, long] = await queries();
  table.push(await compare(work, short, long));
}

try {
  for (const sort of ['best', 'newest', 'oldest', 'discussed']) {
    await measure(`${sort}, first page`, () => [`&sort=${sort}`, `&sort=${sort}`]);
    await measure(`${sort}, deep inside`, async () => [await walk('short', sort, 2), await walk('long', sort, 40)]);
  }
  const { short, long } = threads;
  await measure('around a root', () => [`&anchor=${short.middle}`, `&anchor=${long.middle}`]);
  await measure('replies, 10 against 10,000', () => [`&parent=${short.discussed}`, `&parent=${long.discussed}`]);
  await measure('around a reply, 50 and 10,000 deep', () => [`&anchor=${short.deepest}`, `&anchor=${long.deepest}`]);
  const [{ count }] = await database.query('select count(*) as count from comments');
  const place = `${database.kind}, ${Number(count).toLocaleString('en')} comments`;
  printTable(`A page of a thread, without a cache; ${place}; medians of ${rounds}, in turn`, table);
} finally {
  await afterword.stop();
  await database.drop();
}

/** Follows cursors, and returns the query of the page reached. @param {string} story @param {string} sort @param {number} pages */
async function walk(story, sort, pages) {
  let query = `&sort=${sort}`;
  for (let page = 0; page < pages; page++) query = `&sort=${sort}&cursor=${(await readPage(story, query)).nextCursor}`;
  return query;
}
