import { type FoldedWord, foldWord, isSameWord, type MarksRule, splitIntoWords } from '../letters/folded-word.js';
import { symbolsToLetters } from '../letters/look-alikes.js';

/** The words of a name, folded so that look-alike spellings are comparable. */
export interface FoldedName {
  readonly words: readonly FoldedWord[];
  /** All words read as one, as in `A d m i n`. */
  readonly joined: FoldedWord;
  readonly isMarked: boolean;
}

/** Pairs of letters that are drawn like one. */
const digraphs = { rn: 'm', vv: 'w' } as const;

/** Folds a name by Unicode's table of confusable characters, and removes case, punctuation and marks of other languages. */
export function foldName(name: string): FoldedName {
  const sources = splitIntoWords(name).map(([source]) => source);
  const words = sources.map((source) => foldWord(source, 'name'));
  return { words, joined: foldWord(sources.join(''), 'name'), isMarked: words.some((word) => word.isMarked) };
}

/** Returns all that a name may be read as: with symbols as letters, and with pairs of letters that look like one. */
export function readingsOfName(name: string): FoldedName[] {
  const spellings = new Set([name, symbolsToLetters(name) ?? name]);
  for (const [pair, letter] of Object.entries(digraphs))
    for (const spelling of [...spellings]) spellings.add(spelling.replaceAll(pair, letter));
  return [...spellings].map(foldName);
}

/** Returns true where consecutive words of a name, or all of them read as one, are those of a phrase. */
export function holdsPhrase(name: FoldedName, phrase: FoldedName, marks: MarksRule): boolean {
  const { length } = phrase.words;
  if (length === 0) return false;
  const starts = Array.from({ length: Math.max(0, name.words.length - length + 1) }, (_, index) => index);
  return (
    isSameWord(name.joined, phrase.joined, marks) ||
    starts.some((start) => phrase.words.every((word, index) => isSameWord(name.words[start + index]!, word, marks)))
  );
}

/** Returns true where a name is another one. */
export function isSameName(name: FoldedName, other: FoldedName, marks: MarksRule): boolean {
  return name.words.length === other.words.length
    ? other.words.every((word, index) => isSameWord(name.words[index]!, word, marks))
    : isSameWord(name.joined, other.joined, marks);
}

/** Returns a key that names which are the same have in common. */
export function keyOf({ joined }: FoldedName): string {
  return joined.key;
}
