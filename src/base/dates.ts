import type { Catalogue } from '../locales/registry.js';
import { intl } from './locale-controller.js';

export const dayMs = 86_400_000;

/** Seconds per unit, largest first. */
const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/**
 * Formats the time since a date: "5 phút trước". A date in the future counts as now, because clocks differ.
 * Uses the catalogue's words: the first `Intl.RelativeTimeFormat` of a page takes as long as drawing a screenful.
 */
export function relativeTime({ words }: { words?: Catalogue }, value: string | Date): string {
  const seconds = Math.max(0, (Date.now() - new Date(value).getTime()) / 1000);
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? [undefined, 1];
  return words!.common.ago(Math.floor(seconds / length), unit);
}

/** Formats a date: "24 thg 11, 2026". */
export function date({ lang }: { lang: string }, value: string | Date, options?: Intl.DateTimeFormatOptions): string {
  return intl(Intl.DateTimeFormat, lang, options ?? { dateStyle: 'medium' }).format(new Date(value));
}
