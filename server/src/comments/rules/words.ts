/** One word of a text, with its marks and without. */
export interface Word {
  readonly marked: string;
  readonly folded: string;
}

/** The words of a text, and readings of it that undo letters spaced out to hide a word. */
export interface TextWords {
  readonly words: readonly Word[];
  /** The words after joining letters that punctuation separates, as in `b.a.d word`; absent without such letters. */
  readonly joined: readonly Word[] | undefined;
  /** Runs of at least three single letters, each read as one word: `b a d w o r d` as `badword`. */
  readonly runs: readonly Word[];
}

const wordPattern = /[\p{L}\p{M}\p{N}]+/gu;
const formatChars = /\p{Cf}/gu;
const marks = /\p{M}/gu;
/** Grave, acute, hook above, tilde, dot below. Sorted to the end of a word, so that `hòa` equals `hoà`. */
const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;
/** Letters that look like `đ`, and have the same capital letter. */
const strokedD = /[ðɖ]/g;
/** Longest run of characters that may separate the letters of one word. */
const maxGapChars = 3;
const minRunLetters = 3;

/** Splits an entry of a word list. */
export function splitWords(text: string): Word[] {
  return (normalize(text).match(wordPattern) ?? []).map(toWord);
}

/** Reads several words as one. */
export function joinWords(text: string): Word {
  return toWord((normalize(text).match(wordPattern) ?? []).join(''));
}

/** Splits a text of a reader. */
export function readWords(text: string): TextWords {
  const normalized = normalize(text);
  const words: Word[] = [];
  const joined: string[] = [];
  const runs: Word[] = [];
  let run: string[] = [];
  let end = 0;
  let wasLetter = false;
  const endRun = () => {
    if (run.length >= minRunLetters) runs.push(toWord(run.join('')));
    run = [];
  };
  for (const match of normalized.matchAll(wordPattern)) {
    const [source] = match;
    const word = toWord(source);
    const isLetter = word.folded.length === 1;
    const gap = match.index - end <= maxGapChars ? normalized.slice(end, match.index) : undefined;
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
  return { words, joined: joined.length < words.length ? joined.map(toWord) : undefined, runs };
}

function normalize(text: string): string {
  return text.normalize('NFKC').replace(formatChars, '').toLowerCase().replace(strokedD, 'đ');
}

function toWord(source: string): Word {
  const decomposed = source.normalize('NFD');
  const marked = decomposed.replace(tones, '') + [...(decomposed.match(tones) ?? [])].sort().join('');
  return { marked, folded: decomposed.replace(marks, '').replaceAll('đ', 'd') };
}
