/**
 * A process that writes as a server of the version before `0006-story-keys` does, for live-upgrade.test.ts:
 * `older-writers.ts <url> <origin> <addresses>`. It prints a line of JSON for each acknowledged write, and one for each
 * refused, until it is asked to end.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { postComments } from '../../server/src/comments/writing/post.js';
import { newId } from '../../server/src/ids.js';
import { castVotes } from '../../server/src/reactions/votes.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { RowCaches } from '../../server/src/storage/row-caches.js';
import type { Tables } from '../../server/src/storage/tables.js';
import { formerKey, otherMigrations, spellingsOf } from './former-keys.js';

/** What an older process prints of a write. */
export type OlderWrite =
  | { kind: 'comment'; id: string; text: string; index: number }
  | { kind: 'vote'; readerId: string; choice: string; index: number }
  | { kind: 'refused'; why: string; isUnavailable: boolean };

const [url = '', origin = '', addresses = '1'] = process.argv.slice(2);
const database = await openDatabase(url, { migrations: otherMigrations });
const readers = await database.read.selectFrom('readers').select('id').orderBy('id').execute();
const stories = new Map<string, string>();
const rowCaches = new RowCaches(database, [{ clearCache: () => stories.clear() }]);
let isEnding = false;
process.once('SIGTERM', () => (isEnding = true));

const print = (write: OlderWrite) => writeSync(1, `${JSON.stringify(write)}\n`);
await Promise.all(readers.map(({ id }) => writeUntilEnd(id)));
await database.close();

async function writeUntilEnd(readerId: string): Promise<void> {
  for (let turn = 0; !isEnding; turn++) {
    const index = Math.floor(Math.random() * Number(addresses));
    const spellings = spellingsOf(origin, index);
    const key = formerKey(spellings[Math.floor(Math.random() * spellings.length)]!);
    try {
      print(await rowCaches.retry(() => (turn % 2 ? vote(key, readerId, index) : comment(key, readerId, index))));
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      print({ kind: 'refused', why: `${code} ${message}`, isUnavailable: database.isUnavailable(error) });
    }
    await pause(Math.random() * 20);
  }
}

async function comment(key: string, readerId: string, index: number): Promise<OlderWrite> {
  const text = `${process.pid} ${newId()}`;
  const { id } = await database.writer.submit(postComments, {
    siteId: 'paper',
    storyId: await storyOf(key),
    parentId: null,
    author: { id: readerId, name: 'Lan', badges: [] },
    text,
    nodes: [],
    findings: [],
    idempotency: undefined,
  });
  return { kind: 'comment', id, text, index };
}

async function vote(key: string, readerId: string, index: number): Promise<OlderWrite> {
  const choice = ['like', 'fun', 'great'][Math.floor(Math.random() * 3)]!;
  await database.writer.submit(castVotes, {
    storyId: await storyOf(key),
    pollId: 'reactions',
    readerId,
    choices: [choice],
    confidence: 'guest',
    origin,
  });
  return { kind: 'vote', readerId, choice, index };
}

/** Finds a story by its former key, or creates it. */
async function storyOf(key: string): Promise<string> {
  let id = stories.get(key) ?? (await findStory(database.read, key));
  id ??= await database.writer.submit(
    {
      name: 'create-story',
      async run({ db }) {
        const [now, created] = [Date.now(), newId()];
        const story = { id: created, siteId: 'paper', key, url: key, kind: 'article', dontMiss: 0 } as const;
        const added = await db
          .insertInto('stories')
          .values({ ...story, createdAt: now, updatedAt: now })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .execute();
        return [added[0]?.id ?? (await findStory(db, key))!];
      },
    },
    undefined,
  );
  stories.set(key, id);
  return id;
}

async function findStory(db: Kysely<Tables>, key: string): Promise<string | undefined> {
  const story = await db.selectFrom('stories').select('id').where('key', '=', key).executeTakeFirst();
  if (story) return story.id;
  const alias = await db.selectFrom('story_aliases').select('storyId').where('key', '=', key).executeTakeFirst();
  return alias?.storyId;
}
