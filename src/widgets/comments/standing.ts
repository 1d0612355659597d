/** Where the reader stands in a list of comments: the first one in sight, and how far down the window. */
export interface Standing {
  readonly id: string;
  readonly top: number;
}

/** Nowhere where the list begins in sight: then its beginning is where the reader is. */
export function standingIn(list: Element): Standing | undefined {
  if (!list.isConnected || list.getBoundingClientRect().top >= 0) return undefined;
  // Chapter, stretch, comment: to ask each comment of a long thread where it is would be to lay out all of them.
  for (const chapter of inSight(list.children))
    for (const stretch of inSight(chapter.children))
      for (const article of inSight(stretch.querySelectorAll('article'))) {
        const { top } = article.getBoundingClientRect();
        return top < innerHeight ? { id: article.id.slice(2), top } : undefined;
      }
  return undefined;
}

/** Those that are not above the window. */
function* inSight(elements: Iterable<Element>): Iterable<Element> {
  for (const element of elements) if (element.getBoundingClientRect().bottom > 0) yield element;
}

/** Brings a comment back to where it stood. */
export function standAt({ id, top }: Standing, root: ShadowRoot): void {
  const article = root.getElementById(`c-${id}`);
  if (article) scrollBy(0, article.getBoundingClientRect().top - top);
}
