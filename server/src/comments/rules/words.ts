import {
  type FoldedWord,
  foldWord,
  isPlainlyForeign,
  type Reading,
  splitIntoWords,
} from '../../letters/folded-word.js';

/** The words of a text, and readings of it that undo letters spaced out to hide a word. */
export interface TextWords {
  readonly words: readonly FoldedWord[];
  /** The words after joining letters that punctuation separates, as in `b.a.d word`; absent without such letters. */
  readonly joined: readonly FoldedWord[] | undefined;
  /** Runs of at least three single letters, each read as one word: `b a d w o r d` as `badword`. */
  readonly runs: readonly FoldedWord[];
}

/** Longest run of characters that may separate the letters of one word. */
const maxGapChars = 3;
const minRunLetters = 3;

/** Splits an entry of a word list. */
export function splitWords(text: string): FoldedWord[] {
  return splitIntoWords(text).map(([source]) => foldWord(source, 'entry'));
}

/** Reads several words as one. */
export function joinWords(text: string): FoldedWord {
  const sources = splitIntoWords(text).map(([source]) => source);
  return foldWord(sources.join(''), 'entry');
}

/** Splits a text of a reader. */
export function readWords(text: string): TextWords {
  const matches = splitIntoWords(text);
  const reading = readingOf(matches);
  const words: FoldedWord[] = [];
  const joined: string[] = [];
  const runs: FoldedWord[] = [];
  let run: string[] = [];
  let end = 0;
  let wasLetter = false;
  const endRun = () => {
    if (run.length >= minRunLetters) runs.push(foldWord(run.join(''), reading));
    run = [];
  };
  for (const match of matches) {
    const [source] = match;
    const word = foldWord(source, reading);
    const isLetter = word.letters.length === 1;
    const gap = match.index - end <= maxGapChars ? match.input.slice(end, match.index) : undefined;
    if (gap === undefined || !isLetter) endRun();
    if (isLetter) run.push(source);
    const isJoined = gap !== undefined && words.length > 0 && (isLetter || wasLetter) && !/\s/.test(gap);
    if (isJoined) joined.push(`${joined.pop()}${source}`);
    else joined.push(source);
    words.push(word);
    wasLetter = isLetter;
    end = match.index + source.length;
  }
  endRun();
  const areJoined = joined.length < words.length;
  return { words, joined: areJoined ? joined.map((source) => foldWord(source, reading)) : undefined, runs };
}

/** A word of letters that all look like Latin ones is Russian in a Russian text, and disguised in another. */
function readingOf(matches: readonly RegExpExecArray[]): Reading {
  return matches.some(([source]) => isPlainlyForeign(source)) ? 'text' : 'spelled-text';
}
