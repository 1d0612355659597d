import * as limits from '../../../contract/limits.js';
import type { Comment, CommentNode } from '../../../contract/types.js';

const maxSuggestions = 6;
/** A mention being typed: the text after `@`, up to the caret. */
const mentionBeforeCaret = /(?:^|[\s(])@([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ]{0,38}|)$/u;

/**
 * Returns the ids of the readers whom a text mentions by name, in any Unicode normalization.
 *
 * @param edited the comment that the text replaces: it may mention writers whose comments are not loaded
 */
export function mentionedIds(text: string, comments: Iterable<Comment>, edited?: Comment): string[] {
  const composed = text.normalize();
  if (!composed.includes('@')) return [];
  const readers = [...mentionsIn(edited?.nodes ?? []), ...Array.from(comments, ({ author }) => author)];
  const mentioned = readers.filter(({ name }) => name && composed.includes(`@${name.normalize()}`));
  return [...new Set(mentioned.map(({ id }) => id))].slice(0, limits.mentions);
}

function* mentionsIn(nodes: readonly CommentNode[]): Iterable<{ id: string; name: string }> {
  for (const node of nodes) {
    if (node.type === 'mention') yield node;
    else if ('children' in node) yield* mentionsIn(node.children);
  }
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
