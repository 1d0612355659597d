import type { Construct, Effects, Extension, State, TokenizeContext } from 'micromark-util-types';

const scheme = /^https?:\/\/$/i;
/** Beginnings of a scheme. */
const schemePart = /^h(?:t(?:t(?:ps?(?::\/?)?)?)?)?$/i;
/** Characters that no address contains, or that more often end a quotation or a sentence. A backslash escapes markup. */
const terminator = /[\s<>"“”«»‹›。，、！？；：\\]/;
const brackets = new Map(['()', '[]', '{}', '（）', '【】', '「」', '『』'].map(([open, close]) => [close!, open!]));
const openingBrackets = new Set(brackets.values());
/** Punctuation of the sentence after an address. */
const trailing = /[.,;:!?'*_~([{]|[^\P{P}\0-\x7f]/u;
const backslash = 92;
/** Events of the parser in which emphasis that is open is looked for. */
const maxEvents = 400;

/**
 * Finds the end of an address that begins with a text, character by character. A closing bracket belongs to the address
 * where its opening one does.
 */
class AddressScanner {
  /** Length of the address so far; 0 while there is only a scheme. */
  length = 0;
  /** Without signs of emphasis at its end. */
  lengthInEmphasis = 0;
  #prefix = '';
  #isInside = false;
  #readCount = 0;
  #starCount = 0;
  /** Stars before the last part of the address. With one, a star at the end is no footnote's. */
  #innerStarCount = 0;
  readonly #open: string[] = [];

  /** Returns false for the character at which the address has ended. */
  read(char: string): boolean {
    this.#readCount++;
    if (!this.#isInside) {
      this.#prefix += char;
      this.#isInside = scheme.test(this.#prefix);
      return this.#isInside || schemePart.test(this.#prefix);
    }
    if (terminator.test(char)) return false;
    if (openingBrackets.has(char)) this.#open.push(char);
    const isClosing = brackets.has(char);
    if (isClosing && this.#open.pop() !== brackets.get(char)) return false;
    if (char === '*') this.#starCount++;
    if (isClosing || !trailing.test(char)) {
      this.#innerStarCount = this.#starCount;
      this.length = this.lengthInEmphasis = this.#readCount;
    } else if (this.length > 0 && (char === '_' || (char === '*' && this.#innerStarCount > 0)))
      this.length = this.#readCount;
    return true;
  }
}

/** Yields the addresses in a text that are not in markup. */
export function* findBareAddresses(text: string): Iterable<{ address: string; index: number }> {
  const schemes = /https?:\/\//gi;
  for (let match = schemes.exec(text); match; match = schemes.exec(text)) {
    const scanner = new AddressScanner();
    let end = match.index;
    while (end < text.length && scanner.read(text[end]!)) end++;
    if (scanner.length > 0)
      yield { address: text.slice(match.index, match.index + scanner.length), index: match.index };
    schemes.lastIndex = Math.max(schemes.lastIndex, end);
  }
}

/** Reads a bare address as text, in which signs of markup have no meaning; texts without markup are searched alike. */
const bareAddress: Construct = {
  name: 'bareAddress',
  previous: (code) => code === null || code < 0 || !/[a-z]/i.test(String.fromCharCode(code)),
  tokenize(effects, ok, nok) {
    const scanner = new AddressScanner();
    let remaining = 0;
    const consume: State = (code) => {
      if (remaining-- === 0) {
        effects.exit('data');
        return ok(code);
      }
      effects.consume(code);
      return consume;
    };
    const start: State = (code) => {
      const { length, lengthInEmphasis } = scanner;
      remaining = length > lengthInEmphasis && isInEmphasis(this) ? lengthInEmphasis : length;
      effects.enter('data');
      return consume(code);
    };
    return effects.check({ tokenize: (...states) => scan(scanner, ...states) }, start, nok);
  },
};

/** Returns true where a sign of emphasis before has no counterpart yet. */
function isInEmphasis({ events, sliceSerialize }: TokenizeContext): boolean {
  const open = new Map<string, number>();
  for (const [kind, token] of events.slice(-maxEvents)) {
    if (kind !== 'enter' || token.type !== 'attentionSequence') continue;
    const sign = sliceSerialize(token).charAt(0);
    const count = open.get(sign) ?? 0;
    if (token._close && count > 0) open.set(sign, count - 1);
    else if (token._open) open.set(sign, count + 1);
  }
  return [...open.values()].some((count) => count > 0);
}

function scan(scanner: AddressScanner, effects: Effects, ok: State, nok: State): State {
  const read: State = (code) => {
    if (code !== null && code >= 0 && scanner.read(String.fromCharCode(code))) {
      effects.consume(code);
      return read;
    }
    effects.exit('data');
    // An escape is markup: the address is that of the text without it.
    return scanner.length > 0 && code !== backslash ? ok(code) : nok(code);
  };
  return (code) => {
    effects.enter('data');
    return read(code);
  };
}

/** Extends the parser of markdown. */
export const bareAddressSyntax: Extension = {
  text: { [charCode('h')]: bareAddress, [charCode('H')]: bareAddress },
};

function charCode(char: string): number {
  return char.charCodeAt(0);
}
