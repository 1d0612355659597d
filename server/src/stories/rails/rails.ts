import { storyImageSchema, type Rail, type Story } from 'afterword/contract';
import { tags, type PublicData } from '../../http/public-cache.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { dayMs, minuteMs, type EpochMs } from '../../time.js';
import { rankRelated, readHeadline } from '../related/ranking.js';
import type { StoryResolver } from '../story-resolver.js';
import type { RailCache, PublishedStory } from './rail-cache.js';

/** Services needed to read a rail. */
export interface RailSources {
  readonly database: Database;
  readonly railCache: RailCache;
  readonly stories: StoryResolver;
}

interface RailEntry {
  readonly story: PublishedStory;
  readonly reason: Story['reason'];
}

/** Popular stories are recommended in `dont-miss` for this long. */
const popularMaxAgeMs = 7 * dayMs;

/**
 * Reads a rail, best stories first: up to twice `limit`, so that the page can drop stories shown elsewhere.
 *
 * A rail with too few matches is filled with the latest stories, which have `reason` `latest`. Only `videos` and
 * `sponsored` are not filled.
 *
 * @param storyKey story of the page, excluded from the rail
 * @param lang language of the page; stories in it are preferred
 */
export async function readRail(
  sources: RailSources,
  site: Site,
  rail: Rail['rail'],
  storyKey: string | undefined,
  limit: number,
  lang: string | undefined,
): Promise<PublicData<Rail>> {
  const own = storyKey === undefined ? undefined : await sources.stories.find(site, storyKey);
  const { entries, readAt } = await collectEntries(sources, site, rail, own?.id);
  const others = uniqueStories(entries).filter(({ story }) => story.id !== own?.id);
  const wanted = baseLanguage(lang ?? site.lang);
  const shown = preferLanguage(others, wanted, site, limit).slice(0, 2 * limit);
  return {
    value: {
      rail,
      // Rounded to the minute, so that an unchanged list keeps its ETag.
      asOf: new Date(readAt - (readAt % minuteMs)).toISOString(),
      items: shown.map(({ story, reason }) => {
        const storyLang = story.lang ?? site.lang;
        return { ...toStory(story, reason), ...(baseLanguage(storyLang) !== wanted && { lang: storyLang }) };
      }),
    },
    // Without tags of the listed stories: a vote on one would drop the cached rails of all pages. Comment counts
    // expire instead.
    tags: [tags.site(site.id)],
  };
}

/** Collects candidates in order. A story may occur twice; the first entry wins. */
async function collectEntries(
  { database, railCache }: Omit<RailSources, 'stories'>,
  site: Site,
  rail: Rail['rail'],
  ownId: string | undefined,
): Promise<{ entries: RailEntry[]; readAt: EpochMs }> {
  if (rail === 'videos' || rail === 'sponsored') {
    const { stories, readAt } = await railCache.read(site.id, rail);
    return { entries: withReason(rail === 'videos' ? 'kind' : 'sponsor', stories), readAt };
  }
  const latest = await railCache.read(site.id, 'latest');
  const { readAt } = latest;
  const latestEntries = withReason('latest', latest.stories);
  if (rail === 'latest') return { entries: latestEntries, readAt };
  if (rail === 'related') {
    const own = ownId === undefined ? undefined : await readHeadline(database, ownId);
    return { entries: [...(own ? rankRelated(own, latest, readAt) : []), ...latestEntries], readAt };
  }
  const mostRead = await railCache.read(site.id, 'most-read');
  if (rail === 'most-read')
    return { entries: [...withReason('most-read', mostRead.stories), ...latestEntries], readAt };
  const editorPicks = await railCache.read(site.id, 'editor');
  const popular = mostRead.stories.filter(({ publishedAt }) => publishedAt >= readAt - popularMaxAgeMs);
  return {
    entries: [...withReason('editor', editorPicks.stories), ...withReason('most-read', popular), ...latestEntries],
    readAt,
  };
}

function withReason(reason: Story['reason'], stories: readonly PublishedStory[]): RailEntry[] {
  return stories.map((story) => ({ story, reason }));
}

function uniqueStories(picks: readonly RailEntry[]): RailEntry[] {
  const seen = new Set<string>();
  return picks.filter(({ story: { id } }) => !seen.has(id) && seen.add(id));
}

/** Filters by language if enough stories remain. Stories without a language have the site's. */
function preferLanguage(picks: RailEntry[], lang: string, site: Site, minCount: number): RailEntry[] {
  const matching = picks.filter(({ story }) => baseLanguage(story.lang ?? site.lang) === lang);
  return matching.length >= minCount ? matching : picks;
}

function baseLanguage(lang: string): string {
  return lang.split('-')[0]?.toLowerCase() ?? lang;
}

/** Converts a row to the contract's type. */
export function toStory(row: PublishedStory, reason: Story['reason']): Story {
  return {
    id: row.key,
    url: row.url,
    title: row.title,
    publishedAt: new Date(row.publishedAt).toISOString(),
    kind: row.kind as Story['kind'],
    commentCount: row.comments,
    reason,
    ...(row.summary !== null && { summary: row.summary }),
    ...readImage(row.imageJson),
    ...(row.section !== null && { section: row.section }),
    ...(row.kicker !== null && { kicker: row.kicker }),
    ...(row.byline !== null && { byline: row.byline }),
    ...(row.durationSec !== null && { durationSec: row.durationSec }),
    ...(row.access !== null && { access: row.access as NonNullable<Story['access']> }),
    ...(row.sponsorJson !== null && { sponsor: JSON.parse(row.sponsorJson) as NonNullable<Story['sponsor']> }),
  };
}

/** Leaves out an image that today's limits refuse, such as one that an earlier version stored. */
function readImage(json: string | null): Pick<Story, 'image'> {
  const parsed = json === null ? undefined : storyImageSchema.safeParse(JSON.parse(json));
  return parsed?.success ? { image: parsed.data } : {};
}
