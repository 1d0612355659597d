import { storyKey } from '../../contract/story-key.js';
import type { Story } from '../../contract/types.js';

/** The rail of the page that shows a story, by the story's id. */
const railByStory = new Map<string, object>();

/**
 * Returns the stories that a rail may show: at most `limit`, without the page's own story and without those that
 * another rail of the page shows. They belong to the rail until it claims again or releases them.
 *
 * @param pageStory the key of the page's own story
 */
export function claimStories(rail: object, stories: readonly Story[], limit: number, pageStory: string): Story[] {
  releaseStories(rail);
  const claimed = stories
    .filter(({ id, url }) => id !== pageStory && storyKey(url) !== pageStory && !railByStory.has(id))
    .filter(({ id }, index, all) => all.findIndex((story) => story.id === id) === index)
    .slice(0, limit);
  for (const { id } of claimed) railByStory.set(id, rail);
  return claimed;
}

/** Releases the stories of a rail for other rails. */
export function releaseStories(rail: object): void {
  for (const [id, owner] of railByStory) if (owner === rail) railByStory.delete(id);
}
