import { format, type LocaleController } from './locale.js';

/** Seconds per unit, the largest first. */
const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "5 phút trước". Clocks differ, so what seems to lie ahead is now. */
export function relativeTime({ words }: LocaleController, value: string | Date): string {
  const seconds = Math.max(0, (Date.now() - new Date(value).getTime()) / 1000);
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? [undefined, 1];
  // Our own words: the browser's take as long to fetch as all the rest of a first screenful takes to draw.
  return words!.common.ago(Math.floor(seconds / length), unit);
}

/** "24 thg 11, 2026". */
export function date({ lang }: LocaleController, value: string | Date, options?: Intl.DateTimeFormatOptions): string {
  return format(Intl.DateTimeFormat, lang, options ?? { dateStyle: 'medium' }).format(new Date(value));
}
