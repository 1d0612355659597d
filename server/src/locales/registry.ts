import type { LocalizedText } from '../text.js';
import { en } from './en.js';
import { vi, type Catalogue } from './vi.js';

export type { Catalogue };

/** All languages of the server, the default first. A new language is one file, imported and listed here. */
export const catalogues: readonly [Catalogue, ...Catalogue[]] = [vi, en];

const byLanguage = new Map(catalogues.map((catalogue) => [catalogue.lang, catalogue]));

/** Returns the catalogue of the first supported language of these BCP 47 tags, or else the default. */
export function catalogueFor(...langs: readonly (string | undefined)[]): Catalogue {
  for (const lang of langs) {
    const found = byLanguage.get(lang?.toLowerCase().split('-')[0] ?? '');
    if (found) return found;
  }
  return catalogues[0];
}

/** Collects one text in all languages, to be stored where editors can change it. */
export function inAllLanguages(pick: (words: Catalogue) => string): LocalizedText {
  return Object.fromEntries(catalogues.map((words) => [words.lang, pick(words)]));
}
