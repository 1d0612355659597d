import { storyKey } from 'afterword/contract';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { KnownStories } from '../known-stories.js';
import { putStories } from '../store.js';
import type { FeedStories, FeedStory } from './feed-stories.js';

/** Puts a feed's stories in one transaction: all of them or none. */
export async function importFeed(database: Database, site: Site, { stories }: FeedStories): Promise<{ taken: number }> {
  if (stories.length === 0) return { taken: 0 };
  const known = new KnownStories(database);
  const dated = await Promise.all(stories.map((story) => keepingItsDate(database, known, site, story)));
  const { upserted } = await database.writer.submit(putStories, { siteId: site.id, stories: dated, keepUnsaid: true });
  return { taken: upserted };
}

/** A story without a date is from when it was first seen, however often its feed is brought in. */
async function keepingItsDate(database: Database, known: KnownStories, site: Site, { story, isDated }: FeedStory) {
  const found = isDated ? undefined : await known.find(site.id, storyKey(story.url) ?? story.url);
  if (!found) return story;
  const { publishedAt } = await database.read
    .selectFrom('stories')
    .select('publishedAt')
    .where('id', '=', found.id)
    .executeTakeFirstOrThrow();
  return publishedAt === null ? story : { ...story, publishedAt: new Date(publishedAt).toISOString() };
}
