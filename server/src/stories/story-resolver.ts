import type { Kysely } from 'kysely';
import { newId } from '../ids.js';
import { Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import type { StoryRow, Tables } from '../storage/tables.js';
import { inBatches } from '../storage/statement-cache.js';
import type { Command } from '../storage/writer.js';
import { secondMs, type EpochMs } from '../time.js';
import { siteKey, type KeySite } from '../sites/site-key.js';

/** Reference to a stored story. */
export interface StoryRef {
  readonly id: string;
  /** Canonical key, even if an alias was requested. */
  readonly key: string;
  /** Publication time or, if unknown, time of the first write. */
  readonly startedAt: EpochMs;
}

interface SiteKey {
  readonly siteId: string;
  readonly key: string;
}

/** Bounds the staleness where another process renames or merges stories. */
const ttlMs = 5 * secondMs;

/**
 * Resolves keys and aliases to stories, and creates stories on the first write by a reader. Every route and command finds
 * stories here, so that a path is expanded by all of them: see {@link siteKey}.
 */
export class StoryResolver {
  readonly #database: Database;
  readonly #cache = memoryCache<StoryRef>(50_000, ttlMs);

  constructor(database: Database) {
    this.#database = database;
  }

  async find(site: KeySite, given: string): Promise<StoryRef | undefined> {
    const key = siteKey(site, given);
    const known = this.#cache.get(`${site.id} ${key}`);
    if (known) return known;
    const story = await findStory(this.#database.read, site.id, key);
    if (story) this.#cache.set(`${site.id} ${key}`, story);
    return story;
  }

  /** Finds stories by their keys or aliases as given, those that are not cached in few statements. */
  async findAll(site: KeySite, given: readonly string[]): Promise<ReadonlyMap<string, StoryRef>> {
    const keys = new Map(given.map((sent) => [sent, siteKey(site, sent)]));
    const byKey = new Map<string, StoryRef>();
    const others: string[] = [];
    for (const key of new Set(keys.values())) {
      const known = this.#cache.get(`${site.id} ${key}`);
      if (known) byKey.set(key, known);
      else others.push(key);
    }
    for (const batch of inBatches(others)) {
      for (const [key, story] of await findStories(this.#database.read, site.id, batch)) {
        this.#cache.set(`${site.id} ${key}`, story);
        byKey.set(key, story);
      }
    }
    const found = new Map<string, StoryRef>();
    for (const [sent, key] of keys) {
      const story = byKey.get(key);
      if (story) found.set(sent, story);
    }
    return found;
  }

  /**
   * Finds the story or creates it, if the site's setting allows readers to create stories.
   *
   * @throws Problem `story-not-found` if it does not
   */
  async findOrCreate(site: Site, given: string): Promise<StoryRef> {
    const key = siteKey(site, given);
    const known = await this.find(site, key);
    if (known) return known;
    if (!canCreate(site, key)) throw new Problem('story-not-found');
    return this.#database.writer.submit(createStories, { siteId: site.id, key });
  }

  /** Reads an existing story by id. */
  async byId(id: string): Promise<StoryRef> {
    const row = await this.#database.read
      .selectFrom('stories')
      .select(columns)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return toRef(row);
  }

  /** Clears the cache after aliases changed. */
  clearCache(): void {
    this.#cache.clear();
  }
}

function canCreate({ settings, origins }: Site, key: string): boolean {
  if (settings.stories !== 'origins') return settings.stories === 'any';
  // Compares hosts only: keys of pages always use https.
  return (
    key.startsWith('https://') &&
    URL.canParse(key) &&
    origins.some((origin) => new URL(origin).host === new URL(key).host)
  );
}

const columns = ['stories.id', 'stories.key', 'stories.publishedAt', 'stories.createdAt'] as const;

function toRef({
  id,
  key,
  publishedAt,
  createdAt,
}: Pick<StoryRow, 'id' | 'key' | 'publishedAt' | 'createdAt'>): StoryRef {
  return { id, key, startedAt: publishedAt ?? createdAt };
}

async function findStory(db: Kysely<Tables>, siteId: string, key: string): Promise<StoryRef | undefined> {
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
  return row && toRef(row);
}

async function findStories(
  db: Kysely<Tables>,
  siteId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoryRef>> {
  const rows = await db
    .selectFrom('stories')
    .select(columns)
    .where('siteId', '=', siteId)
    .where('key', 'in', keys)
    .execute();
  const found = new Map(rows.map((row) => [row.key, toRef(row)]));
  const others = keys.filter((key) => !found.has(key));
  if (others.length === 0) return found;
  const aliases = await db
    .selectFrom('story_aliases')
    .innerJoin('stories', 'stories.id', 'story_aliases.storyId')
    .select([...columns, 'story_aliases.key as alias'])
    .where('story_aliases.siteId', '=', siteId)
    .where('story_aliases.key', 'in', others)
    .execute();
  for (const { alias, ...row } of aliases) found.set(alias, toRef(row));
  return found;
}

const createStories: Command<SiteKey, StoryRef> = {
  name: 'create-stories',
  async run({ db }, keys) {
    const now = Date.now();
    const stories: StoryRef[] = [];
    for (const { siteId, key } of keys) {
      // Another request may have created the story since the first lookup.
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
      const created = await findStory(db, siteId, key);
      if (!created) throw new Error('A story that was just begun is not there.');
      stories.push(created);
    }
    return stories;
  },
};
