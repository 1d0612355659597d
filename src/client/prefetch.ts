import { type Part, parts } from './page-batch.js';
import { pageSettled } from './page-story.js';
import { storyClientFor } from './story-client.js';

const partsByTag: Record<string, (attribute: (name: string) => string | null) => Part<unknown>> = {
  'aw-reactions': (attribute) => parts.reactions(attribute('poll')),
  'aw-comments': (attribute) => parts.comments(attribute('sort'), attribute('page-size')),
  'aw-stories': (attribute) => parts.stories(attribute('rail'), attribute('limit')),
  'aw-newsletter': () => parts.newsletter(),
};

/** Returns the entry of `GET /page` that an element will ask for, read from its attributes. */
export function partOf(element: Element): Part<unknown> | undefined {
  return partsByTag[element.localName]?.((name) => element.getAttribute(name));
}

/** Requests the data of an element that is not upgraded yet, in the language that it will use. */
export async function prefetch(element: Element, lang: string): Promise<void> {
  const part = partOf(element);
  if (!part) return;
  try {
    await pageSettled();
    await storyClientFor(element, lang).part(part);
  } catch {
    // The widget sends the same request and shows its failure.
  }
}
