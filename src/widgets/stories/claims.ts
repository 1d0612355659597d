import { storyKey } from '../../contract/story-key.js';
import type { Story } from '../../contract/types.js';

/** Which rail of the page shows a story: no other does. */
const claimed = new Map<string, object>();

/**
 * The stories that a rail may show: at most `limit`, none that another rail of the page shows, none that the page is.
 * They stay the rail's own until it claims anew or lets go.
 */
export function claim(rail: object, stories: readonly Story[], limit: number, page: string): Story[] {
  release(rail);
  const mine = stories
    .filter(({ id, url }) => id !== page && storyKey(url) !== page && !claimed.has(id))
    .filter(({ id }, index, all) => all.findIndex((story) => story.id === id) === index)
    .slice(0, limit);
  for (const { id } of mine) claimed.set(id, rail);
  return mine;
}

/** Lets other rails show what this one did. */
export function release(rail: object): void {
  for (const [id, owner] of claimed) if (owner === rail) claimed.delete(id);
}
