const fragmentPrefix = '#aw-comment-';

/** Returns the URL of a comment on the current page. */
export function permalinkOf(commentId: string): string {
  return location.href.split('#', 1)[0] + fragmentPrefix + commentId;
}

/** Returns the id of the comment that the page's URL names. */
export function targetCommentId(): string | undefined {
  const { hash } = location;
  return hash.startsWith(fragmentPrefix) ? hash.slice(fragmentPrefix.length) : undefined;
}
