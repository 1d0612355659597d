const mark = '#aw-comment-';

/** The address that leads to a comment: this page's own, whichever page shows the thread. */
export function addressOf(id: string): string {
  return location.href.split('#', 1)[0] + mark + id;
}

/** The comment that the page's address leads to. */
export function addressed(): string | undefined {
  const { hash } = location;
  return hash.startsWith(mark) ? hash.slice(mark.length) : undefined;
}
