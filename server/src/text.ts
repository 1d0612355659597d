import { limits } from 'afterword/contract';

const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });

// Controls that change the direction of the text after them, and invisible characters, lone surrogates included.
const bidiControls = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/g;
/** The first alternative is kept: the flag of a region, such as England's, is a black flag and tag characters. */
const invisible =
  /(\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F})|[\u00AD\u200B\u2060-\u206F\uFEFF\uFFF0-\uFFFB\u{E0000}-\u{E00FF}\u{E01F0}-\u{E0FFF}\p{Cs}]/gu;
// eslint-disable-next-line no-control-regex -- it removes control characters from stored text
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
/** Normalizing takes quadratic time in the length of a run of marks. Runs are cut before, far above what is kept. */
const longMarks = /(\p{M}{32})\p{M}+/gu;
const stackedMarks = new RegExp(`(\\p{M}{${limits.marksPerBase}})\\p{M}+`, 'gu');

/** Composed Latin letters, ASCII and common punctuation. Most texts hold nothing else and skip the slow path. */
const plainPattern = /^[\t\n -~\u00A1-\u00AC\u00AE-\u024F\u1E00-\u1EFF\u2013-\u201D\u2026]*$/;

/** Characters that are drawn as nothing or as a space, though they are letters or symbols: fillers, an empty braille cell. */
const blanks = /[\u115F\u1160\u2800\u3164\uFFA0\u{1D159}]/gu;
/** Characters that are drawn; new ones, which are not assigned yet, count. */
const drawn = /[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{M}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

/** Sanitizes text from people: NFC, without control characters, direction controls, invisible characters and stacked marks. */
export function sanitizeText(text: string): string {
  if (plainPattern.test(text)) return text.trim();
  // Composed once all is removed that would keep a mark from its letter; removing the last marks of a run keeps NFC.
  return text
    .replace(/\r\n?/g, '\n')
    .replace(controls, '')
    .replace(bidiControls, '')
    .replace(invisible, '$1')
    .replace(longMarks, '$1')
    .normalize('NFC')
    .replace(stackedMarks, '$1')
    .trim();
}

/** Returns true for a text of which nothing is visible: empty, white space, fillers, or marks without a letter. */
export function isBlank(text: string): boolean {
  return !drawn.test(blankToSpace(text));
}

/** Replaces characters that are drawn as nothing, though they are letters or symbols, by spaces. */
export function blankToSpace(text: string): string {
  return text.replace(blanks, ' ');
}

/** Sanitizes text and joins its lines, as in a name. */
export function sanitizeLine(text: string): string {
  return sanitizeText(text).replace(/\s+/g, ' ');
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Returns true for a text with more graphemes than allowed. Stops counting at the limit. */
export function hasMoreGraphemes(text: string, maxCount: number): boolean {
  // A text never has more graphemes than UTF-16 units.
  if (text.length <= maxCount) return false;
  // Each character of a plain text is a grapheme: segmenting costs a microsecond each.
  if (plainPattern.test(text)) return true;
  let count = 0;
  for (const _ of segmenter.segment(text)) if (++count > maxCount) return true;
  return false;
}

/** Hashes a text to 53 bits. Collisions are unlikely but can be constructed, so it must not protect anything. */
export function fingerprint(text: string): number {
  let [a, b] = [0x2f0b4c47, 0x5bd1e995];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x85ebca77);
  }
  return ((a ^ (a >>> 15)) >>> 0) * 0x200000 + ((b ^ (b >>> 13)) >>> 11);
}

/** A text by language tag, as stored. */
export type LocalizedText = Record<string, string>;

/** A text, and the tag of its language where that is not the requested one. */
export interface Translation {
  readonly text: string;
  readonly lang?: string;
}

/** Returns the text in `lang`, else in its base language, else in the site's language, else in any. */
export function translate(texts: LocalizedText, lang: string | undefined, siteLang: string): Translation {
  const requested = findTag(texts, lang);
  if (requested !== undefined) return { text: texts[requested]! };
  const other = findTag(texts, siteLang) ?? Object.keys(texts)[0];
  return other === undefined ? { text: '' } : { text: texts[other]!, lang: other };
}

/** Returns the text of {@link translate}. */
export function localize(texts: LocalizedText, lang: string | undefined, siteLang: string): string {
  return translate(texts, lang, siteLang).text;
}

/** Returns the tag by which texts hold a language or its base language. */
function findTag(texts: LocalizedText, lang: string | undefined): string | undefined {
  if (!lang) return undefined;
  const wanted = lang.toLowerCase();
  // Own properties only: `valueOf` and `toString` look like tags.
  return [lang, wanted, wanted.split('-')[0] ?? wanted].find((tag) => Object.hasOwn(texts, tag));
}
