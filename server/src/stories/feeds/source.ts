import { readFile } from 'node:fs/promises';
import { OperatorError } from '../../config.js';
import { decodeFeed } from './encoding.js';
import { readEntries } from './entries.js';
import { feedStories, type FeedStories } from './feed-stories.js';
import { fetchFeed, type FetchOptions } from './fetch.js';

/**
 * Reads a feed from a file or an address.
 *
 * @throws OperatorError with one line that names the feed and says why it cannot be read
 */
export async function readFeed(source: string, options: FetchOptions): Promise<FeedStories> {
  const isUrl = /^[a-z][a-z0-9+.-]+:\/\//i.test(source);
  try {
    const { bytes, charset, url } = isUrl ? await fetchFeed(source, options) : await readFeedFile(source);
    return feedStories(readEntries(decodeFeed(bytes, charset)), url, Date.now());
  } catch (error) {
    if (error instanceof OperatorError) throw new OperatorError(`${source}: ${error.message}. Nothing was taken.`);
    throw error;
  }
}

async function readFeedFile(path: string) {
  try {
    return { bytes: await readFile(path), charset: undefined, url: undefined };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError(
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown error'})`,
    );
  }
}
