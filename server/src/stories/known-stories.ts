import type { Kysely } from 'kysely';
import { growingCache } from '../growing-cache.js';
import { newId } from '../ids.js';
import { Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { StoryRow, Tables } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

/** A story that has a row: everything readers write hangs on its id. */
export interface KnownStory {
  readonly id: string;
  /** The canonical key, whatever alias it was asked by. */
  readonly key: string;
  /** When it came out, as far as anybody said; else when it became known. Milliseconds since 1970. */
  readonly since: number;
}

interface NewKey {
  readonly siteId: string;
  readonly key: string;
}

/** Another process may rename or merge stories; what this one knows of them is never older. */
const freshMillis = 5000;

/** Finds stories by key or alias, and makes those known that a reader is the first to write about. */
export class KnownStories {
  readonly #database: Database;
  readonly #known = growingCache<KnownStory>(50_000, freshMillis);

  constructor(database: Database) {
    this.#database = database;
  }

  async find(siteId: string, key: string): Promise<KnownStory | undefined> {
    const known = this.#known.get(`${siteId} ${key}`);
    if (known) return known;
    const story = await findStory(this.#database.read, siteId, key);
    if (story) this.#known.set(`${siteId} ${key}`, story);
    return story;
  }

  /**
   * The story, made known now where the site lets readers do so.
   *
   * @throws Problem `story-not-found` where it does not
   */
  async ensure(site: Site, key: string): Promise<KnownStory> {
    const known = await this.find(site.id, key);
    if (known) return known;
    if (!mayBegin(site, key)) throw new Problem('story-not-found');
    return this.#database.writer.submit(beginStory, { siteId: site.id, key });
  }

  /** A story that is known to be there. */
  async byId(id: string): Promise<KnownStory> {
    const row = await this.#database.read
      .selectFrom('stories')
      .select(columns)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return shape(row);
  }

  /** Forgets what aliases meant, after they changed. */
  forget(): void {
    this.#known.clear();
  }
}

function mayBegin({ settings, origins }: Site, key: string): boolean {
  if (settings.stories !== 'origins') return settings.stories === 'any';
  // Keys of pages are https whatever the page was; what counts is the host.
  return (
    key.startsWith('https://') &&
    URL.canParse(key) &&
    origins.some((origin) => new URL(origin).host === new URL(key).host)
  );
}

const columns = ['stories.id', 'stories.key', 'stories.publishedAt', 'stories.createdAt'] as const;

function shape({
  id,
  key,
  publishedAt,
  createdAt,
}: Pick<StoryRow, 'id' | 'key' | 'publishedAt' | 'createdAt'>): KnownStory {
  return { id, key, since: publishedAt ?? createdAt };
}

async function findStory(db: Kysely<Tables>, siteId: string, key: string): Promise<KnownStory | undefined> {
  const row =
    (await db
      .selectFrom('stories')
      .select(columns)
      .where('siteId', '=', siteId)
      .where('key', '=', key)
      .executeTakeFirst()) ??
    (await db
      .selectFrom('story_aliases')
      .innerJoin('stories', 'stories.id', 'story_aliases.storyId')
      .select(columns)
      .where('story_aliases.siteId', '=', siteId)
      .where('story_aliases.key', '=', key)
      .executeTakeFirst());
  return row && shape(row);
}

const beginStory: Command<NewKey, KnownStory> = {
  name: 'begin-story',
  async run({ db }, keys) {
    const now = Date.now();
    const stories: KnownStory[] = [];
    for (const { siteId, key } of keys) {
      // The publisher may have handed it in since the reader's page asked.
      const known = await findStory(db, siteId, key);
      if (known) {
        stories.push(known);
        continue;
      }
      await db
        .insertInto('stories')
        .values({
          id: newId(),
          siteId,
          key,
          url: URL.canParse(key) ? key : '',
          title: null,
          publishedAt: null,
          summary: null,
          imageJson: null,
          section: null,
          kicker: null,
          byline: null,
          kind: 'article',
          durationSec: null,
          access: null,
          sponsorJson: null,
          lang: null,
          dontMiss: 0,
          createdAt: now,
          updatedAt: now,
        })
        .onConflict((conflict) => conflict.columns(['siteId', 'key']).doNothing())
        .execute();
      const begun = await findStory(db, siteId, key);
      if (!begun) throw new Error('A story that was just begun is not there.');
      stories.push(begun);
    }
    return stories;
  },
};
