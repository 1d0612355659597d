import lookAlike from 'unhomoglyph';

/** A word of a name, folded so that look-alike spellings are comparable. */
interface FoldedWord {
  /** Its letters in lower case, without marks; {@link ambiguous} where the shape is that of `I` and of `l`. */
  readonly letters: string;
  /** Its Vietnamese marks by letter, the tones last, so that `hòa` equals `hoà`. */
  readonly marks: string;
}

/** The words of a name. */
export interface FoldedName {
  readonly words: readonly FoldedWord[];
  /** All words read as one, as in `A d m i n`. */
  readonly joined: FoldedWord;
  readonly isMarked: boolean;
}

/**
 * The marks with which a word equals one of a reserved name: any, exactly its own, or its own or none at all. Other marks
 * make another word: `Hòa` is not `Hóa`.
 */
export type MarksRule = 'any' | 'own' | 'own-or-none';

/** Stands for `I`, `l`, `1` and `|`, which look alike. */
const ambiguous = '1';
/** Grave, acute, hook above, tilde, dot below. */
const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;
const anyMark = /\p{M}/gu;
/** All marks but tones, circumflex, breve and horn, and the stroke of `đ`. */
const foreignMarks = /(?![\u0300-\u0303\u0306\u0309\u031B\u0323\u0335])\p{M}|(?<!d)\u0335/giu;
const ignorable = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Letters that look like `đ` and like `l`, which the table folds to something else. */
const strokedD = /[ðÐɖƉ]/g;
const strokes = /[ıɩɪιӏ]/g;
const word = /[\p{L}\p{N}\p{M}\uE000]+/gu;

/** Folds a name by Unicode's table of confusable characters, and removes case, punctuation and marks of other languages. */
export function foldName(name: string): FoldedName {
  // The table maps I and 1 to l, so it is applied before the case is removed, and to what only then has an entry.
  const shapes = lookAlike(name.normalize('NFKD').replace(ignorable, '').replace(strokedD, 'đ').replace(strokes, 'l'));
  const letters = lookAlike(shapes.replaceAll('l', '\uE000').toLowerCase()).normalize('NFD').replace(foreignMarks, '');
  const sources = letters.match(word) ?? [];
  const words = sources.map(toWord);
  return { words, joined: toWord(sources.join('')), isMarked: words.some(isMarked) };
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
  return joined.letters.replace(/[il]/g, ambiguous);
}

function isSameWord(word: FoldedWord, reserved: FoldedWord, marks: MarksRule): boolean {
  const { length } = reserved.letters;
  if (word.letters.length !== length) return false;
  for (let at = 0; at < length; at++) if (!isSameLetter(word.letters[at]!, reserved.letters[at]!)) return false;
  return marks === 'any' || word.marks === reserved.marks || (marks === 'own-or-none' && !isMarked(word));
}

function isSameLetter(a: string, b: string): boolean {
  return a === b || (a === ambiguous && 'il'.includes(b)) || (b === ambiguous && 'il'.includes(a));
}

function isMarked({ marks }: FoldedWord): boolean {
  return marks.search(anyMark) >= 0;
}

function toWord(source: string): FoldedWord {
  const letters = source.replace(anyMark, '').replaceAll('\uE000', ambiguous);
  const marks = source.replace(tones, '').replace(/\P{M}/gu, '.') + [...(source.match(tones) ?? [])].sort().join('');
  return { letters, marks };
}
