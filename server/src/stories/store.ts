import { storyKey, type StoryInput } from 'afterword/contract';
import { tags } from '../http/public-cache.js';
import { fieldProblem } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { inPortions } from '../storage/portions.js';
import type { StoryRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { tamedLine } from '../text.js';
import { StoryNames, type StoryName } from './story-names.js';

interface NewStories {
  readonly siteId: string;
  readonly stories: readonly StoryInput[];
  /** Whether what a story leaves unsaid stays as it is: a feed knows less than the publisher's own server. */
  readonly keepUnsaid?: boolean;
}

/** Puts a site's stories and drops every answer that may show them. */
export async function upsertStories(
  { cache, database, shelves, stories: known }: Services,
  { id: siteId }: Pick<Site, 'id'>,
  stories: readonly StoryInput[],
): Promise<{ upserted: number }> {
  const unnamed = stories.findIndex(({ title }) => tamedLine(title) === '');
  if (unnamed !== -1) throw fieldProblem('validation-failed', `stories.${unnamed}.title`, 'A title that can be read.');
  const put = await database.writer.submit(putStories, { siteId, stories });
  known.forget();
  shelves.forget(siteId);
  // Every public answer of the site carries this tag: rails, and what is kept under a name the story no longer has.
  cache.drop(tags.site(siteId));
  return put;
}

/** Adds stories, or brings those known up to date; one told twice counts once, and its last telling holds. */
export const putStories: Command<NewStories, { upserted: number }> = {
  name: 'put-stories',
  async run(transaction, puts) {
    const results: { upserted: number }[] = [];
    for (const { siteId, stories, keepUnsaid = false } of puts) {
      const names = await StoryNames.read(transaction, siteId, stories.flatMap(keysOf));
      const rows = new Map<string, StoryRow>();
      const now = Date.now();
      for (const story of stories) {
        const [key = story.url, urlKey = key] = keysOf(story);
        const { named, merged } = await names.settle(key, urlKey);
        if (merged !== undefined) rows.delete(merged);
        rows.set(named.id, toRow(story, { ...named, siteId, now }));
      }
      await writeRows(transaction, [...rows.values()], keepUnsaid);
      await names.writeAliases();
      results.push({ upserted: rows.size });
    }
    return results;
  },
};

/** The publisher's id, where there is one, and the URL. */
function keysOf({ id, url }: StoryInput): string[] {
  return [id, storyKey(url)].filter((key) => key !== undefined);
}

async function writeRows({ db }: Transaction, rows: readonly StoryRow[], keepUnsaid: boolean): Promise<void> {
  for (const some of inPortions(rows)) {
    await db
      .insertInto('stories')
      .values(some)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => {
          const told = <Column extends keyof StoryRow>(column: Column) => eb.ref(`excluded.${column}`);
          const always = {
            key: told('key'),
            url: told('url'),
            title: told('title'),
            publishedAt: told('publishedAt'),
            updatedAt: told('updatedAt'),
          };
          if (keepUnsaid) {
            const orKept = <Column extends keyof StoryRow>(column: Column) =>
              eb.fn.coalesce(told(column), eb.ref(`stories.${column}`));
            return {
              ...always,
              summary: orKept('summary'),
              imageJson: orKept('imageJson'),
              section: orKept('section'),
              byline: orKept('byline'),
              durationSec: orKept('durationSec'),
              lang: orKept('lang'),
            };
          }
          return {
            ...always,
            summary: told('summary'),
            imageJson: told('imageJson'),
            section: told('section'),
            kicker: told('kicker'),
            byline: told('byline'),
            kind: told('kind'),
            durationSec: told('durationSec'),
            access: told('access'),
            sponsorJson: told('sponsorJson'),
            lang: told('lang'),
            dontMiss: told('dontMiss'),
          };
        }),
      )
      .execute();
  }
}

function toRow(
  story: StoryInput,
  { id, key, siteId, now }: StoryName & { readonly siteId: string; readonly now: number },
): StoryRow {
  const { image, sponsor } = story;
  return {
    id,
    siteId,
    key,
    url: story.url,
    title: tamedLine(story.title),
    publishedAt: Date.parse(story.publishedAt),
    summary: lineOf(story.summary),
    imageJson: image ? JSON.stringify({ ...image, alt: image.alt && tamedLine(image.alt) }) : null,
    section: lineOf(story.section),
    kicker: lineOf(story.kicker),
    byline: lineOf(story.byline),
    kind: story.kind,
    durationSec: story.durationSec ?? null,
    access: story.access ?? null,
    sponsorJson: sponsor ? JSON.stringify({ ...sponsor, name: tamedLine(sponsor.name) }) : null,
    lang: story.lang ?? null,
    dontMiss: story.dontMiss ? 1 : 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** What says nothing is not said. */
function lineOf(given: string | undefined): string | null {
  return tamedLine(given ?? '') || null;
}
