/**
 * Compares pages of a long thread with pages of a short one in the same run: `node bench/threads.js [--rounds 60]`.
 * Every request has its own address, so that no cache answers. Needs a build; see bench/README.md.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import { uuidv7 } from 'uuidv7';
import { startServer } from '../test/setup/start-server.js';
import { median, printTable } from './table.js';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '60' } } });
const rounds = Number(options.rounds);
const maxRatio = 1.5;
const data = mkdtempSync(join(tmpdir(), 'afterword-bench-'));
process.once('exit', () => rmSync(data, { recursive: true, force: true }));
const settings = { data, env: { AFTERWORD_LIMITS: 'off', AFTERWORD_LOG: 'warn' } };

// The first start creates the tables and the demo site.
await (await startServer(settings)).stop();
const threads = fill(join(data, 'afterword.db'), { short: 100, long: 50_000 });
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
    'of 100, ms': a.toFixed(2),
    'of 50,000, ms': b.toFixed(2),
    times: (b / a).toFixed(2),
    budget: maxRatio,
    met: b / a <= maxRatio ? 'yes' : 'no',
  };
}

try {
  const rows = [];
  for (const sort of ['best', 'newest', 'oldest', 'discussed']) {
    rows.push(await compare(`${sort}, first page`, `&sort=${sort}`, `&sort=${sort}`));
    const deep = { short: await walk('short', sort, 2), long: await walk('long', sort, 40) };
    rows.push(await compare(`${sort}, deep inside`, deep.short, deep.long));
  }
  const { short, long } = threads;
  rows.push(await compare('around a root', `&anchor=${short.middle}`, `&anchor=${long.middle}`));
  rows.push(await compare('replies, 10 against 10,000', `&parent=${short.discussed}`, `&parent=${long.discussed}`));
  rows.push(await compare('around a reply, 50 and 10,000 deep', `&anchor=${short.deepest}`, `&anchor=${long.deepest}`));
  printTable(`A page of a thread, without a cache; medians of ${rounds}, in turn`, rows);
} finally {
  await afterword.stop();
}

/** Follows cursors, and returns the query of the page reached. @param {string} story @param {string} sort @param {number} pages */
async function walk(story, sort, pages) {
  let query = `&sort=${sort}`;
  for (let page = 0; page < pages; page++) query = `&sort=${sort}&cursor=${(await readPage(story, query)).nextCursor}`;
  return query;
}

/**
 * Inserts threads into the database directly: through the API it would take minutes.
 *
 * @template {string} Name
 * @param {string} file
 * @param {Record<Name, number>} sizes number of roots
 */
function fill(file, sizes) {
  const database = new Database(file);
  database.exec('begin');
  const reader = database.prepare(`
    insert into readers (id, site_id, name, kind, verified, badges_json, created_at)
    values (?, 'demo', ?, 'guest', 0, '[]', 0)`);
  const readers = Array.from({ length: 500 }, () => uuidv7());
  for (const id of readers) reader.run(id, 'Bạn đọc');
  const story = database.prepare(
    "insert into stories (id, site_id, key, url, kind, dont_miss, created_at, updated_at) values (?, 'demo', ?, '', 'article', 0, 0, 0)",
  );
  const thread = database.prepare("insert into threads (story_id, state, total, version) values (?, 'open', ?, 1)");
  const comment = database.prepare(`
    insert into comments (id, site_id, story_id, parent_id, root_id, depth, author_id, text, nodes_json, state,
      created_at, up, down, score, replies, pinned, featured)
    values (?, 'demo', ?, ?, ?, ?, ?, ?, ?, 'visible', ?, ?, 0, ?, ?, 0, 0)`);
  const text = 'Một ý kiến dài vừa phải, như bạn đọc thường viết dưới một bài báo mà họ đã đọc đến cuối.';
  const nodes = JSON.stringify([{ type: 'paragraph', children: [{ type: 'text', value: text }] }]);
  let commentCount = 0;
  /** @param {string} storyId @param {{ id: string, root: string, depth: number } | null} parent @param {number} replies */
  const write = (storyId, parent, replies) => {
    const id = uuidv7();
    const up = commentCount % 97;
    const root = parent ? parent.root : id;
    const depth = parent ? parent.depth + 1 : 0;
    const at = Date.now() - 86_400_000 + commentCount++;
    const author = readers[commentCount % readers.length];
    comment.run(id, storyId, parent?.id ?? null, root, depth, author, text, nodes, at, up, up / 100, replies);
    return { id, root, depth };
  };
  const filledThreads = Object.entries(sizes).map(([name, size]) => {
    const roots = Number(size);
    const storyId = randomUUID();
    story.run(storyId, name);
    const all = Array.from({ length: roots }, () => write(storyId, null, 2));
    for (const root of all) for (let reply = 0; reply < 2; reply++) write(storyId, root, 0);
    const discussed = write(storyId, null, roots > 1000 ? 10_000 : 10);
    for (let reply = 0; reply < (roots > 1000 ? 10_000 : 10); reply++) write(storyId, discussed, 0);
    // The API returns only the last ancestors of a deep reply.
    const depth = roots > 1000 ? 10_000 : 50;
    let deepest = write(storyId, null, 1);
    for (let level = 1; level <= depth; level++) deepest = write(storyId, deepest, level < depth ? 1 : 0);
    thread.run(storyId, roots);
    return [name, { middle: all[roots / 2]?.id, discussed: discussed.id, deepest: deepest.id }];
  });
  database.exec('commit');
  database.close();
  return /** @type {Record<Name, { middle: string, discussed: string, deepest: string }>} */ (
    Object.fromEntries(filledThreads)
  );
}
