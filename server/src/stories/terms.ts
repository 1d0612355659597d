/** What a headline is about, for comparing: its syllables and pairs of neighbours, without case and marks. */
export type Terms = ReadonlySet<string>;

const words = /[\p{L}\p{N}]+/gu;

/**
 * Most Vietnamese words are two syllables, so pairs stand for words without a dictionary; folding makes `hoà` and
 * `hòa` one word, and finds what was typed without marks.
 */
export function termsOf(text: string): Terms {
  const syllables = folded(text).match(words) ?? [];
  return new Set([...syllables, ...syllables.slice(1).map((syllable, index) => `${syllables[index]} ${syllable}`)]);
}

function folded(text: string): string {
  // `đ` has no decomposition.
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}

/** How much each term says: one in every headline says nothing, one in two of them much. */
export function termWeights(documents: readonly Terms[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const terms of documents) for (const term of terms) found.set(term, (found.get(term) ?? 0) + 1);
  return new Map(
    [...found].map(([term, times]) => [term, Math.log(1 + (documents.length - times + 0.5) / (times + 0.5))]),
  );
}

/** How much of what `story` is about is in `other` too, from 0 to 1. */
export function likeness(story: Terms, other: Terms, weight: ReadonlyMap<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const term of story) {
    const worth = weight.get(term) ?? 0;
    all += worth;
    if (other.has(term)) shared += worth;
  }
  return all === 0 ? 0 : shared / all;
}
