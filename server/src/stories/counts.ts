import { defaultPoll, storyKey, type Counts } from 'afterword/contract';
import { tags, type Shown } from '../http/public-cache.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';

/**
 * How many comments and reactions each story has, by key as asked; zeros for stories never seen.
 *
 * @param keys as they travel: ids, URLs, or paths on the site's first origin
 */
export async function readCounts(
  { database, stories }: Services,
  site: Site,
  keys: readonly string[],
): Promise<Shown<Counts>> {
  const asked = await Promise.all(
    [...new Set(keys)].map(async (sent) => {
      const key = keyOf(site, sent);
      const story = await stories.find(site.id, key);
      return { sent, key: story?.key ?? key, id: story?.id };
    }),
  );
  const ids = [...new Set(asked.flatMap(({ id }) => id ?? []))];
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
        asked.map(({ sent, id = '' }) => [
          sent,
          { comments: comments.get(id) ?? 0, reactions: reactions.get(id) ?? 0 },
        ]),
      ),
    },
    tags: [tags.site(site.id), ...asked.map(({ key }) => tags.story(site.id, key))],
  };
}

/** A path stands for an address on the site's first origin, which a list page need not repeat a hundred times. */
function keyOf({ origins }: Site, sent: string): string {
  const [origin] = origins;
  const full = sent.startsWith('/') && origin !== undefined ? `${origin}${sent}` : sent;
  return storyKey(full) ?? sent;
}
