import type { Catalogue } from '../locales/catalogue.js';
import type { ReactiveElement } from './reactive-element.js';

/** Each module exports its catalogue under the language's name. */
const catalogues: Record<string, () => Promise<Record<string, Catalogue>>> = {
  vi: () => import('../locales/vi.js'),
  en: () => import('../locales/en.js'),
};

/** The catalogue for a language tag: its language's, else English. */
export function catalogueFor(lang: string): string {
  const [language] = lang.toLowerCase().split(/[-_]/);
  return Object.hasOwn(catalogues, language!) ? language! : 'en';
}

/** The nearest `lang`, also through the shadow boundaries above; empty where the page does not say. */
export function nearestLang(element: Element): string {
  const declaring = element.closest('[lang]');
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return declaring?.getAttribute('lang') || (host ? nearestLang(host) : '');
}

/** Making an Intl object costs more than using it a thousand times. */
const formats = new Map<string, unknown>();

/** One format per language and options, made once. */
export function format<Format, Options>(
  Kind: new (lang: string, options?: Options) => Format,
  lang: string,
  options?: Options,
): Format {
  const key = Kind.name + lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Kind(lang, options));
  return formats.get(key) as Format;
}

/** One widget's language: follows the nearest `lang`, fetches the words, and writes numbers their way. */
export class LocaleController {
  /** As the page declares it; empty where it does not. */
  declared = '';
  /** The language of the words, which numbers and times are written in too. */
  lang = 'en';
  /** Undefined until the catalogue is here. */
  words?: Catalogue;
  /** Rejects where the catalogue cannot be fetched. */
  ready?: Promise<void>;
  readonly #observer = new MutationObserver(() => this.#follow());
  readonly #host: ReactiveElement;

  constructor(host: ReactiveElement) {
    this.#host = host;
  }

  /** For a widget that enters a page. */
  start(): void {
    for (const node of [this.#host, document.documentElement])
      this.#observer.observe(node, { attributeFilter: ['lang'] });
    this.#follow();
  }

  /** For a widget that leaves it. */
  stop(): void {
    this.#observer.disconnect();
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    // A count: the browser takes as long to make its first format as a thread to be drawn.
    if (!options) return `${value}`.replace(/\B(?=(\d{3})+$)/g, this.words!.common.thousands);
    return format(Intl.NumberFormat, this.lang, options).format(value);
  }

  /** 1.234 or 12 N: short enough for a count under a picture. */
  compact(value: number): string {
    return this.number(value, value < 10_000 ? undefined : { notation: 'compact', maximumFractionDigits: 1 });
  }

  #follow(): void {
    this.declared = nearestLang(this.#host);
    const lang = catalogueFor(this.declared || navigator.language);
    if (!this.ready || lang !== this.lang) {
      this.lang = lang;
      this.ready = this.#load(lang);
      // Whoever awaits it hears of the failure.
      this.ready.catch(() => undefined);
    }
    this.#host.requestUpdate();
  }

  async #load(lang: string): Promise<void> {
    const { [lang]: words } = await catalogues[lang]!();
    if (lang !== this.lang) return;
    this.words = words;
    this.#host.requestUpdate();
  }
}
