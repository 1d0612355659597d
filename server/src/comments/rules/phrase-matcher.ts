import { type FoldedWord, isSameWord } from '../../letters/folded-word.js';
import { symbolsToLetters } from '../../letters/look-alikes.js';
import { joinWords, readWords, splitWords } from './words.js';

/** An entry of the list. */
interface Entry {
  /** The entry as written in the list. */
  readonly source: string;
  readonly words: readonly FoldedWord[];
  /** The marks that it matches: any, exactly its own, or of each word its own or none. */
  readonly marks: 'any' | 'exact' | 'own-or-none';
  /** Whether letters and marks of languages other than Vietnamese make another word of one of its own. */
  readonly areForeignWords: boolean;
}

/** Entries that differ in their marks, or in letters that have a look-alike in common, which end at the same state of the automaton. */
interface EntryGroup {
  readonly wordCount: number;
  readonly entries: Entry[];
}

/** Characters of the list that are compiled, and states that are linked, before the event loop continues. */
const sliceChars = 2_000;
const sliceStates = 2_000;
/** Separates states and words in the keys of transitions. A list has fewer distinct words. */
const maxWords = 2 ** 20;
/** Entries that are reported for one text. */
const maxFound = 20;
/**
 * Comparisons per text. A list in which thousands of entries differ in marks only could exceed them; the entries that
 * remain then count as found, so that the text is held.
 */
const maxComparisons = 100_000;
/** Letters of a run that may spell an entry. */
const maxRunLetters = 200;

/**
 * Finds the phrases of a list in a text in one pass, independent of the length of the list: an Aho–Corasick automaton over
 * words without marks.
 *
 * Matches whole words, in any Unicode normalization and case, across full-width letters and invisible characters, and
 * letters spaced out by punctuation. A word matches with its own marks or with none at all (`đ` included), but not with
 * other marks: `lừa` matches `lua`, not `lụa`. Letters of other scripts match in words that mix scripts. An entry of several words without marks matches any marks. `=word` matches
 * the exact spelling only.
 */
export class PhraseMatcher {
  readonly #wordIds = new Map<string, number>();
  readonly #transitions = new Map<number, number>();
  readonly #groups = new Map<number, EntryGroup>();
  /** The state of the longest proper suffix of each state, and the nearest of its suffixes that has entries. */
  #suffix = new Int32Array(1);
  #nextGroup = new Int32Array(1);
  /** The parent, the last word and the number of words of each state, until the list is compiled. State 0 is the root. */
  #parent = [0];
  #lastWord = [0];
  #depth = [0];

  /** Compiles a list in slices, between which the event loop continues. */
  static async compile(list: readonly string[]): Promise<PhraseMatcher> {
    const matcher = new PhraseMatcher();
    let chars = 0;
    for (const given of list) {
      matcher.#add(given);
      chars += given.length;
      if (chars < sliceChars) continue;
      chars = 0;
      await yieldToEventLoop();
    }
    await matcher.#linkSuffixes();
    return matcher;
  }

  private constructor() {}

  /** Returns entries that occur in a text, as written in the list, at most {@link maxFound}. */
  find(text: string): string[] {
    if (this.#groups.size === 0) return [];
    const search = new Search();
    for (const spelling of [text, symbolsToLetters(text)]) {
      if (spelling === undefined) continue;
      const { words, joined, runs } = readWords(spelling);
      this.#match(words, search);
      if (joined) this.#match(joined, search);
      for (const run of runs) this.#matchRun(run, search);
    }
    return [...search.found];
  }

  #add(given: string): void {
    const words = splitWords(given);
    if (words.length === 0) return;
    let state = 0;
    for (const { key } of words) state = this.#stateAfter(state, key);
    let group = this.#groups.get(state);
    if (!group) this.#groups.set(state, (group = { wordCount: words.length, entries: [] }));
    const areUnmarked = !words.some((word) => word.isMarked);
    const ignoresMarks = areUnmarked && words.length > 1 && words.every(({ foreign }) => foreign === '');
    const marks = given.startsWith('=') ? 'exact' : ignoresMarks ? 'any' : 'own-or-none';
    group.entries.push({ source: given.trim(), words, marks, areForeignWords: areUnmarked && !ignoresMarks });
  }

  #stateAfter(state: number, word: string): number {
    let id = this.#wordIds.get(word);
    if (id === undefined) this.#wordIds.set(word, (id = this.#wordIds.size));
    const key = state * maxWords + id;
    const known = this.#transitions.get(key);
    if (known !== undefined) return known;
    const added = this.#parent.length;
    this.#transitions.set(key, added);
    this.#parent.push(state);
    this.#lastWord.push(id);
    this.#depth.push((this.#depth[state] ?? 0) + 1);
    return added;
  }

  /** Links each state to its longest suffix, shorter states first. */
  async #linkSuffixes(): Promise<void> {
    this.#suffix = new Int32Array(this.#parent.length);
    this.#nextGroup = new Int32Array(this.#parent.length);
    let linked = 0;
    for (const state of statesByDepth(this.#depth)) {
      const parent = this.#parent[state] ?? 0;
      const suffix = parent === 0 ? 0 : this.#next(this.#suffix[parent] ?? 0, this.#lastWord[state] ?? 0);
      this.#suffix[state] = suffix;
      this.#nextGroup[state] = this.#groups.has(suffix) ? suffix : (this.#nextGroup[suffix] ?? 0);
      if (++linked % sliceStates === 0) await yieldToEventLoop();
    }
    this.#parent = this.#lastWord = this.#depth = [];
  }

  /** Returns the state of the longest suffix of a state and one more word. */
  #next(from: number, wordId: number): number {
    for (let state = from; ; state = this.#suffix[state] ?? 0) {
      const next = this.#transitions.get(state * maxWords + wordId);
      if (next !== undefined) return next;
      if (state === 0) return 0;
    }
  }

  #match(words: readonly FoldedWord[], search: Search): void {
    let state = 0;
    for (let at = 0; at < words.length && !search.isFull; at++) {
      const id = this.#wordIds.get(words[at]?.key ?? '');
      state = id === undefined ? 0 : this.#next(state, id);
      for (let end = state; end !== 0 && !search.isFull; end = this.#nextGroup[end] ?? 0) {
        const group = this.#groups.get(end);
        if (group) search.compare(group.entries, words.slice(at + 1 - group.wordCount, at + 1));
      }
    }
  }

  /** Matches entries that a run spells from its first to its last letter, without regard to spaces. */
  #matchRun(run: FoldedWord, search: Search): void {
    const { key } = run;
    if (key.length > maxRunLetters) return;
    const open = [{ state: 0, from: 0 }];
    for (let path = open.pop(); path && !search.isFull; path = open.pop()) {
      for (let to = path.from + 1; to <= key.length; to++) {
        const id = this.#wordIds.get(key.slice(path.from, to));
        const state = id === undefined ? undefined : this.#transitions.get(path.state * maxWords + id);
        if (state === undefined) continue;
        if (to < key.length) open.push({ state, from: to });
        else search.compareRun(this.#groups.get(state)?.entries ?? [], run);
      }
    }
  }
}

/** Collects the entries that occur in one text. */
class Search {
  readonly found = new Set<string>();
  #comparisons = 0;

  get isFull(): boolean {
    return this.found.size >= maxFound;
  }

  /** Compares words with entries of the same keys. */
  compare(entries: readonly Entry[], words: readonly FoldedWord[]): void {
    for (const entry of entries) {
      if (this.isFull) return;
      this.#comparisons += words.length;
      if (this.#comparisons > maxComparisons || words.every((word, index) => matches(word, entry, entry.words[index]!)))
        this.found.add(entry.source);
    }
  }

  compareRun(entries: readonly Entry[], run: FoldedWord): void {
    for (const entry of entries) {
      if (this.isFull) return;
      this.#comparisons += run.key.length;
      if (this.#comparisons > maxComparisons || matches(run, entry, joinWords(entry.source)))
        this.found.add(entry.source);
    }
  }
}

/** Returns true where a word of a text is one of an entry. */
function matches(word: FoldedWord, { words, marks, areForeignWords }: Entry, own: FoldedWord): boolean {
  if (marks === 'exact')
    return word.letters === own.letters && word.marks === own.marks && word.foreign === own.foreign;
  if (areForeignWords && word.foreign !== '' && word.foreign !== own.foreign) return false;
  if (words.length === 1 && word.isCapitalized && !word.isMarked && own.letters.startsWith('l')) return false;
  return isSameWord(word, own, marks);
}

/** Returns all states but the root, shorter ones first (counting sort). */
function statesByDepth(depths: readonly number[]): Int32Array {
  const starts: number[] = [];
  for (const depth of depths) starts[depth + 1] = (starts[depth + 1] ?? 0) + 1;
  for (let depth = 1; depth < starts.length; depth++) starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0);
  const sorted = new Int32Array(depths.length);
  depths.forEach((depth, state) => {
    const place = starts[depth] ?? 0;
    sorted[place] = state;
    starts[depth] = place + 1;
  });
  return sorted.subarray(1);
}

function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
