import {
  type CSSResult,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclaration,
  type PropertyValues,
} from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Catalogue } from '../locales/registry.js';
import { GroundController } from './ground-controller.js';
import { keepKeys } from './keys.js';
import { LocaleController } from './locale-controller.js';
import { widgetStyles } from './styles/widget.js';
import { version } from './version.js';

export type WidgetStatus = 'loading' | 'ready' | 'empty' | 'error' | 'offline';

/** Sentences for the case that the catalogue itself cannot be loaded. */
const englishFailure: Pick<Catalogue['common'], 'error' | 'offline' | 'retry'> = {
  error: 'Something is wrong with this part.',
  offline: 'This part could not be loaded.',
  retry: 'Try again',
};
/** Delay of the skeleton. Most answers arrive earlier, and rendering a skeleton would delay their frame. */
const skeletonDelayMs = 100;

/**
 * Base class of every widget: finds its site and story, follows the page's language, draws the states loading, empty,
 * error and offline, throws nothing into the page, and survives a move in the DOM.
 *
 * ```ts
 * export class PollElement extends WidgetElement {
 *   static override readonly tag: string = 'aw-poll';
 *   static override readonly loadProperties = [...WidgetElement.loadProperties, 'poll'];
 *   static override styles: CSSResultGroup = [widgetStyles, reserve, styles]; // `:host { --_reserve: 9em }` reserves its height
 *   @property({ useDefault: true }) poll = 'reactions';
 *   @state() private data?: Reactions;
 *
 *   // Subscribe before the data is awaited: a failed refresh keeps what is drawn, which still wants updates.
 *   protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
 *     const client = await followStory(this, this.locale.requested, signal);
 *     client.subscribe(`vote:${this.poll}`, (reacted) => (this.data = reacted), signal);
 *     const data = await client.part(parts.reactions(this.poll), again);
 *     if (signal.aborted) return false;
 *     this.data = data;
 *     return data.poll.choices.length > 0; // false draws the empty state
 *   }
 *   protected override renderReady(words: Catalogue) {
 *     return renderHeading(this.headingLevel, this.data?.poll.question, { name: 'question' });
 *   }
 * }
 * ```
 *
 * A widget may override `renderLoading` (its skeleton), `renderEmpty` and `renderFailure`.
 */
export abstract class WidgetElement extends LitElement {
  static readonly version: string = version;
  /** The tag that {@link define} registers by default. */
  static readonly tag: string;
  /** Properties whose change loads the data again. */
  static readonly loadProperties: readonly string[] = ['site', 'story', 'api'];
  static override styles: CSSResultGroup = widgetStyles;
  /** The colours depend on the ground: see `GroundController`. */
  static readonly followsGround: boolean = true;

  /** Declared first: the field initializers below fill it. */
  readonly #initialValues = new Map<PropertyKey, unknown>();

  /** Id of the site; falls back to the script tag's `data-site`. */
  @property() site?: string | null;
  /** The publisher's id or the URL of the story; falls back to the script tag's, the canonical link's, the page's own. */
  @property() story?: string | null;
  /** URL of the API; falls back to the script tag's `data-api`, then to the origin of the script. */
  @property() api?: string | null;
  /** Colour scheme; `auto` follows the text colour of the page. */
  @property({ reflect: true, useDefault: true }) theme: 'light' | 'dark' | 'auto' = 'auto';
  /** Level of the widget's heading, from 1 to 6; `none` hides it, for a page with a heading of its own. */
  @property({ attribute: 'heading-level', useDefault: true }) headingLevel:
    1 | 2 | 3 | 4 | 5 | 6 | '1' | '2' | '3' | '4' | '5' | '6' | 'none' = '2';

  declare readonly renderRoot: ShadowRoot;
  /** @internal */
  @state() protected status: WidgetStatus = 'loading';
  /** Loading has taken longer than {@link skeletonDelayMs}. */
  @state() private showSkeleton = false;
  /** Text of the live region. */
  @state() private announcement = '';
  protected readonly locale = new LocaleController(this);
  readonly #internals = this.attachInternals?.();
  #announceTimer?: ReturnType<typeof setTimeout>;
  #loadAbort?: AbortController;
  /** The values of {@link loadProperties} and the language that were loaded last. */
  #loadedFor?: string | undefined;
  #loadedLang?: string;

  constructor() {
    super();
    keepKeys(this);
    if ((this.constructor as typeof WidgetElement).followsGround) new GroundController(this);
  }

  /**
   * Registers the element. A tag that is already registered keeps its class; another version warns once.
   *
   * @param tag another tag
   * @param registry another registry
   */
  static define(tag: string = this.tag, registry: CustomElementRegistry | undefined = globalThis.customElements): void {
    const element = this as unknown as CustomElementConstructor;
    const existing = registry?.get(tag) as typeof WidgetElement | undefined;
    // A class can be registered once: a second tag gets a subclass.
    if (!existing) registry?.define(tag, registry.getName?.(element) ? class extends element {} : element);
    else if (existing.version !== this.version) {
      warnOnce(tag, `${this.version} is not used: the page has ${existing.version ?? 'another'}.`);
    }
  }

  /** Loads the data from the API again. What is drawn stays until the new data is there. */
  refresh(): Promise<void> {
    return this.#load(true);
  }

  /** Loads the data of another story. What is drawn goes at once, so that nobody acts on the story before. */
  reload(): void {
    this.#loadedFor = undefined;
    this.status = 'loading';
    this.showSkeleton = true;
  }

  /**
   * Loads the data. What is drawn stays meanwhile where {@link status} is still `ready`: on a refresh, and where only
   * the language has changed.
   *
   * @param signal aborts when the widget leaves the page or loads again
   * @param again bypasses cached answers
   * @returns `false` for the empty state
   */
  protected abstract load(signal: AbortSignal, again: boolean): Promise<boolean>;

  protected abstract renderReady(words: Catalogue): unknown;

  /** Draws the skeleton. */
  protected renderLoading(): unknown {
    return undefined;
  }

  protected renderEmpty(_words: Catalogue): unknown {
    return undefined;
  }

  /**
   * Draws the fallback content of the page, a sentence and a button to retry.
   *
   * @param words undefined where the catalogue could not be loaded
   */
  protected renderFailure(words: Catalogue['common'] | undefined, status: 'error' | 'offline'): unknown {
    const { [status]: sentence, retry } = words ?? englishFailure;
    return html`<slot></slot>
      <p class="notice" part="notice" lang=${words ? nothing : 'en'}>
        ${sentence} <button part="retry" @click=${this.#retry}>${retry}</button>
      </p>`;
  }

  /** Announces a text through the live region of the widget; of several within a moment, the last one. */
  announce(text: string): void {
    clearTimeout(this.#announceTimer);
    // Screen readers announce a live region when its text changes.
    this.announcement = '';
    this.#announceTimer = setTimeout(() => (this.announcement = text), 150);
  }

  /** @internal Sets a custom state, which the page styles by `:state(name)`. */
  setState(name: string, on: boolean): void {
    this.#internals?.states?.[on ? 'add' : 'delete'](name);
  }

  /** @internal Adds styles that arrive with a lazy chunk, above those of the class. */
  adoptStyles(...styles: CSSResult[]): void {
    const { adoptedStyleSheets } = this.renderRoot;
    for (const { styleSheet } of styles)
      if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
  }

  /**
   * Restores the initial value of a property with `useDefault` when it is set to `null` or `undefined`, which
   * frameworks do for a missing value. Lit itself does so for a removed attribute only.
   */
  override requestUpdate(name?: PropertyKey, oldValue?: unknown, options?: PropertyDeclaration): void {
    if (name !== undefined && options?.useDefault) {
      const key = name as keyof this;
      // The field initializer sets it first.
      if (!this.#initialValues.has(name)) this.#initialValues.set(name, this[key]);
      else if (this[key] == null) {
        this[key] = this.#initialValues.get(name) as this[typeof key];
        return;
      }
    }
    super.requestUpdate(name, oldValue, options);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // A move disconnects and connects within one task.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#loadAbort?.abort();
      this.#loadedFor = undefined;
    });
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { loadProperties } = this.constructor as typeof WidgetElement;
    const wanted = loadProperties.map((name) => String(this[name as keyof this])).join('\n');
    const lang = this.locale.declared;
    if (!this.isConnected || (wanted === this.#loadedFor && lang === this.#loadedLang)) return;
    // Another language replaces the words in place: what the reader has typed stays.
    if (wanted !== this.#loadedFor) this.status = 'loading';
    this.#loadedFor = wanted;
    this.#loadedLang = lang;
    void this.#load(false);
  }

  /**
   * Catches errors of rendering, and shows the fallback content at the reserved height. A page that refuses our Trusted
   * Types policy makes Lit throw.
   */
  protected override performUpdate(): void {
    try {
      super.performUpdate();
    } catch (error) {
      this.warn(error);
      if (!this.renderRoot.querySelector('slot')) this.renderRoot.prepend(createFallback());
    }
  }

  protected override render(): unknown {
    const { words } = this.locale;
    const status = words || this.status === 'offline' || this.status === 'error' ? this.status : 'loading';
    for (const name of ['loading', 'ready', 'empty', 'error', 'offline']) this.setState(name, name === status);
    const lang = this.locale.foreign ?? nothing;
    return html`<div class="base" part="base" lang=${lang} tabindex="-1" aria-busy=${status === 'loading'}>
        ${this.#renderStatus(status)}
      </div>
      <div class="visually-hidden" role="status" lang=${lang}>${this.announcement}</div>`;
  }

  #renderStatus(status: WidgetStatus): unknown {
    const { words } = this.locale;
    switch (status) {
      case 'loading':
        return this.showSkeleton ? this.renderLoading() : html`<slot></slot>`;
      case 'ready':
        return this.renderReady(words!);
      case 'empty':
        return this.renderEmpty(words!);
      default:
        return this.renderFailure(words?.common, status);
    }
  }

  #retry(): void {
    // The focused button is about to be removed: the focus stays in the widget.
    (this.renderRoot.firstElementChild as HTMLElement).focus();
    void this.refresh();
  }

  async #load(again: boolean): Promise<void> {
    this.#loadAbort?.abort();
    const { signal } = (this.#loadAbort = new AbortController());
    if (this.status !== 'ready') {
      this.status = 'loading';
      setTimeout(() => (this.showSkeleton = this.status === 'loading'), skeletonDelayMs);
    }
    if (again) this.locale.retry();
    try {
      const [hasContent] = await Promise.all([this.load(signal, again), this.locale.ready]);
      // Another one, where the answer has named the language of the site.
      await this.locale.ready;
      if (!signal.aborted) this.status = hasContent ? 'ready' : 'empty';
    } catch (error) {
      // The sentence needs the catalogue; without it there is one in English.
      await this.locale.ready?.catch(() => undefined);
      if (signal.aborted) return;
      this.warn(error);
      // What is drawn stays.
      if (this.status === 'ready') return;
      const refused = (error as { unreachable?: boolean }).unreachable === false;
      this.status = refused ? 'error' : 'offline';
      if (!refused) addEventListener('online', () => this.refresh(), { signal });
    }
  }

  /** Logs a warning for the publisher to the console, once per message. */
  protected warn(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    warnOnce(this.localName, `${code ?? 'failed'}: ${message ?? String(error)}`);
  }
}

/** Returns the fallback content in an element that reserves the height as the drawn widget does. */
function createFallback(): Element {
  const base = document.createElement('div');
  base.className = 'base';
  base.append(document.createElement('slot'));
  return base;
}

const warned = new Set<string>();

/** Logs a warning to the console, once per tag and message. */
function warnOnce(tag: string, message: string): void {
  const text = `[${tag}] ${message}`;
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
