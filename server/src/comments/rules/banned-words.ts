import type { SiteSettings } from '../../sites/store.js';

/** A word by itself, and as it looks to who leaves Vietnamese marks out. */
interface Token {
  readonly marked: string;
  readonly plain: string;
}

interface Entry {
  readonly shown: string;
  readonly tokens: readonly Token[];
  /** Only as written, marks and all. */
  readonly exact: boolean;
}

/** Entries by the plain form of their first word: a text is looked through once, however long the list is. */
type Lexicon = ReadonlyMap<string, readonly Entry[]>;

const words = /[\p{L}\p{M}\p{N}]+/gu;
const unseen = /\p{Cf}/gu;
const marks = /\p{M}/gu;
/** Grave, acute, hook above, tilde, dot below: `hòa` and `hoà` are one word that two habits write. */
const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;

const lexicons = new WeakMap<readonly string[], Lexicon>();

/**
 * Which entries of a site's list stand in a text, as they stand in the list.
 *
 * Whole words count, in any spelling of Unicode, in either case, also where full-width letters or unseen characters
 * stand between. A word of the list is found as it is marked, and where somebody left out all of its marks (`đ` too); not
 * where other marks make another word of it: `lừa` finds `lua`, not `lụa`. An entry of several words that has no marks stands for
 * any way to mark it. `=word` is found as written alone.
 */
export function bannedIn(text: string, list: SiteSettings['rules']['words']): string[] {
  if (list.length === 0) return [];
  let lexicon = lexicons.get(list);
  if (!lexicon) lexicons.set(list, (lexicon = lexiconOf(list)));
  const tokens = tokensOf(text);
  const found = new Set<string>();
  tokens.forEach(({ plain }, at) => {
    for (const entry of lexicon.get(plain) ?? []) if (standsAt(entry, tokens, at)) found.add(entry.shown);
  });
  return [...found];
}

function standsAt({ tokens, exact }: Entry, text: readonly Token[], at: number): boolean {
  const free = !exact && tokens.length > 1 && tokens.every(({ marked, plain }) => marked === plain);
  return tokens.every(({ marked, plain }, index) => {
    const there = text[at + index];
    if (there?.plain !== plain) return false;
    return there.marked === marked || free || (!exact && there.marked === there.plain);
  });
}

function lexiconOf(list: readonly string[]): Lexicon {
  const lexicon = new Map<string, Entry[]>();
  for (const given of list) {
    const exact = given.startsWith('=');
    const tokens = tokensOf(given);
    const [first] = tokens;
    if (!first) continue;
    const entry = { shown: given.trim(), tokens, exact };
    const same = lexicon.get(first.plain);
    if (same) same.push(entry);
    else lexicon.set(first.plain, [entry]);
  }
  return lexicon;
}

function tokensOf(text: string): Token[] {
  const folded = text.normalize('NFKC').replace(unseen, '').toLowerCase();
  return (folded.match(words) ?? []).map((word) => {
    const apart = word.normalize('NFD');
    const marked = apart.replace(tones, '') + [...(apart.match(tones) ?? [])].sort().join('');
    return { marked, plain: apart.replace(marks, '').replaceAll('đ', 'd') };
  });
}
