import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Catalogue, loadCatalogue, primaryLanguage, supportedLanguage } from '../locales/registry.js';

/** Returns the nearest `lang`, through the shadow roots above; empty where the page declares none. */
export function nearestLang(element: Element): string {
  const declaring = element.closest('[lang]');
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return declaring?.getAttribute('lang') || (host ? nearestLang(host) : '');
}

/** Returns the language to request texts in: the page's where there is a catalogue of it, else empty, for the site's. */
export function requestedLang(declared: string): string {
  return supportedLanguage(declared) === primaryLanguage(declared) ? declared : '';
}

/** Follows the language of one widget: the nearest `lang`, the catalogue for it, numbers formatted its way. */
export class LocaleController implements ReactiveController {
  /** The nearest `lang`; empty where the page declares none. */
  declared = '';
  /** The language of the catalogue; numbers and dates are formatted in it too. */
  lang = 'en';
  /** The catalogue; undefined until it has loaded. */
  words?: Catalogue;
  /** The language of the site's texts, where there is no catalogue of it either. */
  textLang?: string | undefined;
  /** Settles with the load of the catalogue; rejects where it fails. */
  ready?: Promise<void>;
  readonly #observer = new MutationObserver(() => this.#update());
  /** The widget. */
  readonly host: ReactiveControllerHost & Element;

  constructor(host: ReactiveControllerHost & Element) {
    this.host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // By a selector: a form named `documentElement` would be in the way of the property.
    for (const node of [this.host, document.querySelector(':root')!])
      this.#observer.observe(node, { attributeFilter: ['lang'] });
    this.#update();
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  /** The language to request texts in; empty for the site's. */
  get requested(): string {
    return requestedLang(this.declared);
  }

  /** The language of the words, where it is not that of the page. */
  get foreign(): string | undefined {
    return this.words && primaryLanguage(this.declared) !== this.lang ? this.lang : undefined;
  }

  /** Takes the words in the language of the site, as its texts are, where there is no catalogue of the page's. */
  follow(siteLang: string | undefined): void {
    if (!this.declared || this.requested || !siteLang) return;
    const lang = supportedLanguage(siteLang);
    this.textLang = lang === primaryLanguage(siteLang) ? undefined : siteLang;
    if (lang === this.lang) return;
    this.lang = lang;
    this.#load();
  }

  /** Loads the catalogue again after its load has failed. */
  retry(): void {
    if (!this.words) this.#load();
  }

  /** Formats a number: 1.234. */
  number(value: number, options?: Intl.NumberFormatOptions): string {
    // The first Intl.NumberFormat of a page takes as long as drawing a thread: plain counts do without.
    if (!options) return `${value}`.replace(/\B(?=(\d{3})+$)/g, this.words!.common.thousands);
    return intl(Intl.NumberFormat, this.lang, options).format(value);
  }

  /** Formats a count in little space: 1.234 or 12 N. */
  compact(value: number): string {
    return this.number(value, value < 10_000 ? undefined : { notation: 'compact', maximumFractionDigits: 1 });
  }

  #update(): void {
    const declared = nearestLang(this.host);
    this.host.requestUpdate();
    // The language of the site may have replaced that of the page.
    if (this.ready && declared === this.declared) return;
    this.declared = declared;
    this.textLang = undefined;
    const lang = supportedLanguage(declared || navigator.language);
    if (this.ready && lang === this.lang) return;
    this.lang = lang;
    this.#load();
  }

  #load(): void {
    const { lang } = this;
    this.ready = loadCatalogue(lang).then((words) => {
      if (lang !== this.lang) return;
      this.words = words;
      this.host.requestUpdate();
    });
    // Prevents an unhandled rejection. Callers that await `ready` get it.
    this.ready.catch(() => undefined);
  }
}

/** `Intl` objects by constructor, language and options: constructing one costs more than a thousand calls of it. */
const cache = new Map<string, unknown>();

/** Returns a cached `Intl` object. */
export function intl<Format, Options>(
  Format: new (lang: string, options?: Options) => Format,
  lang: string,
  options?: Options,
): Format {
  const key = Format.name + lang + JSON.stringify(options);
  return (cache.get(key) ?? cache.set(key, new Format(lang, options)).get(key)) as Format;
}
