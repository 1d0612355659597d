import * as limits from '../../../contract/limits.js';
import type { Comment } from '../../../contract/types.js';

const maxSuggestions = 6;
/** A mention being typed: the text after `@`, up to the caret. */
const mentionBeforeCaret = /(?:^|[\s(])@([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ]{0,38}|)$/u;

/** Returns the ids of the writers whom a text mentions by name. */
export function mentionedIds(text: string, comments: Iterable<Comment>): string[] {
  const ids = new Set<string>();
  if (text.includes('@'))
    for (const { author } of comments) if (author.name && text.includes(`@${author.name}`)) ids.add(author.id);
  return [...ids].slice(0, limits.mentions);
}

/** Returns the names of writers that complete the mention before the caret; without marks they match, too. */
export function suggestNames(textBeforeCaret: string, comments: Iterable<Comment>, readerId?: string): string[] {
  const [, typed] = mentionBeforeCaret.exec(textBeforeCaret) ?? [];
  if (typed === undefined) return [];
  const prefix = foldMarks(typed);
  const names = new Set<string>();
  for (const { author } of comments) {
    if (!author.name || author.id === readerId || names.size >= maxSuggestions) continue;
    const name = foldMarks(author.name);
    if (name.startsWith(prefix) || name.includes(` ${prefix}`)) names.add(author.name);
  }
  return [...names].filter((name) => name !== typed);
}

/** Folds case and diacritics. `đ` has no decomposition. */
function foldMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}
