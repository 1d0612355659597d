import { createReadStream } from 'node:fs';
import { limits, storyKey } from 'afterword/contract';
import { OperatorError } from '../../config.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { putStories } from '../store.js';
import { StoryResolver } from '../story-resolver.js';
import { decodeFeed } from './encoding.js';
import { readEntries } from './entries.js';
import { toFeedStories, type FeedStories, type FeedStory } from './feed-stories.js';
import { fetchFeed, type FetchOptions } from './fetch.js';

/**
 * Reads a feed from a file or URL.
 *
 * @throws OperatorError with one line that names the feed and the reason
 */
export async function readFeed(source: string, options: FetchOptions): Promise<FeedStories> {
  const isUrl = /^[a-z][a-z0-9+.-]+:\/\//i.test(source);
  try {
    const { bytes, charset, url } = isUrl ? await fetchFeed(source, options) : await readFeedFile(source);
    return toFeedStories(readEntries(decodeFeed(bytes, charset)), url, Date.now());
  } catch (error) {
    if (error instanceof OperatorError) throw new OperatorError(`${source}: ${error.message}. Nothing was taken.`);
    throw error;
  }
}

async function readFeedFile(path: string) {
  try {
    const chunks: Buffer[] = [];
    // One byte more than allowed. The size in the file system says nothing about pipes and devices.
    for await (const chunk of createReadStream(path, { end: limits.feedBytes }) as AsyncIterable<Buffer>)
      chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length > limits.feedBytes)
      throw new OperatorError(`the file is larger than ${limits.feedBytes / 1024 / 1024} MB`);
    return { bytes, charset: undefined, url: undefined };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError(
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown error'})`,
    );
  }
}

/** Stores a feed's stories in one transaction. */
export async function importFeed(database: Database, site: Site, { stories }: FeedStories): Promise<{ taken: number }> {
  if (stories.length === 0) return { taken: 0 };
  const known = new StoryResolver(database);
  const dated = await Promise.all(stories.map((story) => preserveDate(database, known, site, story)));
  const { upserted } = await database.writer.submit(putStories, {
    siteId: site.id,
    stories: dated,
    preserveMissing: true,
  });
  return { taken: upserted };
}

/** Keeps the date of the first import for stories without a date of their own. */
async function preserveDate(database: Database, known: StoryResolver, site: Site, { story, isDated }: FeedStory) {
  const found = isDated ? undefined : await known.find(site, storyKey(story.url) ?? story.url);
  if (!found) return story;
  const { publishedAt } = await database.read
    .selectFrom('stories')
    .select('publishedAt')
    .where('id', '=', found.id)
    .executeTakeFirstOrThrow();
  return publishedAt === null ? story : { ...story, publishedAt: new Date(publishedAt).toISOString() };
}
