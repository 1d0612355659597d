import type { Catalogue } from './vi.js';

export type { Catalogue };
export type { CommentActionsCatalogue } from './vi-comment-actions.js';

/** Loads each language's catalogue on demand. A new language is two files and one line here: see docs/languages.md. */
const loaders: Record<string, () => Promise<Catalogue>> = {
  vi: () => import('./vi.js').then(({ vi }) => vi),
  en: () => import('./en.js').then(({ en }) => en),
};

/** Adds a language, or replaces one: `addLocale('fr', () => import('./fr.js').then(({ fr }) => fr))`. */
export function addLocale(language: string, load: () => Promise<Catalogue>): void {
  loaders[language] = load;
}

/** Returns the language that serves a BCP 47 tag: its primary subtag where there is a catalogue for it, else English. */
export function supportedLanguage(tag: string): string {
  const language = primaryLanguage(tag);
  return Object.hasOwn(loaders, language) ? language : 'en';
}

/** Returns the primary subtag of a BCP 47 tag. */
export function primaryLanguage(tag: string): string {
  return tag.toLowerCase().split(/[-_]/)[0]!;
}

/** Loads the catalogue of a supported language. */
export function loadCatalogue(language: string): Promise<Catalogue> {
  return loaders[language]!();
}
