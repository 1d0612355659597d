/** Where the reader stands in a list of comments: the first one in sight, and how far down the window. */
export interface Standing {
  readonly id: string;
  readonly top: number;
}

/** Nowhere where the list begins in sight: then its beginning is where the reader is. */
export function standingIn(list: Element): Standing | undefined {
  if (!list.isConnected || list.getBoundingClientRect().top >= 0) return undefined;
  for (const article of list.querySelectorAll('article')) {
    const { top, bottom } = article.getBoundingClientRect();
    if (bottom > 0) return top < innerHeight ? { id: article.id.slice(2), top } : undefined;
  }
  return undefined;
}

/** Brings a comment back to where it stood. */
export function standAt({ id, top }: Standing, root: ShadowRoot): void {
  const article = root.getElementById(`c-${id}`);
  if (article) scrollBy(0, article.getBoundingClientRect().top - top);
}
