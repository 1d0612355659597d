import { storyKey } from 'afterword/contract';
import type { Site } from './store.js';

/** The members of a site that its keys depend on. */
export type KeySite = Pick<Site, 'id' | 'origins'>;

/**
 * Returns a story key as the site stores it: a path becomes the URL's key on the site's first origin, if it has one.
 *
 * The first origin, not that of the request: answers are cached for the pages of all origins, and programs send none.
 * Idempotent.
 *
 * @param key a canonical key, as the schema `story` returns it
 */
export function siteKey({ origins: [origin] }: Pick<Site, 'origins'>, key: string): string {
  if (!key.startsWith('/') || origin === undefined || !URL.canParse(key, origin)) return key;
  return storyKey(new URL(key, origin).href) ?? key;
}
