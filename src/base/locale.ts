import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Catalogue } from '../locales/catalogue.js';

const catalogues: Record<string, () => Promise<Catalogue>> = {
  vi: () => import('../locales/vi.js').then(({ vi }) => vi),
  en: () => import('../locales/en.js').then(({ en }) => en),
};

/** The catalogue for a language tag: its own, its language's, else English. */
export function catalogueFor(lang: string): string {
  const tag = lang.toLowerCase();
  for (const known of [tag, tag.split(/[-_]/, 1)[0]!]) if (Object.hasOwn(catalogues, known)) return known;
  return 'en';
}

/** The nearest `lang`, also through the shadow boundaries above; empty where the page does not say. */
export function nearestLang(element: Element): string {
  for (let at: Node | null = element; at; at = at.parentNode ?? (at as Partial<ShadowRoot>).host ?? null) {
    const lang = (at as Partial<Element>).getAttribute?.('lang');
    if (lang) return lang;
  }
  return '';
}

/** Making an Intl object costs more than using it a thousand times. */
const formats = new Map<string, unknown>();

function cached<Format>(name: string, lang: string, options: object, make: (lang: string) => Format): Format {
  const key = name + lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, make(lang));
  return formats.get(key) as Format;
}

/** Seconds per unit, the largest first. */
const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** One widget's language: follows the nearest `lang`, fetches the words, and writes numbers and times its way. */
export class LocaleController implements ReactiveController {
  /** As the page declares it; empty where it does not. */
  declared = '';
  /** The language that numbers and times are written in: that of the words. */
  lang = 'en';
  /** Undefined until the catalogue is here. */
  words?: Catalogue;
  /** Rejects where the catalogue cannot be fetched. */
  ready?: Promise<void>;
  #known?: string;
  #observer?: MutationObserver;
  readonly #host: ReactiveControllerHost & HTMLElement;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer ??= new MutationObserver(() => this.#follow());
    for (const node of [this.#host, document.documentElement]) {
      this.#observer.observe(node, { attributes: true, attributeFilter: ['lang'] });
    }
    this.#follow();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
  }

  number(value: number, options: Intl.NumberFormatOptions = {}): string {
    return cached('n', this.lang, options, (lang) => new Intl.NumberFormat(lang, options)).format(value);
  }

  /** 1.234 or 12 N: short enough for a count under a picture. */
  compact(value: number): string {
    return this.number(value, value < 10_000 ? {} : { notation: 'compact', maximumFractionDigits: 1 });
  }

  date(value: string | Date, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
    return cached('d', this.lang, options, (lang) => new Intl.DateTimeFormat(lang, options)).format(new Date(value));
  }

  /** "5 phút trước". Clocks differ, so what seems to lie ahead is now. */
  relativeTime(value: string | Date): string {
    const seconds = Math.max(0, (Date.now() - new Date(value).getTime()) / 1000);
    const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', Infinity];
    const options = { numeric: 'auto' } as const;
    return cached('r', this.lang, options, (lang) => new Intl.RelativeTimeFormat(lang, options)).format(
      -Math.floor(seconds / length),
      unit,
    );
  }

  /** The form that goes with a number: `plural(n, {one: …, other: …})`. */
  plural(value: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string {
    return forms[cached('p', this.lang, {}, (lang) => new Intl.PluralRules(lang)).select(value)] ?? forms.other;
  }

  #follow(): void {
    const declared = nearestLang(this.#host);
    const known = catalogueFor(declared || navigator.language);
    if (known === this.#known && declared === this.declared) return;
    this.declared = declared;
    this.#known = known;
    this.ready = this.#load(known);
    // Whoever awaits it hears of the failure.
    this.ready.catch(() => undefined);
    this.#host.requestUpdate();
  }

  async #load(known: string): Promise<void> {
    const words = await catalogues[known]!();
    if (known !== this.#known) return;
    this.words = words;
    this.lang = writes(this.declared, known) ? this.declared : known;
    this.#host.requestUpdate();
  }
}

/** Whether a declared language may write the numbers beside these words: `vi-VN` beside `vi`, but not `fr` beside `en`. */
function writes(declared: string, known: string): boolean {
  try {
    return new Intl.Locale(declared).language === known;
  } catch {
    // Not a language tag.
    return false;
  }
}
