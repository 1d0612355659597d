import type { SiteSettings } from '../../sites/store.js';
import { compileBannedWords } from './banned-words.js';

/** Addresses as people type them. Of bare ones only those of usual domains: `Nguyễn.Văn.An` is a name. */
const addressPattern =
  /:\/\/|\bwww\.|@[\w-]+\.\w|[\p{L}\p{N}]\.(?:com|net|org|info|biz|xyz|top|online|site|shop|store|club|vip|pro|app|dev|live|link|io|co|me|cc|tk|ru|cn|vn)(?![\p{L}\p{N}])/iu;

/** Returns true for a name that holds an address. */
export function hasAddress(name: string): boolean {
  return addressPattern.test(name);
}

/**
 * Returns true for a name that the rules for words and links allow. A name holds no address, unless any number of links
 * is allowed.
 */
export async function isAllowedName(name: string, { words, links }: SiteSettings['rules']): Promise<boolean> {
  if (links !== null && hasAddress(name)) return false;
  return (await compileBannedWords(words)).find(name).length === 0;
}
