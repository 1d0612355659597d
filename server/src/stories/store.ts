import { storyKey, type StoryInput } from 'afterword/contract';
import { tags, type PublicCache } from '../http/public-cache.js';
import { fieldProblem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { inBatches } from '../storage/statement-cache.js';
import type { StoryRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { sanitizeLine } from '../text.js';
import type { RailCache } from './rails/rail-cache.js';
import { siteKey, type KeySite } from '../sites/site-key.js';
import { StoryKeyMap, type KeyedStory } from './story-keys.js';
import type { StoryResolver } from './story-resolver.js';
import type { EpochMs } from '../time.js';

/** Caches to invalidate when stories change. */
export interface StoryCaches {
  readonly cache: PublicCache;
  readonly railCache: RailCache;
  readonly stories: StoryResolver;
}

interface NewStories {
  readonly siteId: string;
  readonly stories: readonly StoryInput[];
  /** Keeps stored values of omitted members: a feed contains less than the publisher's own data. */
  readonly preserveMissing?: boolean;
}

/** Upserts stories of a site and invalidates all caches that may contain them. */
export async function upsertStories(
  { cache, database, railCache, stories: known }: StoryCaches & { readonly database: Database },
  site: KeySite,
  stories: readonly StoryInput[],
): Promise<{ upserted: number }> {
  const untitled = stories.findIndex(({ title }) => sanitizeLine(title) === '');
  if (untitled !== -1)
    throw fieldProblem('validation-failed', `stories.${untitled}.title`, 'A title that can be read.');
  const { id: siteId } = site;
  const keyed = stories.map(({ id, ...story }) => (id === undefined ? story : { ...story, id: siteKey(site, id) }));
  const put = await database.writer.submit(putStories, { siteId, stories: keyed });
  known.clearCache();
  railCache.invalidate(siteId);
  // All public responses of the site have this tag, among them rails and responses cached under a former key.
  cache.drop(tags.site(siteId));
  return put;
}

/** Upserts stories. Of duplicates in one request the last one wins. */
export const putStories: Command<NewStories, { upserted: number }> = {
  name: 'put-stories',
  async run(transaction, puts) {
    const results: { upserted: number }[] = [];
    for (const { siteId, stories, preserveMissing = false } of puts) {
      const keyMap = await StoryKeyMap.read(transaction, siteId, stories.flatMap(keysOf));
      const rows = new Map<string, StoryRow>();
      const now = Date.now();
      for (const story of stories) {
        const [key = story.url, urlKey = key] = keysOf(story);
        const { keyed, mergedId } = await keyMap.resolve(key, urlKey);
        if (mergedId !== undefined) rows.delete(mergedId);
        rows.set(keyed.id, toRow(story, { ...keyed, siteId, now }));
      }
      await writeRows(transaction, [...rows.values()], preserveMissing);
      await keyMap.writeAliases();
      results.push({ upserted: rows.size });
    }
    return results;
  },
};

/** Returns the publisher's id, if there is one, and the URL's key. */
function keysOf({ id, url }: StoryInput): string[] {
  return [id, storyKey(url)].filter((key) => key !== undefined);
}

async function writeRows({ db }: Transaction, rows: readonly StoryRow[], keepUnsaid: boolean): Promise<void> {
  for (const batch of inBatches(rows)) {
    await db
      .insertInto('stories')
      .values(batch)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => {
          const excluded = <Column extends keyof StoryRow>(column: Column) => eb.ref(`excluded.${column}`);
          const always = {
            key: excluded('key'),
            url: excluded('url'),
            title: excluded('title'),
            publishedAt: excluded('publishedAt'),
            updatedAt: excluded('updatedAt'),
          };
          if (keepUnsaid) {
            const orExisting = <Column extends keyof StoryRow>(column: Column) =>
              eb.fn.coalesce(excluded(column), eb.ref(`stories.${column}`));
            return {
              ...always,
              summary: orExisting('summary'),
              imageJson: orExisting('imageJson'),
              section: orExisting('section'),
              byline: orExisting('byline'),
              durationSec: orExisting('durationSec'),
              lang: orExisting('lang'),
            };
          }
          return {
            ...always,
            summary: excluded('summary'),
            imageJson: excluded('imageJson'),
            section: excluded('section'),
            kicker: excluded('kicker'),
            byline: excluded('byline'),
            kind: excluded('kind'),
            durationSec: excluded('durationSec'),
            access: excluded('access'),
            sponsorJson: excluded('sponsorJson'),
            lang: excluded('lang'),
            dontMiss: excluded('dontMiss'),
          };
        }),
      )
      .execute();
  }
}

function toRow(
  story: StoryInput,
  { id, key, siteId, now }: KeyedStory & { readonly siteId: string; readonly now: EpochMs },
): StoryRow {
  const { image, sponsor } = story;
  return {
    id,
    siteId,
    key,
    url: story.url,
    title: sanitizeLine(story.title),
    publishedAt: Date.parse(story.publishedAt),
    summary: toNullableLine(story.summary),
    imageJson: image ? JSON.stringify({ ...image, alt: image.alt && sanitizeLine(image.alt) }) : null,
    section: toNullableLine(story.section),
    kicker: toNullableLine(story.kicker),
    byline: toNullableLine(story.byline),
    kind: story.kind,
    durationSec: story.durationSec ?? null,
    access: story.access ?? null,
    sponsorJson: sponsor ? JSON.stringify({ ...sponsor, name: sanitizeLine(sponsor.name) }) : null,
    lang: story.lang ?? null,
    dontMiss: story.dontMiss ? 1 : 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** Cleans a line of text. Empty becomes NULL. */
function toNullableLine(given: string | undefined): string | null {
  return sanitizeLine(given ?? '') || null;
}
