/** Words by language tag, as stored. */
export type Words = Record<string, string>;

/** The words in the language asked for, else its base language, else the site's, else whatever there is. */
export function inLang(words: Words, lang: string | undefined, siteLang: string): string {
  for (const tag of [lang, siteLang]) {
    if (!tag) continue;
    const wanted = tag.toLowerCase();
    const found = words[tag] ?? words[wanted] ?? words[wanted.split('-')[0] ?? wanted];
    if (found !== undefined) return found;
  }
  return Object.values(words)[0] ?? '';
}
