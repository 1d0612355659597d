import { createRequire } from 'node:module';

/** Stands for `I`, `l` and `1`, where a word does not show which of them is meant. */
export const ambiguousStroke = '\uE000';
/** Stands for `ſ`, an s that looks like an f, as its decomposition is an s. */
const longS = 'ẜ';

/**
 * Letters that a letter looks like, and that Unicode's table of confusable characters maps to other letters than those, or
 * not at all: small capitals, and letters that are alike in one case only.
 */
const moreReadings: Readonly<Record<string, string>> = {
  ...pairs('ᴀʙᴄᴅᴇꜰɢʜᴊᴋĸʟᴍʍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghjkklmmnopqrstuvwyz'),
  ...pairs('пπиμωш', 'nnuuww'),
  ι: 'il',
  ɪ: 'il',
  ӏ: 'il',
  [ambiguousStroke]: '1il',
  [longS]: 'fs',
};
/** Letters A to Z without a decomposition: negative circled and squared ones, and regional indicators. */
const enclosedAlphabets = [0x1f150, 0x1f170, 0x1f1e6];
/** Symbols, and a bar and a cross that are punctuation. */
const symbols = /\p{S}|[\u05C0\u166E]/gu;
const symbolsOutsideAscii = /(?=[^\0-\x7F])(?:\p{S}|[\u05C0\u166E])/gu;
/** Flags: pairs of regional indicators. */
const flags = /(?<!\p{RI})(?:\p{RI}{2})(?!\p{RI})/gu;
const asciiLetter = /^[a-z]$/;
const anyMark = /\p{M}/gu;

interface Tables {
  /** Unicode's table of confusable characters. */
  readonly prototypes: Readonly<Record<string, string | undefined>>;
  /** Letters whose decomposition is another letter than the one that they look like, or that take two UTF-16 units. */
  readonly letters: ReadonlyMap<string, string>;
  /** Symbols that look like letters. */
  readonly symbols: ReadonlyMap<string, string>;
}

const readings = new Map<string, string>();
let loaded: Tables | undefined;
let keys: ReadonlyMap<string, string> | undefined;

/**
 * Returns the letters that a letter in lower case may be read as: itself, and those that it or its capital looks like by
 * Unicode's table of confusable characters. A Cyrillic `н` reads as `h`, as its capital does.
 */
export function readingsOf(letter: string): string {
  if (letter >= 'a' && letter <= 'z' && letter.length === 1) return letter;
  let known = readings.get(letter);
  if (known === undefined) readings.set(letter, (known = findReadings(letter)));
  return known;
}

/** Returns true where two letters in lower case have a reading in common. */
export function areLookAlikes(a: string, b: string): boolean {
  const others = readingsOf(b);
  return [...readingsOf(a)].some((reading) => others.includes(reading));
}

/** Returns a letter that all look-alikes of a letter have in common. Letters that share one need not be look-alikes. */
export function keyOf(letter: string): string {
  keys ??= groupLookAlikes(Object.keys(tables().prototypes));
  return keys.get(letter) ?? letter;
}

/** Returns true for a letter of any script that, as typed, has the shape of a letter of ASCII. */
export function hasLatinShape(typed: string): boolean {
  return asciiLetter.test(baseOf(tables().prototypes[typed] ?? typed));
}

/** Returns the letters of ASCII that a letter of the Latin script is drawn like: `œ` like `oe`; empty where there are none. */
export function latinSpelling(typed: string): string {
  const lower = typed.toLowerCase();
  const known = [...readingsOf(lower)].filter((reading) => asciiLetter.test(reading));
  if (known.includes('l') && known.includes('i')) return ambiguousStroke;
  if (known.length > 0) return known.length === 1 ? known[0]! : '';
  const spelled = (tables().prototypes[lower] ?? '').normalize('NFKD').replace(anyMark, '').toLowerCase();
  return /^[a-z]+$/.test(spelled) ? spelled : '';
}

/** Returns true for `đ` and letters that are drawn like it. */
export function isStrokedD(typed: string): boolean {
  return 'đðɖÐĐƉ'.includes(typed) || tables().prototypes[typed] === 'd\u0335';
}

/**
 * Decomposes a text (NFKD), so that its letters are single UTF-16 units where they look like letters of ASCII. Symbols
 * separate words.
 */
export function toLetters(text: string): string {
  if (/^[\0-\x7F]*$/.test(text)) return text;
  const { letters } = tables();
  const separated = text.replace(symbolsOutsideAscii, '·');
  return separated.replace(/[^\0-\u024F\u1E00-\u1EFF]|ſ/gu, (each) => letters.get(each) ?? each).normalize('NFKD');
}

/** Replaces symbols by the letters that they look like; absent where there are none. Flags are not letters. */
export function symbolsToLetters(text: string): string | undefined {
  const spelled = text.replace(flags, ' ').replace(symbols, (symbol) => {
    const known = tables().symbols.get(symbol);
    if (known !== undefined) return known;
    const decomposed = symbol.normalize('NFKD');
    return decomposed !== symbol && /^[\p{L}\p{N}]+$/u.test(decomposed) ? decomposed : symbol;
  });
  return spelled.replaceAll(' ', '') === text.replace(flags, '').replaceAll(' ', '') ? undefined : spelled;
}

function findReadings(letter: string): string {
  const { prototypes } = tables();
  const found = new Set([letter, ...(moreReadings[letter] ?? '')]);
  for (const form of [letter, letter.toUpperCase()]) {
    const prototype = prototypes[form];
    if (prototype === undefined) continue;
    const base = baseOf(prototype);
    for (const reading of moreReadings[base] ?? '') found.add(reading);
    if (base.length > 0) found.add(base);
    // The prototype of `I` is `l`, that of `L` is not.
    if (prototype === 'l') found.add('i');
  }
  return [...found].join('');
}

/** Returns the lower case of a prototype without marks, where it is one letter of the basic plane. */
function baseOf(prototype: string): string {
  const base = prototype.normalize('NFKD').replace(anyMark, '').toLowerCase();
  return base.length === 1 ? base : '';
}

function tables(): Tables {
  return (loaded ??= load());
}

/** Reads the table with the first text that needs it, since that takes time. */
function load(): Tables {
  const prototypes = createRequire(import.meta.url)('unhomoglyph/data.json') as Record<string, string>;
  const letters = new Map<string, string>();
  const symbols = new Map<string, string>();
  for (const [character, prototype] of Object.entries(prototypes)) {
    const shape = prototype === 'rn' ? 'm' : baseOf(prototype);
    if (!asciiLetter.test(shape)) continue;
    const letter = prototype === 'l' ? 'I' : shape;
    if (!/[\p{L}\p{N}\p{M}]/u.test(character)) symbols.set(character, letter);
    else if (character.normalize('NFKD').length > 1) letters.set(character, letter);
    else if (!hasReading(character, shape, prototypes)) letters.set(character, letter);
  }
  // Letters of old scripts have look-alikes in the other case, too.
  for (const [character, letter] of [...letters])
    for (const form of [character.toLowerCase(), character.toUpperCase()])
      if (form.length > 1 && !letters.has(form)) letters.set(form, letter);
  letters.set('ſ', longS);
  for (const first of enclosedAlphabets)
    for (let index = 0; index < 26; index++)
      symbols.set(String.fromCodePoint(first + index), String.fromCodePoint(0x61 + index));
  return { prototypes, letters, symbols };
}

/** Returns true where the decomposition of a character has the shape that the table gives the character. */
function hasReading(character: string, shape: string, prototypes: Tables['prototypes']): boolean {
  const decomposed = character.normalize('NFKD');
  if (decomposed === character || decomposed.toLowerCase() === shape) return true;
  return [decomposed, decomposed.toLowerCase()].some((form) => baseOf(prototypes[form] ?? '') === shape);
}

/** Groups letters, so that all that may be read as one letter have one key (union–find). */
function groupLookAlikes(characters: readonly string[]): Map<string, string> {
  const parents = new Map<string, string>();
  const rootOf = (letter: string): string => {
    let root = letter;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  const all = new Set([...Object.keys(moreReadings), ...characters].flatMap((each) => [each, each.toLowerCase()]));
  for (const letter of all) {
    for (const reading of readingsOf(letter)) {
      const [a, b] = [rootOf(letter), rootOf(reading)];
      // Letters of ASCII come first.
      if (a !== b) parents.set(a < b ? b : a, a < b ? a : b);
    }
  }
  return new Map([...parents.keys()].map((letter) => [letter, rootOf(letter)]));
}

/** Pairs the characters of two strings; a character that is repeated has all of its letters. */
function pairs(letters: string, readAs: string): Record<string, string> {
  const paired: Record<string, string> = {};
  [...letters].forEach((letter, index) => (paired[letter] = (paired[letter] ?? '') + readAs[index]));
  return paired;
}
