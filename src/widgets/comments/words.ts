import type { ReadingCatalogue } from '../../locales/vi-reading.js';
import type { WritingCatalogue } from '../../locales/vi-writing.js';

/** Words that come with the code that says them. */
export const readingWords = (lang: string): Promise<ReadingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-reading.js').then(({ viReading }) => viReading)
    : import('../../locales/en-reading.js').then(({ enReading }) => enReading);

export const writingWords = (lang: string): Promise<WritingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-writing.js').then(({ viWriting }) => viWriting)
    : import('../../locales/en-writing.js').then(({ enWriting }) => enWriting);
