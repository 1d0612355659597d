/** What a story is about, for comparing: its terms, and how much each tells about it. */
export type Terms = ReadonlyMap<string, number>;

const titleWorth = 1;
const summaryWorth = 0.5;
/** One syllable alone may be many words. */
const syllableWorth = 0.4;
const words = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Syllables as written, and pairs of neighbours without marks.
 *
 * Most Vietnamese words are two syllables, so pairs stand for words without a dictionary; without marks `hoà` and
 * `hòa` are one word, and a headline typed without any is understood.
 */
export function termsOf(title: string, summary: string | null): Terms {
  const terms = new Map<string, number>();
  for (const [text, worth] of [
    [summary ?? '', summaryWorth],
    [title, titleWorth],
  ] as const) {
    const syllables = text.normalize('NFC').toLowerCase().match(words) ?? [];
    syllables.forEach((syllable, index) => {
      terms.set(syllable, worth * syllableWorth);
      const next = syllables[index + 1];
      if (next !== undefined) terms.set(`${folded(syllable)} ${folded(next)}`, worth);
    });
  }
  return terms;
}

function folded(text: string): string {
  // `đ` has no decomposition.
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
}

/** A term that more than one story in so many has is grammar, not a subject; a few stories are too few to tell. */
const commonOneIn = 8;
const fewStories = 4;

/** How much each term says: one in two stories much, one in a dozen little, one in every other nothing. */
export function termWeights(stories: readonly Terms[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const terms of stories) for (const term of terms.keys()) found.set(term, (found.get(term) ?? 0) + 1);
  const common = Math.max(fewStories, stories.length / commonOneIn);
  return new Map(
    [...found].map(([term, times]) => [
      term,
      times > common ? 0 : Math.log(1 + (stories.length - times + 0.5) / (times + 0.5)),
    ]),
  );
}

/** How much of what `own` is about is in `other` too, from 0 to 1. */
export function likeness(own: Terms, other: Terms, weights: ReadonlyMap<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const [term, worth] of own) {
    const weight = worth * (weights.get(term) ?? 0);
    all += weight * worth;
    shared += weight * (other.get(term) ?? 0);
  }
  return all === 0 ? 0 : Math.min(1, shared / all);
}
