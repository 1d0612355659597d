import { type StoryClient, storyClientFor } from './story-client.js';

/** An element that shows the data of a story. */
export interface StoryElement extends Element {
  /** Shows the data of another story: what is drawn goes at once. */
  reload(): void;
}

/** The page as its elements follow it. */
const page = {
  /** The client that each element uses; undefined where it has no valid story. */
  clients: new Map<StoryElement, StoryClient | undefined>(),
  /** Resolves when the page has settled on a story; undefined where it has: most often. */
  settled: undefined as Promise<void> | undefined,
};
let watching: Promise<void> | undefined;

/** Resolves when the page has settled on a story; undefined where it has: most often. */
export function pageSettled(): Promise<void> | undefined {
  return page.settled;
}

/**
 * Returns the client for an element's story, as {@link storyClientFor} does, once the page has settled on a story. Reloads
 * the element when that becomes another one, by a navigation within the document or a changed setting of the page.
 *
 * @param signal ends it; aborts when the element leaves the page or loads again
 * @throws ApiError `site-not-found` or `story-key-invalid`
 */
export async function followStory(element: StoryElement, lang: string, signal: AbortSignal): Promise<StoryClient> {
  const { clients, settled } = page;
  await settled;
  signal.throwIfAborted();
  clients.set(element, undefined);
  signal.addEventListener('abort', () => clients.delete(element));
  // The next element that loads tries again.
  watching ??= watchPage().catch(() => (watching = undefined));
  const client = storyClientFor(element, lang);
  clients.set(element, client);
  return client;
}

async function watchPage(): Promise<void> {
  (await import('./page-watcher.js')).watchPage(page);
}
