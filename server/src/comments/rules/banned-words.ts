import { PhraseMatcher } from './phrase-matcher.js';

const matchers = new WeakMap<readonly string[], PhraseMatcher | Promise<PhraseMatcher>>();

/**
 * Compiles a site's list of banned words, once per list. A long list compiles in slices, between which the event loop
 * serves other requests.
 *
 * @param list the array of the site's settings; the same array returns the same matcher
 */
export function compileBannedWords(list: readonly string[]): PhraseMatcher | Promise<PhraseMatcher> {
  const known = matchers.get(list);
  if (known) return known;
  const compiling = PhraseMatcher.compile(list);
  matchers.set(list, compiling);
  void compiling.then((matcher) => matchers.set(list, matcher));
  return compiling;
}

/** Returns the entries of a list that occur in a text, as written in the list. */
export async function findBannedWords(text: string, list: readonly string[]): Promise<string[]> {
  return (await compileBannedWords(list)).find(text);
}
