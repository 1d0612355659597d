/** Words by language tag, as stored. */
export type Words = Record<string, string>;

/** The words in the language asked for, else its base language, else the site's, else whatever there is. */
export function inLang(words: Words, lang: string | undefined, siteLang: string): string {
  for (const tag of [lang, siteLang]) {
    if (!tag) continue;
    const wanted = tag.toLowerCase();
    // `valueOf` and `toString` have the form of a tag too.
    const found = [tag, wanted, wanted.split('-')[0] ?? wanted].find((name) => Object.hasOwn(words, name));
    if (found !== undefined) return words[found] ?? '';
  }
  return Object.values(words)[0] ?? '';
}
