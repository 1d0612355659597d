/** Terms of a story with their weights. */
export type Terms = ReadonlyMap<string, number>;

const titleWeight = 1;
const summaryWeight = 0.5;
/** Single syllables are ambiguous in Vietnamese. */
const syllableWeight = 0.4;
const words = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Extracts terms: syllables as written, and pairs of adjacent syllables without marks.
 *
 * Most Vietnamese words have two syllables, so pairs work as words without a dictionary. Folding the marks makes `hoà`
 * and `hòa` equal and matches titles typed without marks.
 */
export function termsOf(title: string, summary: string | null): Terms {
  const terms = new Map<string, number>();
  for (const [text, worth] of [
    [summary ?? '', summaryWeight],
    [title, titleWeight],
  ] as const) {
    const syllables = text.normalize('NFC').toLowerCase().match(words) ?? [];
    syllables.forEach((syllable, index) => {
      terms.set(syllable, worth * syllableWeight);
      const next = syllables[index + 1];
      if (next !== undefined) terms.set(`${foldMarks(syllable)} ${foldMarks(next)}`, worth);
    });
  }
  return terms;
}

function foldMarks(text: string): string {
  // `đ` has no canonical decomposition.
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}

/** Terms in more than 1 of 8 stories are stop words. Small sets are exempt up to `minCommonCount` stories. */
const commonTermDivisor = 8;
const minCommonCount = 4;

/** Returns the inverse document frequency of each term; 0 for stop words. */
export function inverseDocumentFrequencies(stories: readonly Terms[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const terms of stories) for (const term of terms.keys()) counts.set(term, (counts.get(term) ?? 0) + 1);
  const maxCount = Math.max(minCommonCount, stories.length / commonTermDivisor);
  return new Map(
    [...counts].map(([term, count]) => [
      term,
      count > maxCount ? 0 : Math.log(1 + (stories.length - count + 0.5) / (count + 0.5)),
    ]),
  );
}

/** Returns the weighted share of the terms of `own` that `other` contains, from 0 to 1. */
export function similarity(own: Terms, other: Terms, weights: ReadonlyMap<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const [term, worth] of own) {
    const weight = worth * (weights.get(term) ?? 0);
    all += weight * worth;
    shared += weight * (other.get(term) ?? 0);
  }
  return all === 0 ? 0 : Math.min(1, shared / all);
}
