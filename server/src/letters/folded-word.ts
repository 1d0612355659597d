import { blankToSpace } from '../text.js';
import {
  ambiguousStroke,
  areLookAlikes,
  hasLatinShape,
  isStrokedD,
  keyOf,
  latinSpelling,
  readingsOf,
  toLetters,
} from './look-alikes.js';

/** A word, folded so that look-alike spellings are comparable. */
export interface FoldedWord {
  /** Equal for words that look alike, and for some others: see {@link isSameWord}. One UTF-16 unit per letter. */
  readonly key: string;
  /** Its letters in lower case, without marks. */
  readonly letters: string;
  /** Its Vietnamese marks by letter, the tones last, so that `hòa` equals `hoà`. */
  readonly marks: string;
  readonly isMarked: boolean;
  /** Letters and marks of other languages in Latin script, with their places. */
  readonly foreign: string;
  /** Whether it is written with a capital I, as the first word of a sentence may be: `Ion` is `lon` only beside other words. */
  readonly isCapitalized: boolean;
  /** Whether its letters also count as the letters that they look like. */
  readonly isDisguised: boolean;
}

/**
 * The marks with which a word equals a reserved one: any, exactly its own, or its own or none at all. Other marks make
 * another word: `Hòa` is not `Hóa`.
 */
export type MarksRule = 'any' | 'own' | 'own-or-none';

/**
 * How a word is read. In a `name`, each letter may stand for its look-alikes. In a `text`, letters do so only in words that
 * mix scripts, or letters and digits, so that Russian stays Russian; in a `spelled-text`, also in words whose letters all
 * look like Latin ones. An `entry` of a list stands for itself.
 */
export type Reading = 'name' | 'text' | 'spelled-text' | 'entry';

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const ignorable = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const latin = /\p{Script=Latin}/u;
const notLatin = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}\p{Script=Unknown}]/u;
const letter = /\p{L}/u;
const digit = /\p{Nd}/u;
/** A mark that Vietnamese has, and that no Cyrillic or Greek letter has. */
const vietnameseMark = /[\u0302\u0303\u0309\u031B\u0323]/;
const markOrStrokedD = /[\p{M}đ]/iu;
const inherited = /(?![\u3099\u309A])\p{Script=Inherited}/u;
const mark = /\p{M}/u;
const overlays = /[\u0335-\u0338]/;
/** Grave, acute, hook above, tilde, dot below. */
const tones = /[\u0300\u0301\u0303\u0309\u0323]/;
/** Letters that take a tone, a circumflex, a breve and a horn in Vietnamese. */
const markedLetters = [
  [tones, 'aeiouy'],
  [/\u0302/, 'aeo'],
  [/\u0306/, 'a'],
  [/\u031B/, 'ou'],
] as const;
/** Stands for an overlay that may be the stroke of `đ`, or strike out a `d`. */
const optionalStroke = '\u0336';
const stroke = '\u0335';
const anyOwnMark = /[^\u0336.]/;

/** Splits a text into words, as {@link foldWord} takes them. */
export function splitIntoWords(text: string): RegExpExecArray[] {
  return [...toLetters(blankToSpace(text)).replace(ignorable, '').matchAll(wordPattern)];
}

/** Returns true for a word that is neither Latin nor looks so. */
export function isPlainlyForeign(source: string): boolean {
  return notLatin.test(source) && !latin.test(source) && ![...source].every(isMarkOrLatinShape);
}

/** Folds a word of {@link splitIntoWords}. */
export function foldWord(source: string, reading: Reading): FoldedWord {
  let letters = '';
  let marks = '';
  let wordTones = '';
  let tonedAt = 0;
  let foreign = '';
  let hasUnclear = false;
  const strokes = ambiguousStrokesOf(source, reading);
  // In a Vietnamese word, which has marks, an l is the first letter.
  const hasMisplacedL = reading !== 'entry' && source.includes('l') && markOrStrokedD.test(source);
  for (const typed of source) {
    if (mark.test(typed) && inherited.test(typed)) {
      let last = letters.at(-1) ?? '';
      if (last === 'l' && tones.test(typed) && reading !== 'entry')
        letters = letters.slice(0, -1) + (last = ambiguousStroke);
      if (overlays.test(typed)) marks += readingsOf(last).includes('d') && marks.endsWith('.') ? optionalStroke : '';
      else if (!isVietnamese(typed, last)) foreign += isComposed(last, typed) ? `${letters.length}${typed}` : '';
      else if (tones.test(typed)) {
        // A second tone on one letter is noise.
        if (tonedAt !== letters.length) wordTones += typed;
        tonedAt = letters.length;
      } else marks += typed;
      continue;
    }
    if (isStrokedD(typed)) {
      letters += 'd';
      marks += `.${stroke}`;
      continue;
    }
    const isStroke = strokes.includes(typed) || (typed === 'l' && hasMisplacedL && letters !== '');
    const lower = isStroke ? ambiguousStroke : typed.toLowerCase();
    const spelled = lower > '\x7f' && latin.test(lower) ? latinSpelling(typed) || lower : lower;
    // Letters of other languages; those of phonetics are only look-alikes.
    if (spelled !== lower && lower < '\u0180') foreign += `${letters.length}${lower}`;
    hasUnclear ||= spelled === lower && lower > '\x7f' && latin.test(lower) && readingsOf(lower).length > 1;
    letters += spelled;
    marks += '.'.repeat(spelled.length);
  }
  marks += wordTones.length > 1 ? [...wordTones].sort().join('') : wordTones;
  return {
    key: toKey(letters),
    letters,
    marks,
    isMarked: anyOwnMark.test(marks),
    foreign,
    isCapitalized: source.startsWith('I'),
    isDisguised: isDisguised(source, reading) || (hasUnclear && reading !== 'entry'),
  };
}

/** Returns true where a word of a text or name is, or looks like, a reserved one. */
export function isSameWord(word: FoldedWord, reserved: FoldedWord, rule: MarksRule): boolean {
  return (
    (word.letters === reserved.letters || haveSameLetters(word, reserved)) &&
    (rule === 'any' || areSameMarks(word.marks, reserved.marks) || (rule === 'own-or-none' && !word.isMarked))
  );
}

function toKey(letters: string): string {
  let key = '';
  for (const letter of letters) key += keyOf(letter);
  return key;
}

function haveSameLetters(word: FoldedWord, reserved: FoldedWord): boolean {
  const { letters, isDisguised } = word;
  if (word.key !== reserved.key || letters.length !== reserved.letters.length) return false;
  for (let at = 0; at < letters.length; at++) {
    const [a, b] = [letters[at]!, reserved.letters[at]!];
    const isReadable = isDisguised || a === ambiguousStroke || b === ambiguousStroke;
    if (a !== b && !(isReadable && areLookAlikes(a, b))) return false;
  }
  return true;
}

function areSameMarks(marks: string, reserved: string): boolean {
  if (marks === reserved) return true;
  if (!marks.includes(optionalStroke)) return false;
  const others = reserved.split('.');
  return marks.split('.').every((own, index) => {
    const other = others[index];
    return (
      own === other || (own.includes(optionalStroke) && own.replace(optionalStroke, '') === other?.replace(stroke, ''))
    );
  });
}

function isDisguised(source: string, reading: Reading): boolean {
  if (reading === 'name') return true;
  if (reading === 'entry') return false;
  if (digit.test(source) && letter.test(source)) return true;
  if (!notLatin.test(source)) return false;
  if (latin.test(source) || vietnameseMark.test(source)) return true;
  return reading === 'spelled-text' && [...source].every(isMarkOrLatinShape);
}

/** Returns the letters of a word that are drawn as one stroke, so that they may be an I, an l or a 1. */
function ambiguousStrokesOf(source: string, reading: Reading): string {
  if (reading === 'name') return 'Il1';
  if (reading === 'entry') return '';
  const hasLower = /(?!l)\p{Ll}/u.test(source);
  const hasUpper = /(?!I)\p{Lu}/u.test(source);
  return `${hasLower ? 'I' : ''}${hasUpper && !hasLower ? 'l' : ''}`;
}

function isMarkOrLatinShape(typed: string): boolean {
  return mark.test(typed) || hasLatinShape(typed);
}

function isVietnamese(typed: string, base: string): boolean {
  return markedLetters.some(
    ([pattern, letters]) => pattern.test(typed) && [...readingsOf(base)].some((each) => letters.includes(each)),
  );
}

/** Returns true where a letter and a mark are one letter of some language. */
function isComposed(base: string, typed: string): boolean {
  return `${base}${typed}`.normalize('NFC').length === 1;
}
