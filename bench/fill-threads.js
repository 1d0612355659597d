/** Inserts threads into a database directly: through the API it would take minutes. */
import { randomUUID } from 'node:crypto';
import Sqlite from 'libsql';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';

const batchRows = 1000;
const readerCount = 500;
const text = 'Một ý kiến dài vừa phải, như bạn đọc thường viết dưới một bài báo mà họ đã đọc đến cuối.';
const nodes = JSON.stringify([{ type: 'paragraph', children: [{ type: 'text', value: text }] }]);
const columns = {
  readers: ['id', 'site_id', 'name', 'kind', 'verified', 'badges_json', 'created_at'],
  stories: ['id', 'site_id', 'key', 'url', 'kind', 'dont_miss', 'created_at', 'updated_at'],
  threads: ['story_id', 'state', 'total', 'version'],
  comments: [
    ...['id', 'site_id', 'story_id', 'parent_id', 'root_id', 'depth', 'author_id', 'text', 'nodes_json', 'state'],
    ...['created_at', 'up', 'down', 'score', 'replies', 'pinned', 'featured'],
  ],
};

/**
 * @typedef {keyof typeof columns} Table
 * @typedef {(table: Table, rows: readonly unknown[][]) => Promise<void>} Insert
 * @typedef {{ middle: string, discussed: string, deepest: string }} FilledThread ids of comments
 */

/**
 * Adds threads to the site `demo`, and other threads until there are enough comments.
 *
 * @template {string} Name
 * @param {{ kind: 'sqlite' | 'postgres', url: string }} database
 * @param {Record<Name, number>} sizes number of roots by name of the story; two replies each, a branch and a comment with many replies
 * @param {number} minComments in all
 * @returns {Promise<Record<Name, FilledThread>>}
 */
export async function fillThreads(database, sizes, minComments) {
  const { insert, close } = database.kind === 'sqlite' ? openSqlite(database.url) : await openPostgres(database.url);
  const readers = Array.from({ length: readerCount }, () => uuidv7());
  await insert(
    'readers',
    readers.map((id) => [id, 'demo', 'Bạn đọc', 'guest', 0, '[]', 0]),
  );
  /** @type {unknown[][]} */
  let pendingRows = [];
  let commentCount = 0;
  const flush = async () => {
    await insert('comments', pendingRows);
    pendingRows = [];
  };
  /** @param {string} storyId @param {{ id: string, root: string, depth: number } | null} parent @param {number} replies */
  const write = async (storyId, parent, replies) => {
    const id = uuidv7();
    const up = commentCount % 97;
    const root = parent ? parent.root : id;
    const depth = parent ? parent.depth + 1 : 0;
    const at = Date.now() - 86_400_000 + commentCount++;
    const author = readers[commentCount % readers.length];
    const values = [id, 'demo', storyId, parent?.id ?? null, root, depth, author, text, nodes, 'visible'];
    pendingRows.push([...values, at, up, 0, up / 100, replies, 0, 0]);
    if (pendingRows.length === batchRows) await flush();
    return { id, root, depth };
  };
  /** @param {string} name @param {number} roots */
  const addThread = async (name, roots) => {
    const storyId = randomUUID();
    await insert('stories', [[storyId, 'demo', name, '', 'article', 0, 0, 0]]);
    const all = [];
    for (let root = 0; root < roots; root++) all.push(await write(storyId, null, 2));
    for (const root of all) for (let reply = 0; reply < 2; reply++) await write(storyId, root, 0);
    // The API returns only the last ancestors of a deep reply.
    const [replies, depth] = roots > 1000 ? [10_000, 10_000] : [10, 50];
    const discussed = await write(storyId, null, replies);
    for (let reply = 0; reply < replies; reply++) await write(storyId, discussed, 0);
    let deepest = await write(storyId, null, 1);
    for (let level = 1; level <= depth; level++) deepest = await write(storyId, deepest, level < depth ? 1 : 0);
    await flush();
    await insert('threads', [[storyId, 'open', roots, 1]]);
    return { middle: String(all[roots / 2]?.id), discussed: discussed.id, deepest: deepest.id };
  };
  /** @type {[string, FilledThread][]} */
  const filled = [];
  for (const [name, roots] of Object.entries(sizes)) filled.push([name, await addThread(name, Number(roots))]);
  for (let other = 0; commentCount < minComments; other++) await addThread(`other-${other}`, 300);
  await close();
  return /** @type {Record<Name, FilledThread>} */ (Object.fromEntries(filled));
}

/** @param {string} url @returns {{ insert: Insert, close: () => Promise<void> }} */
function openSqlite(url) {
  const database = new Sqlite(url.replace('sqlite:', ''));
  database.exec('begin');
  return {
    insert: async (table, rows) => {
      const statement = database.prepare(
        `insert into ${table} (${columns[table].join(', ')}) values (${columns[table].map(() => '?').join(', ')})`,
      );
      for (const row of rows) statement.run(...row);
    },
    close: async () => {
      database.exec('commit');
      database.close();
    },
  };
}

/** @param {string} url @returns {Promise<{ insert: Insert, close: () => Promise<void> }>} */
async function openPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin');
  return {
    insert: async (table, rows) => {
      if (rows.length === 0) return;
      const names = columns[table];
      const places = rows.map(
        (_, row) => `(${names.map((_name, at) => `$${row * names.length + at + 1}`).join(', ')})`,
      );
      await client.query(`insert into ${table} (${names.join(', ')}) values ${places.join(', ')}`, rows.flat());
    },
    close: async () => {
      await client.query('commit');
      // As autovacuum does a little later.
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}
