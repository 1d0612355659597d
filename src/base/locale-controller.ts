import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Catalogue, loadCatalogue, supportedLanguage } from '../locales/registry.js';

/** Returns the nearest `lang`, through the shadow roots above; empty where the page declares none. */
export function nearestLang(element: Element): string {
  const declaring = element.closest('[lang]');
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return declaring?.getAttribute('lang') || (host ? nearestLang(host) : '');
}

/** Follows the language of one widget: the nearest `lang`, the catalogue for it, numbers formatted its way. */
export class LocaleController implements ReactiveController {
  /** The nearest `lang`; empty where the page declares none. */
  declared = '';
  /** The language of the catalogue; numbers and dates are formatted in it too. */
  lang = 'en';
  /** The catalogue; undefined until it has loaded. */
  words?: Catalogue;
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
    this.declared = nearestLang(this.host);
    const lang = supportedLanguage(this.declared || navigator.language);
    if (!this.ready || lang !== this.lang) {
      this.lang = lang;
      this.#load();
    }
    this.host.requestUpdate();
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
