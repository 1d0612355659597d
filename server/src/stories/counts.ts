import { defaultPoll, storyKey, type Counts } from 'afterword/contract';
import { tags, type PublicData } from '../http/public-cache.js';
import { siteKey } from '../sites/site-key.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { StoryResolver } from './story-resolver.js';

/** Services needed to read counts. */
export interface CountSources {
  readonly database: Database;
  readonly stories: StoryResolver;
}

/** Counts comments and reactions per story, by key as sent. Unknown stories have zeros. */
export async function readCounts(
  { database, stories }: CountSources,
  site: Site,
  keys: readonly string[],
): Promise<PublicData<Counts>> {
  const given = [...new Set(keys)].map((sent) => ({ sent, key: siteKey(site, storyKey(sent) ?? sent) }));
  const found = await stories.findAll(
    site,
    given.map(({ key }) => key),
  );
  const requested = given.map(({ sent, key }) => {
    const story = found.get(key);
    return { sent, key: story?.key ?? key, id: story?.id };
  });
  const ids = [...new Set(requested.flatMap(({ id }) => id ?? []))];
  const [threads, tallies] =
    ids.length === 0
      ? [[], []]
      : await Promise.all([
          database.read.selectFrom('threads').select(['storyId', 'total']).where('storyId', 'in', ids).execute(),
          database.read
            .selectFrom('reaction_tallies')
            .select(['storyId', 'voters'])
            .where('storyId', 'in', ids)
            .where('pollId', '=', defaultPoll)
            .execute(),
        ]);
  const comments = new Map(threads.map(({ storyId, total }) => [storyId, total]));
  const reactions = new Map(tallies.map(({ storyId, voters }) => [storyId, voters]));
  return {
    value: {
      counts: Object.fromEntries(
        requested.map(({ sent, id = '' }) => [
          sent,
          { comments: comments.get(id) ?? 0, reactions: reactions.get(id) ?? 0 },
        ]),
      ),
    },
    tags: [tags.site(site.id), ...requested.map(({ key }) => tags.story(site, key))],
  };
}
