import fc from 'fast-check';
import { sql, type Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideOnComments } from '../../server/src/comments/moderation/decisions.js';
import { postComments } from '../../server/src/comments/writing/post.js';
import { newId } from '../../server/src/ids.js';
import { castVotes } from '../../server/src/reactions/votes.js';
import { newSiteSchema } from '../../server/src/sites/store.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { normalizeKey } from '../../server/src/storage/migrations/0006-normalize-key.js';
import type { StoryRow, Tables } from '../../server/src/storage/tables.js';
import { storyKey } from '../../src/contract/index.js';
import type { Comments, Counts, Me } from '../../src/contract/types.js';
import { runCommand } from './cli.js';
import { formerKey } from './former-keys.js';
import { databases, openTestServices, origin, storyQuery, type TestServer } from './setup.js';

test('the migration writes the keys that this version reads, and the version before finds them', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aZ~!,[^|%', '%7e', '%c3%a0', '%2f', 'à'), maxLength: 10 });
  const address = fc.tuple(text, text).map(([path, query]) => `${origin}/${path}?${query}=1&zarsrc=2`);
  fc.assert(
    fc.property(address, (given) => {
      const key = storyKey(given)!;
      expect(normalizeKey(formerKey(given), undefined)).toBe(key);
      expect(normalizeKey(given.slice(origin.length), origin)).toBe(key);
      expect(formerKey(key)).toBe(key);
    }),
    { numRuns: 1000 },
  );
});

const migration = '0006-story-keys';
const poll = 'reactions';

describe.each(databases)('keys of an earlier version on %s', (kind) => {
  let server: TestServer;
  let readers: { lan: string; minh: string; hoa: string };
  beforeEach(async () => {
    server = await openTestServices(kind);
    readers = { lan: await newReader('Lan'), minh: await newReader('Minh'), hoa: await newReader('Hoa') };
  });
  afterEach(() => server.close());

  async function newReader(name: string): Promise<string> {
    const answer = await server.ask('/me', { token: await server.guest(name) });
    return ((await answer.json()) as Me).reader.id;
  }

  const write = (work: (db: Kysely<Tables>) => Promise<unknown>) =>
    server.services.database.writer.submit(
      { name: 'write', run: async ({ db }) => [(await work(db), undefined)] },
      undefined,
    );

  /** Stores a story as the version before did. */
  async function addStory(key: string, fields: Partial<StoryRow> = {}, ...aliases: string[]): Promise<string> {
    const now = Date.now();
    const empty = { title: null, publishedAt: null, summary: null, imageJson: null, section: null, kicker: null };
    const others = {
      byline: null,
      durationSec: null,
      access: null,
      sponsorJson: null,
      lang: null,
      dontMiss: 0,
    } as const;
    const dates = { createdAt: now, updatedAt: now };
    const row = {
      id: newId(),
      siteId: 'paper',
      key,
      url: '',
      kind: 'article',
      ...empty,
      ...others,
      ...dates,
      ...fields,
    };
    await write((db) => db.insertInto('stories').values(row).execute());
    for (const alias of aliases)
      await write((db) =>
        db.insertInto('story_aliases').values({ siteId: row.siteId, key: alias, storyId: row.id }).execute(),
      );
    return row.id;
  }

  const comment = (storyId: string, text: string, parentId: string | null = null) =>
    server.services.database.writer.submit(postComments, {
      siteId: 'paper',
      storyId,
      parentId,
      author: { id: readers.lan, name: 'Lan', badges: [] },
      text,
      nodes: [],
      findings: [],
      idempotency: undefined,
    });
  const vote = (storyId: string, readerId: string, choice: string) =>
    server.services.database.writer.submit(castVotes, {
      storyId,
      pollId: poll,
      readerId,
      choices: [choice],
      confidence: 'guest',
      origin,
    });

  /** Runs the migration, as the start of a server after the version before would. */
  async function migrate(): Promise<void> {
    await write(async (db) => {
      await sql`delete from kysely_migration where name = ${migration}`.execute(db);
      await db.deleteFrom('migration_compatibility').where('migration', '=', migration).execute();
    });
    let executed: readonly string[] = [];
    await (await openDatabase(server.services.config.database, { onMigrated: (names) => (executed = names) })).close();
    expect(executed).toEqual([migration]);
    server.services.stories.clearCache();
  }

  const storedKeys = async () =>
    (await server.services.database.read.selectFrom('stories').select(['id', 'key']).orderBy('id').execute()).map(
      ({ id, key }) => [id, key],
    );
  const idOf = async (key: string) =>
    (
      await server.services.database.read
        .selectFrom('story_aliases')
        .select('storyId')
        .where('siteId', '=', 'paper')
        .where('key', '=', key)
        .executeTakeFirst()
    )?.storyId;
  const read = async <T>(path: string) => (await (await server.ask(path)).json()) as T;
  const expectRightCounters = async () =>
    expect((await runCommand(server, 'recount')).stdout).toMatch(/All counters are equal to their rows/);

  test('are renamed, and former ones stay as aliases', async () => {
    const former = [`${origin}/b%c3%a0i`, `${origin}/%7Elan?zarsrc=30`, '/p/abc', 'ps-1'];
    const ids: string[] = [];
    for (const key of former) ids.push(await addStory(key));
    await migrate();
    const present = [`${origin}/b%C3%A0i`, `${origin}/~lan`, `${origin}/p/abc`, 'ps-1'];
    expect(await storedKeys()).toEqual(ids.map((id, index) => [id, present[index]]));
    expect(await Promise.all(former.map(idOf))).toEqual([ids[0], ids[1], ids[2], undefined]);
    await migrate();
    expect(await storedKeys()).toEqual(ids.map((id, index) => [id, present[index]]));
  });

  test('of one story are merged, with all that readers wrote', async () => {
    const first = await addStory(`${origin}/b%c3%a0i`, {}, 'old-1');
    const second = await addStory(`${origin}/b%C3%A0i`, {}, 'old-2');
    const third = await addStory(`${origin}/b%C3%A0%69?msclkid=1`);
    const root = await comment(first, 'One.');
    await comment(first, 'Two.', root.id);
    const removed = await comment(second, 'Three.');
    await server.services.database.writer.submit(decideOnComments, {
      siteId: 'paper',
      commentId: removed.id,
      decision: { state: 'removed' },
    });
    await comment(third, 'Four.');
    await vote(first, readers.lan, 'fun');
    await vote(first, readers.minh, 'like');
    await write((db) => db.updateTable('reaction_votes').set({ changedAt: 1 }).execute());
    await vote(second, readers.lan, 'great');
    await vote(third, readers.hoa, 'great');
    const at = Date.now();
    const storedOrder = { sort: 'best', version: 1, threadVersion: 1, length: 0, newestAt: 0, newestId: '' } as const;
    await write(async (db) => {
      await db
        .insertInto('story_reads')
        .values([first, third].map((storyId) => ({ storyId, value: 2, at, total: 3 })))
        .execute();
      await db
        .insertInto('thread_orders')
        .values([first, second, third].map((storyId) => ({ storyId, ...storedOrder, madeAt: 1, supersededAt: null })))
        .execute();
      await db.updateTable('polls').set({ storyId: third }).where('id', '=', poll).execute();
    });
    await migrate();

    expect(await storedKeys()).toEqual([[first, `${origin}/b%C3%A0i`]]);
    const aliases = ['old-1', 'old-2', `${origin}/b%c3%a0i`, `${origin}/b%C3%A0%69?msclkid=1`];
    expect(await Promise.all(aliases.map(idOf))).toEqual(aliases.map(() => first));
    await expectRightCounters();
    for (const key of [`${origin}/bài`, `${origin}/b%c3%a0i`, 'old-2']) {
      const { total, comments } = await read<Comments>(`/comments?${storyQuery(key)}`);
      expect([total, comments.length]).toEqual([3, 2]);
      expect((await read<Counts>(`/counts?${storyQuery(key)}`)).counts[key]).toEqual({ comments: 3, reactions: 3 });
    }
    const { database } = server.services;
    const tally = await database.read.selectFrom('reaction_tallies').selectAll().executeTakeFirstOrThrow();
    expect([tally.storyId, tally.voters, JSON.parse(tally.countsJson)]).toEqual([first, 3, { great: 2, like: 1 }]);
    const reads = await database.read.selectFrom('story_reads').selectAll().execute();
    expect(reads).toEqual([{ storyId: first, value: 4, at, total: 6 }]);
    const { storyId } = await database.read.selectFrom('polls').select('storyId').executeTakeFirstOrThrow();
    expect(storyId).toBe(first);
  });

  test('keep the story that its publisher has sent', async () => {
    await addStory(`${origin}/%7Elan`);
    const sent = await addStory(`${origin}/%7elan`, { title: 'Lan' });
    const withId = await addStory('ps-1', { title: 'One' }, `${origin}/one?zarsrc=1`, `${origin}/%6Fld`);
    const byReaders = await addStory(`${origin}/one`);
    await comment(byReaders, 'Under the address.');
    const byOthers = await addStory(`${origin}/old?fbclid=1&dclid=2`);
    await comment(byOthers, 'Under a former address.');
    await migrate();
    expect(await storedKeys()).toEqual([
      [sent, `${origin}/~lan`],
      [withId, 'ps-1'],
    ]);
    expect(await idOf(`${origin}/one`)).toBe(withId);
    expect(await read<Comments>(`/comments?${storyQuery('ps-1')}`)).toMatchObject({ total: 2 });
    await expectRightCounters();
  });

  test('of other sites and addresses stay apart', async () => {
    const site = { id: 'apart', name: 'Apart', origins: [], settings: server.site.settings };
    await server.services.sites.put(newSiteSchema.parse(site));
    const ids = [
      await addStory(`${origin}/b%c3%a0i`),
      await addStory(`${origin}/b%c3%a0i`, { siteId: 'apart' }),
      await addStory('/p/abc', { siteId: 'apart' }),
      await addStory(`${origin}/a?id=1`),
      await addStory(`${origin}/a?id=2`),
    ];
    await migrate();
    const [first, second] = [`${origin}/b%C3%A0i`, `${origin}/b%C3%A0i`];
    const keys = [first, second, '/p/abc', `${origin}/a?id=1`, `${origin}/a?id=2`];
    expect(await storedKeys()).toEqual(ids.map((id, index) => [id, keys[index]]));
  });

  test('are renamed in batches', async () => {
    const ids: string[] = [];
    const row = { siteId: 'paper', url: '', kind: 'article', dontMiss: 0, createdAt: 1, updatedAt: 1 } as const;
    const rows = Array.from({ length: 1203 }, (_, index) => {
      ids.push(newId());
      return { ...row, id: ids[index]!, key: `${origin}/%7e${index % 1200}${index < 1200 ? '' : '?zarsrc=1'}` };
    });
    for (let start = 0; start < rows.length; start += 500)
      await write((db) =>
        db
          .insertInto('stories')
          .values(rows.slice(start, start + 500))
          .execute(),
      );
    await migrate();
    expect(await storedKeys()).toEqual(ids.slice(0, 1200).map((id, index) => [id, `${origin}/~${index}`]));
    expect(await idOf(`${origin}/%7e2?zarsrc=1`)).toBe(ids[2]);
  });

  test('that a server of that version has created meanwhile are merged by `stories merge`', async () => {
    await migrate();
    const present = (await server.services.stories.findOrCreate(server.site, `${origin}/b%C3%A0i`)).id;
    const meanwhile = await addStory(`${origin}/b%c3%a0i`);
    await comment(present, 'One.');
    await comment(meanwhile, 'Two.');
    const command = () => runCommand(server, 'stories', 'merge');
    expect(await command()).toEqual({ code: 0, stdout: '0 renamed, 1 merged\n', stderr: '' });
    expect(await read<Comments>(`/comments?${storyQuery(`${origin}/bài`)}`)).toMatchObject({ total: 2 });
    await expectRightCounters();
    expect(await command()).toMatchObject({ stdout: '0 renamed, 0 merged\n' });
  });
});
