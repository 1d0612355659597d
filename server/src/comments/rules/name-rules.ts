import type { Reader } from 'afterword/contract';
import type { PhraseMatcher } from './phrase-matcher.js';

/** Addresses as people type them. Of bare ones only those of usual domains: `Nguyễn.Văn.An` is a name. */
const addressPattern =
  /:\/\/|\bwww\.|@[\w-]+\.\w|[\p{L}\p{N}]\.(?:com|net|org|info|biz|xyz|top|online|site|shop|store|club|vip|pro|app|dev|live|link|io|co|me|cc|tk|ru|cn|vn)(?![\p{L}\p{N}])/iu;

/**
 * Returns the name that a comment has for its author and for moderators while it is held: approving it approves the first
 * name of a reader, too.
 */
export function nameInReview({
  name,
  pendingName,
}: Pick<Reader, 'name'> & { pendingName?: string | null | undefined }) {
  return name || (pendingName ?? '');
}

/** Returns the banned words that a name holds, as moderators read them. */
export function findWordsInName(name: string, bannedWords: PhraseMatcher): string[] {
  return bannedWords.find(name).map((word) => `“${word}” in the name`);
}

/** Returns true for a name that holds an address, unless any number of links is allowed. A name may hold none. */
export function hasLinkInName(name: string, maxLinks: number | null): boolean {
  return maxLinks !== null && addressPattern.test(name);
}
