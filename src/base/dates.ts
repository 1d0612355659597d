import { intl, type LocaleController } from './locale-controller.js';

export const dayMs = 86_400_000;
export const minuteMs = 60_000;

/** Seconds per unit, largest first. */
const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** The widgets that show relative times, by their locales. */
const outdated = new Set<LocaleController>();
let timer: ReturnType<typeof setTimeout> | undefined;
let timerAt = Infinity;

/**
 * Formats the time since a date: "5 phút trước". A date in the future counts as now, because clocks differ. The widget of
 * the locale renders again once a text is outdated: one timer serves all, and waits longer the older the texts are.
 *
 * Uses the catalogue's words: the first `Intl.RelativeTimeFormat` of a page takes as long as drawing a screenful.
 */
export function relativeTime(locale: LocaleController, value: string | Date): string {
  const now = Date.now();
  const at = new Date(value).getTime();
  const seconds = Math.max(0, (now - at) / 1000);
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? [undefined, 60];
  const count = Math.floor(seconds / length);
  outdated.add(locale);
  const dueAt = Math.max(at + (count + 1) * length * 1000, now + minuteMs);
  if (dueAt < timerAt) {
    timerAt = dueAt;
    clearTimeout(timer);
    timer = setTimeout(renderOutdated, Math.min(dueAt - now, dayMs));
  }
  return locale.words!.common.ago(count, unit);
}

/** Renders the widgets, which then show their times anew; those of a hidden page once it is visible. */
function renderOutdated(): void {
  if (document.hidden) return document.addEventListener('visibilitychange', renderOutdated, { once: true });
  timerAt = Infinity;
  for (const { host } of outdated) if (host.isConnected) host.requestUpdate();
  outdated.clear();
}

/** Formats a date: "24 thg 11, 2026". */
export function date({ lang }: { lang: string }, value: string | Date, options?: Intl.DateTimeFormatOptions): string {
  return intl(Intl.DateTimeFormat, lang, options ?? { dateStyle: 'medium' }).format(new Date(value));
}
