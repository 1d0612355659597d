import { limits } from 'afterword/contract';

const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });

// Controls that turn the direction of everything after them, and characters nobody can see, halves of one included.
const bidiControls = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/g;
const invisible = /[\u200B\u2060\uFEFF\u00AD\u{E0000}-\u{E007F}\p{Cs}]/gu;
// eslint-disable-next-line no-control-regex -- keeping controls out of stored text is the point
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
const stackedMarks = new RegExp(`(\\p{M}{${limits.marksPerBase}})\\p{M}+`, 'gu');

/** Latin letters as they are composed, and what stands between them: most texts are nothing else, and have nothing to tame. */
const plain = /^[\t\n -~\u00A1-\u00AC\u00AE-\u024F\u1E00-\u1EFF\u2013-\u201D\u2026]*$/;

/** Text from people as it is stored: composed, without controls, direction tricks, unseen characters and towers of marks. */
export function tamed(text: string): string {
  if (plain.test(text)) return text.trim();
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(controls, '')
    .replace(bidiControls, '')
    .replace(invisible, '')
    .replace(stackedMarks, '$1')
    .trim();
}

/** One line of tamed text: a name. */
export function tamedLine(text: string): string {
  return tamed(text).replace(/\s+/g, ' ');
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Whether a text has more characters, as people count them, than allowed. Stops counting there. */
export function hasMoreGraphemes(text: string, most: number): boolean {
  // A text never has more graphemes than UTF-16 units.
  if (text.length <= most) return false;
  let counted = 0;
  for (const _ of segmenter.segment(text)) if (++counted > most) return true;
  return false;
}

/** A number for a text, of 53 bits, so that no two are alike by chance. Who wants two alike finds them: it guards nothing. */
export function fingerprint(text: string): number {
  let [a, b] = [0x2f0b4c47, 0x5bd1e995];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x85ebca77);
  }
  return ((a ^ (a >>> 15)) >>> 0) * 0x200000 + ((b ^ (b >>> 13)) >>> 11);
}
