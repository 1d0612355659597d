import { articleId } from '../thread-context.js';

/** The reader's position in a thread: the first comment in view, and its distance from the top of the viewport. */
export interface ScrollAnchor {
  readonly commentId: string;
  readonly topPx: number;
}

/** Returns the reader's position in the list; undefined where the list starts in view. */
export function scrollAnchorOf(root: ShadowRoot): ScrollAnchor | undefined {
  const list = root.querySelector('.comment-list');
  if (!list || list.getBoundingClientRect().top >= 0) return undefined;
  // Group by group and chunk by chunk: measuring each comment would lay out the whole thread.
  for (const group of notAbove(list.children))
    for (const chunk of notAbove(group.children))
      for (const article of notAbove(chunk.querySelectorAll('article'))) {
        const { top } = article.getBoundingClientRect();
        return top < innerHeight ? { commentId: article.id.slice(articleId('').length), topPx: top } : undefined;
      }
  return undefined;
}

/** Scrolls a comment back to its position. */
export function restoreScroll({ commentId, topPx }: ScrollAnchor, root: ShadowRoot): void {
  const article = root.getElementById(articleId(commentId));
  if (article) scrollBy(0, article.getBoundingClientRect().top - topPx);
}

/** Yields the elements that are not above the viewport. */
function* notAbove(elements: Iterable<Element>): Iterable<Element> {
  for (const element of elements) if (element.getBoundingClientRect().bottom > 0) yield element;
}
