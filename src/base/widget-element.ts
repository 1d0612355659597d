import { html } from 'lit/html.js';
import type { Catalogue } from '../locales/catalogue.js';
import { LocaleController } from './locale.js';
import { property, state } from './property.js';
import { type Changes, ReactiveElement } from './reactive-element.js';
import { widgetStyles } from './styles.js';
import { version } from './version.js';
import { warnOnce } from './warnings.js';

export type WidgetStatus = 'loading' | 'ready' | 'empty' | 'error' | 'offline';

/** What is drawn while the data is on its way delays the frame that shows it: most data is here before that is of use. */
const patienceMs = 100;

/**
 * What every widget shares: where it stands, its language, its looks while loading, empty, refused or out of reach,
 * and manners (nothing is thrown into the page; a move in the page is not a destroy).
 *
 * A widget is written like this:
 *
 * ```ts
 * export class PollElement extends WidgetElement {
 *   static override readonly tag = 'aw-poll';
 *   static override readonly sources = [...WidgetElement.sources, 'poll']; // a change of these loads anew
 *   static override styles = [...widgetStyles, styles]; // `:host { --_reserve: 9em }` is the height kept for it
 *   @property() poll = 'reactions';
 *   @state() private data?: Reactions;
 *
 *   // `signal` ends when the widget leaves the page or loads anew. Watch before the first await: a failed refresh
 *   // keeps what is on screen, and that still wants to hear.
 *   protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
 *     const place = placeOf(this, this.locale.declared);
 *     place.watch<Reacted>(`reactions:${this.poll}`, (data) => (this.data = data), signal);
 *     const data = await place.part(parts.reactions(this.poll), again);
 *     if (signal.aborted) return false;
 *     this.data = data;
 *     return data.poll.choices.length > 0; // false: there is nothing to show
 *   }
 *   protected override renderReady(words: Catalogue) {
 *     return html`<h3 part="question">${this.data?.poll.question}</h3>`;
 *   }
 * }
 * ```
 *
 * Left to a widget where it wants: `renderLoading` (muted blocks in its own shape, once it takes long), `renderEmpty`, `renderFailure`.
 */
export abstract class WidgetElement extends ReactiveElement {
  static readonly version: string = version;
  /** The tag that {@link define} registers. */
  static readonly tag: string;
  /** Properties whose change loads the data anew. */
  static readonly sources: readonly string[] = ['site', 'story', 'api'];
  static override styles = widgetStyles;

  /** The site's id; else the script tag's `data-site`. */
  @property() site?: string;
  /** The publisher's id or the address of the story; else the script tag's, the canonical link's, the page's own. */
  @property() story?: string;
  /** Where the API answers; else the script tag's `data-api`, else where the script came from. */
  @property() api?: string;
  /** Colours on a light or a dark ground; `auto` follows the colour of the page's text. */
  @property({ reflect: true }) theme?: 'light' | 'dark' | 'auto';

  /** @internal */
  @state() protected status: WidgetStatus = 'loading';
  /** Loading takes long enough for something to be shown meanwhile. */
  @state() private waiting = false;
  /** What the live region says. */
  @state() private said = '';
  #saying?: ReturnType<typeof setTimeout>;
  protected readonly locale = new LocaleController(this);
  readonly #internals = this.attachInternals?.();
  #loading?: AbortController;
  #loaded?: string;

  /**
   * Registers the element; a tag already taken stays with who took it.
   *
   * @param tag another name for it
   * @param registry another place for it
   */
  static define(tag: string = this.tag, registry: CustomElementRegistry | undefined = globalThis.customElements): void {
    const element = this as unknown as CustomElementConstructor;
    const taken = registry?.get(tag) as typeof WidgetElement | undefined;
    // One class has one tag: a second name gets a class of its own.
    if (!taken) registry?.define(tag, registry.getName?.(element) ? class extends element {} : element);
    else if (taken.version !== this.version) {
      warnOnce(tag, `${this.version} is not used: the page has ${taken.version ?? 'another'}.`);
    }
  }

  /** Asks the API anew. */
  refresh(): Promise<void> {
    return this.#load(true);
  }

  /** Brings the data; `false` means that there is nothing to show. */
  protected abstract load(signal: AbortSignal, again: boolean): Promise<boolean>;

  protected abstract renderReady(words: Catalogue): unknown;

  /** The widget's own shape in muted blocks. */
  protected renderLoading(): unknown {
    return undefined;
  }

  protected renderEmpty(_words: Catalogue): unknown {
    return undefined;
  }

  /** What the page put inside stays readable; without words, nothing is said. */
  protected renderFailure(words: Catalogue['common'] | undefined, status: 'error' | 'offline'): unknown {
    return html`<slot></slot>${
        words &&
        html`<p class="notice" part="notice">
          ${words[status]} <button part="retry" @click=${this.#retry}>${words.retry}</button>
        </p>`
      }`;
  }

  /** Says something to those who do not see it: the last of what is given within a moment. */
  protected announce(text: string): void {
    clearTimeout(this.#saying);
    // Only a change is heard.
    this.said = '';
    this.#saying = setTimeout(() => (this.said = text), 150);
  }

  /** Switches a `:state()` that the page may style by. */
  protected setState(name: string, on: boolean): void {
    this.#internals?.states?.[on ? 'add' : 'delete'](name);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.locale.start();
  }

  disconnectedCallback(): void {
    this.locale.stop();
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#loading?.abort();
      this.#loaded = undefined;
    });
  }

  protected override willUpdate(_changed: Changes): void {
    const { sources } = this.constructor as typeof WidgetElement;
    const wanted = JSON.stringify([this.locale.declared, ...sources.map((name) => this[name as keyof this])]);
    if (!this.isConnected || wanted === this.#loaded) return;
    this.#loaded = wanted;
    void this.#load(false);
  }

  /** A page may even forbid to make templates. What it put inside stays readable. */
  protected override renderFailed(error: unknown): void {
    this.#warn(error);
    this.renderRoot.prepend(document.createElement('slot'));
  }

  protected override render(): unknown {
    const { words } = this.locale;
    const status = words || this.status === 'offline' ? this.status : 'loading';
    for (const name of ['loading', 'ready', 'empty', 'error', 'offline']) this.setState(name, name === status);
    return [
      html`<div class="base" part="base" tabindex="-1" aria-busy=${status === 'loading'}>
        ${
          status === 'loading'
            ? this.waiting
              ? this.renderLoading()
              : html`<slot></slot>`
            : status === 'ready'
              ? this.renderReady(words!)
              : status === 'empty'
                ? this.renderEmpty(words!)
                : this.renderFailure(words?.common, status)
        }
      </div>`,
      html`<div class="unseen" role="status">${this.said}</div>`,
    ];
  }

  #retry(): void {
    // The button goes away under the reader's hand: the focus stays in the widget.
    (this.renderRoot.firstElementChild as HTMLElement).focus();
    void this.refresh();
  }

  async #load(again: boolean): Promise<void> {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    // What is on screen stays until there is something better.
    const kept = again && this.status === 'ready';
    if (!kept) {
      this.status = 'loading';
      setTimeout(() => (this.waiting = this.status === 'loading'), patienceMs);
    }
    try {
      const [full] = await Promise.all([this.load(signal, again), this.locale.ready]);
      if (!signal.aborted) this.status = full ? 'ready' : 'empty';
    } catch (error) {
      if (signal.aborted) return;
      this.#warn(error);
      if (kept) return;
      const refused = (error as { unreachable?: boolean }).unreachable === false;
      this.status = refused ? 'error' : 'offline';
      if (!refused) addEventListener('online', () => this.refresh(), { signal });
    }
  }

  #warn(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    warnOnce(this.localName, `${code ?? 'failed'}: ${message ?? String(error)}`);
  }
}
