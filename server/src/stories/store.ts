import { storyKey, type StoryInput } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { tags } from '../http/public-cache.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import type { StoryRow, Tables } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { mergeStory } from './merge.js';

interface NewStories {
  readonly siteId: string;
  readonly stories: readonly StoryInput[];
}

interface Identity {
  readonly id: string;
  readonly key: string;
}

/** Puts a site's stories and drops every answer that may show them. */
export async function upsertStories(
  { cache, database, shelves, stories: known }: Services,
  site: Site,
  stories: readonly StoryInput[],
): Promise<{ upserted: number }> {
  const put = await database.writer.submit(putStories, { siteId: site.id, stories });
  known.forget();
  shelves.forget(site.id);
  cache.drop(tags.site(site.id));
  return put;
}

/**
 * Adds stories, or brings those known up to date; one told twice counts once, and its last telling holds.
 *
 * The publisher's id is the key and the URL an alias of it. What readers began under the URL, or under an id the
 * publisher has since changed, is the same story: its row stays, and two rows that turn out to be one are merged.
 */
export const putStories: Command<NewStories, { upserted: number }> = {
  name: 'put-stories',
  async run(transaction, puts) {
    const { db } = transaction;
    const results: { upserted: number }[] = [];
    for (const { siteId, stories } of puts) {
      const rows = new Map<string, StoryRow>();
      const now = Date.now();
      const identities = await readIdentities(db, siteId, stories);
      for (const story of stories) {
        const { id, key } = await identify(transaction, siteId, story, identities);
        rows.set(id, toRow(story, { id, key, siteId, now }));
      }
      await write(db, [...rows.values()]);
      results.push({ upserted: rows.size });
    }
    return results;
  },
};

/** Which row each key or alias of these stories stands for already. */
async function readIdentities(
  db: Kysely<Tables>,
  siteId: string,
  stories: readonly StoryInput[],
): Promise<Map<string, Identity>> {
  const keys = [...new Set(stories.flatMap((story) => keysOf(story)))];
  const byAlias = await db
    .selectFrom('story_aliases')
    .innerJoin('stories', 'stories.id', 'story_aliases.storyId')
    .select(['story_aliases.key as alias', 'stories.id', 'stories.key'])
    .where('story_aliases.siteId', '=', siteId)
    .where('story_aliases.key', 'in', keys)
    .execute();
  const byKey = await db
    .selectFrom('stories')
    .select(['id', 'key'])
    .where('siteId', '=', siteId)
    .where('key', 'in', keys)
    .execute();
  return new Map([
    ...byAlias.map(({ alias, id, key }) => [alias, { id, key }] as const),
    ...byKey.map((row) => [row.key, row] as const),
  ]);
}

/** The row a story belongs in, after its names are settled. */
async function identify(
  transaction: Transaction,
  siteId: string,
  story: StoryInput,
  identities: Map<string, Identity>,
): Promise<Identity> {
  const { db } = transaction;
  const [key = story.url, urlKey = key] = keysOf(story);
  const byId = identities.get(key);
  const byUrl = identities.get(urlKey);
  let found = byId ?? byUrl;
  if (!found) {
    found = { id: uuidv7(), key };
    await db
      .insertInto('stories')
      .values(toRow(story, { ...found, siteId, now: Date.now() }))
      .execute();
  } else if (byId && byUrl && byId.id !== byUrl.id && byUrl.key === urlKey) {
    await mergeStory(transaction, byUrl.id, byId.id);
    renamed(identities, byUrl.id, byId);
  }
  if (found.key !== key && found.key === urlKey) {
    await db.updateTable('stories').set({ key }).where('id', '=', found.id).execute();
    found = { id: found.id, key };
    renamed(identities, found.id, found);
  }
  for (const name of [key, urlKey]) {
    identities.set(name, found);
    if (name !== found.key) await putAlias(db, siteId, name, found.id);
  }
  return found;
}

function renamed(identities: Map<string, Identity>, id: string, now: Identity): void {
  for (const [name, identity] of identities) if (identity.id === id) identities.set(name, now);
}

async function putAlias(db: Kysely<Tables>, siteId: string, key: string, storyId: string): Promise<void> {
  await db
    .insertInto('story_aliases')
    .values({ siteId, key, storyId })
    .onConflict((conflict) => conflict.columns(['siteId', 'key']).doUpdateSet({ storyId }))
    .execute();
}

/** The publisher's id, where there is one, and the URL. */
function keysOf({ id, url }: StoryInput): string[] {
  const urlKey = storyKey(url);
  return [id, urlKey].filter((key) => key !== undefined);
}

const rowsAtOnce = 200;

async function write(db: Kysely<Tables>, rows: readonly StoryRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await db
      .insertInto('stories')
      .values(rows.slice(start, start + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          url: eb.ref('excluded.url'),
          title: eb.ref('excluded.title'),
          publishedAt: eb.ref('excluded.publishedAt'),
          summary: eb.ref('excluded.summary'),
          imageJson: eb.ref('excluded.imageJson'),
          section: eb.ref('excluded.section'),
          kicker: eb.ref('excluded.kicker'),
          byline: eb.ref('excluded.byline'),
          kind: eb.ref('excluded.kind'),
          durationSec: eb.ref('excluded.durationSec'),
          access: eb.ref('excluded.access'),
          sponsorJson: eb.ref('excluded.sponsorJson'),
          lang: eb.ref('excluded.lang'),
          dontMiss: eb.ref('excluded.dontMiss'),
          updatedAt: eb.ref('excluded.updatedAt'),
        })),
      )
      .execute();
  }
}

function toRow(
  story: StoryInput,
  { id, key, siteId, now }: Identity & { readonly siteId: string; readonly now: number },
): StoryRow {
  return {
    id,
    siteId,
    key,
    url: story.url,
    title: story.title,
    publishedAt: Date.parse(story.publishedAt),
    summary: story.summary ?? null,
    imageJson: story.image ? JSON.stringify(story.image) : null,
    section: story.section ?? null,
    kicker: story.kicker ?? null,
    byline: story.byline ?? null,
    kind: story.kind,
    durationSec: story.durationSec ?? null,
    access: story.access ?? null,
    sponsorJson: story.sponsor ? JSON.stringify(story.sponsor) : null,
    lang: story.lang ?? null,
    dontMiss: story.dontMiss ? 1 : 0,
    createdAt: now,
    updatedAt: now,
  };
}
