import { type Part, parts } from './parts.js';
import { placeOf } from './place.js';

const asked: Record<string, (attribute: (name: string) => string | null) => Part<unknown>> = {
  'aw-reactions': (attribute) => parts.reactions(attribute('poll')),
  'aw-comments': (attribute) => parts.comments(attribute('sort'), attribute('page-size')),
  'aw-stories': (attribute) => parts.stories(attribute('rail'), attribute('limit')),
  'aw-newsletter': () => parts.newsletter(),
};

/** What an element of ours will ask for, read off its tag before its code is there. */
export function partOf(element: Element): Part<unknown> | undefined {
  return asked[element.localName]?.((name) => element.getAttribute(name));
}

/** Asks for the data of elements whose code is not here yet, so that it is when they are. */
export function prefetch(elements: Iterable<Element>): void {
  for (const element of elements) {
    const part = partOf(element);
    if (!part) continue;
    try {
      const lang = element.closest('[lang]')?.getAttribute('lang') ?? '';
      // The widget asks the same question itself and shows the failure.
      placeOf(element, lang)
        .part(part)
        .catch(() => undefined);
    } catch {
      // As above: the widget will say what its tag lacks.
    }
  }
}
