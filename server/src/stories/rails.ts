import type { Rail, Story } from 'afterword/contract';
import { tags, type Shown } from '../http/public-cache.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { rankRelated, readHeadline } from './related.js';
import { toStory, type PublishedStory } from './story-shape.js';

interface Pick {
  readonly story: PublishedStory;
  readonly reason: Story['reason'];
}

const dayMillis = 24 * 60 * 60 * 1000;
/** What many read is worth a second look for a week. */
const freshMillis = 7 * dayMillis;

/**
 * A rail of stories, best first: up to twice `limit`, so that the page can leave out what it shows elsewhere.
 *
 * Where its own rule finds too little, a rail goes on with the latest and says so in `reason`; only `videos` and
 * `sponsored`, which promise a kind, stay short.
 *
 * @param storyKey the story the rail stands under, which is never in it
 * @param lang the language of the page: stories in it are preferred
 */
export async function readRail(
  services: Services,
  site: Site,
  rail: Rail['rail'],
  storyKey: string | undefined,
  limit: number,
  lang: string | undefined,
): Promise<Shown<Rail>> {
  const own = storyKey === undefined ? undefined : await services.stories.find(site.id, storyKey);
  const { picks, madeAt } = await pick(services, site, rail, own?.id);
  const others = onceEach(picks).filter(({ story }) => story.id !== own?.id);
  const shown = inLanguage(others, baseOf(lang ?? site.lang), site, limit).slice(0, 2 * limit);
  return {
    value: {
      rail,
      // To the minute, so that a list that did not change keeps its ETag for so long.
      asOf: new Date(madeAt - (madeAt % 60_000)).toISOString(),
      items: shown.map(({ story, reason }) => toStory(story, reason)),
    },
    // Not the tags of the stories shown: a vote on one would drop the pages of all. Their comment counts age out.
    tags: [tags.site(site.id)],
  };
}

/** Everything that may stand in a rail, in order; a story may come twice, and its first place and reason hold. */
async function pick(
  { database, shelves }: Services,
  site: Site,
  rail: Rail['rail'],
  ownId: string | undefined,
): Promise<{ picks: Pick[]; madeAt: number }> {
  if (rail === 'videos' || rail === 'sponsored') {
    const { stories, madeAt } = await shelves.read(site.id, rail);
    return { picks: because(rail === 'videos' ? 'kind' : 'sponsor', stories), madeAt };
  }
  const latest = await shelves.read(site.id, 'latest');
  const { madeAt } = latest;
  const rest = because('latest', latest.stories);
  if (rail === 'latest') return { picks: rest, madeAt };
  if (rail === 'related') {
    const own = ownId === undefined ? undefined : await readHeadline(database, ownId);
    return { picks: [...(own ? rankRelated(own, latest, madeAt) : []), ...rest], madeAt };
  }
  const mostRead = await shelves.read(site.id, 'most-read');
  if (rail === 'most-read') return { picks: [...because('most-read', mostRead.stories), ...rest], madeAt };
  const recommended = await shelves.read(site.id, 'editor');
  const popular = mostRead.stories.filter(({ publishedAt }) => publishedAt >= madeAt - freshMillis);
  return { picks: [...because('editor', recommended.stories), ...because('most-read', popular), ...rest], madeAt };
}

function because(reason: Story['reason'], stories: readonly PublishedStory[]): Pick[] {
  return stories.map((story) => ({ story, reason }));
}

function onceEach(picks: readonly Pick[]): Pick[] {
  const seen = new Set<string>();
  return picks.filter(({ story: { id } }) => !seen.has(id) && seen.add(id));
}

/** Only stories in the page's language, where there are enough of them; a story that names none is in the site's. */
function inLanguage(picks: Pick[], lang: string, site: Site, enough: number): Pick[] {
  const matching = picks.filter(({ story }) => baseOf(story.lang ?? site.lang) === lang);
  return matching.length >= enough ? matching : picks;
}

function baseOf(lang: string): string {
  return lang.split('-')[0]?.toLowerCase() ?? lang;
}
