import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { createServices } from '../../server/src/app.js';
import { readConfig } from '../../server/src/config.js';
import { newSiteSchema } from '../../server/src/sites/store.js';
import { openDatabase, type Database } from '../../server/src/storage/database.js';
import { storyKey } from '../../src/contract/index.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommandWith } from './cli.js';
import { otherMigrations, spellingsOf } from './former-keys.js';
import type { OlderWrite } from './older-writers.js';
import { createPostgresDatabase, databases, origin } from './setup.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('older-writers.ts', import.meta.url));
const addressCount = 60;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** Settings of a server on an empty database. */
async function createSettings(kind: (typeof databases)[number]): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-live-upgrade-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  const made = kind === 'postgres' ? await createPostgresDatabase() : undefined;
  if (made) cleanUp.push(made.drop);
  return {
    AFTERWORD_DATA: folder,
    AFTERWORD_DATABASE: made?.url ?? `sqlite:${join(folder, 'afterword.db')}`,
    AFTERWORD_SECRET: 'a secret of the tests that is long enough',
    AFTERWORD_LOG: 'silent',
  };
}

/** Adds a site and ten readers to a database of the version before. */
async function fillOlderDatabase(env: Record<string, string>): Promise<void> {
  const config = readConfig(env);
  const database = await openDatabase(config.database, { migrations: otherMigrations });
  const services = createServices(config, database, pino({ level: 'silent' }));
  await services.sites.put(newSiteSchema.parse({ id: 'paper', name: 'The Paper', lang: 'vi', origins: [origin] }));
  const readers = Array.from({ length: 10 }, (_, index) => ({
    ...{ id: `reader-${index}`, siteId: 'paper', name: 'Lan', nameRevision: 0, kind: 'guest' as const },
    ...{ verified: 0 as const, badgesJson: '[]', createdAt: index, erasedAt: null },
  }));
  const add = {
    name: 'add-readers',
    run: async ({ db }: Parameters<Parameters<Database['writer']['submit']>[0]['run']>[0]) => [
      (await db.insertInto('readers').values(readers).execute(), undefined),
    ],
  };
  await database.writer.submit(add, undefined);
  await database.close();
}

/** Starts a process of the version before, and collects what it writes. */
function startOlderWriters(env: Record<string, string>): {
  child: ChildProcess;
  writes: OlderWrite[];
  errors(): string;
} {
  const args = ['--import', 'tsx', program, env['AFTERWORD_DATABASE']!, origin, String(addressCount)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  cleanUp.push(() => child.kill('SIGKILL'));
  const writes: OlderWrite[] = [];
  let rest = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    writes.push(...lines.map((line) => JSON.parse(line) as OlderWrite));
  });
  return { child, writes, errors: () => errors };
}

test.each(databases)(
  'story keys on %s are renamed while servers of the version before write, and nothing is lost',
  { timeout: 180_000 },
  async (kind) => {
    const env = await createSettings(kind);
    await fillOlderDatabase(env);
    // SQLite has one node.
    const older = Array.from({ length: kind === 'postgres' ? 2 : 1 }, () => startOlderWriters(env));
    const acknowledged = () => older.flatMap(({ writes }) => writes).filter((write) => write.kind !== 'refused');
    const goOn = async (count: number) => {
      const until = acknowledged().length + count;
      await waitFor(() =>
        expect([acknowledged().length, older.map(({ errors }) => errors())][0]).toBeGreaterThan(until),
      );
    };
    await goOn(600);
    let executed: readonly string[] = [];
    const database = await openDatabase(env['AFTERWORD_DATABASE']!, { onMigrated: (names) => (executed = names) });
    cleanUp.push(() => database.close());
    expect(executed).toEqual(['0006-story-keys']);
    await goOn(300);
    for (const { child } of older) child.kill('SIGTERM');
    for (const { child, errors } of older)
      if (child.exitCode === null) expect([(await once(child, 'exit'))[0], errors()]).toEqual([0, '']);
    expect((await runCommandWith(env, 'stories', 'merge')).code).toBe(0);

    // While the migration holds the rows of a story, a write may be refused: it can be sent again.
    const refused = older.flatMap(({ writes }) => writes).filter((write) => write.kind === 'refused');
    expect(refused.filter(({ isUnavailable }) => !isUnavailable)).toEqual([]);
    const stories = await database.read.selectFrom('stories').select(['id', 'key']).execute();
    const idByKey = new Map(stories.map(({ id, key }) => [key, id]));
    expect(new Set(idByKey.keys())).toEqual(new Set(stories.map(({ key }) => storyKey(key))));
    const storyOf = (index: number) => idByKey.get(storyKey(spellingsOf(origin, index)[0]!)!);
    const comments = await database.read.selectFrom('comments').select(['id', 'text', 'storyId']).execute();
    const stored = new Map(comments.map((comment) => [comment.id, comment]));
    const votes = await database.read.selectFrom('reaction_votes').select(['storyId', 'readerId']).execute();
    const voters = new Set(votes.map(({ storyId, readerId }) => `${storyId} ${readerId}`));
    for (const write of acknowledged()) {
      const storyId = storyOf(write.index);
      if (write.kind === 'comment') expect(stored.get(write.id)).toEqual({ id: write.id, text: write.text, storyId });
      else expect(voters).toContain(`${storyId} ${write.readerId}`);
    }
    expect((await runCommandWith(env, 'recount')).stdout).toMatch(/All counters are equal to their rows/);
  },
);

test.each([0, 1])(
  'story keys on PostgreSQL are renamed after a transaction of the version before that writes to one of two stories, %i',
  async (written) => {
    const env = await createSettings('postgres');
    await fillOlderDatabase(env);
    const url = env['AFTERWORD_DATABASE']!;
    const older = new pg.Client({ connectionString: url });
    await older.connect();
    cleanUp.push(() => older.end());
    const keys = spellingsOf(origin, 0).slice(0, 2);
    for (const [index, key] of keys.entries()) {
      await older.query(
        `insert into stories (id, site_id, key, url, kind, dont_miss, created_at, updated_at)
         values ($1, 'paper', $2, '', 'article', 0, 1, 1)`,
        [`story-${index}`, key],
      );
      await older.query("insert into threads (story_id, state, total, version) values ($1, 'open', 0, 1)", [
        `story-${index}`,
      ]);
    }
    const storyId = `story-${written}`;
    await older.query('begin');
    await older.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [storyId]);
    await older.query(
      `insert into comments (id, site_id, story_id, root_id, depth, author_id, text, nodes_json, state, created_at, up,
         down, score, replies, pinned, featured)
       values ('comment', 'paper', $1, 'comment', 0, 'reader-0', 'Một', '[]', 'visible', 1, 0, 0, 0, 0, 0, 0)`,
      [storyId],
    );
    await older.query('update threads set total = total + 1 where story_id = $1', [storyId]);

    const migrating = openDatabase(url);
    const others = new pg.Client({ connectionString: url });
    await others.connect();
    cleanUp.push(() => others.end());
    await waitFor(async () => {
      const { rowCount } = await others.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      expect(rowCount).toBe(1);
    });
    await older.query('commit');
    const database = await migrating;
    cleanUp.push(() => database.close());
    const stories = await database.read.selectFrom('stories').select(['id', 'key']).execute();
    expect(stories.map(({ key }) => key)).toEqual([storyKey(keys[0]!)]);
    const comments = await database.read.selectFrom('comments').select(['id', 'storyId']).execute();
    expect(comments).toEqual([{ id: 'comment', storyId: stories[0]!.id }]);
    expect((await runCommandWith(env, 'recount')).stdout).toMatch(/All counters are equal to their rows/);
  },
);
