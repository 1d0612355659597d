import { render } from 'lit/html.js';
import { adoptStyles } from './style-sheets.js';

export interface PropertyOptions {
  /** The attribute's name where it is not the property's in lower case. */
  attribute?: string;
  /** What the attribute's text is read as; else it stays text. */
  type?: typeof Number | typeof Boolean;
  /** Writes the property back to its attribute. */
  reflect?: boolean;
  /** Not for the page: there is no attribute. */
  state?: boolean;
}

/** What changed since the last update: the earlier values, by property. */
export type Changes = ReadonlyMap<string, unknown>;

type Values = Record<string, unknown>;

/** In Node there is no such class, and still a module may be loaded there. */
const HostElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * An element whose properties draw it anew when they change, all changes of a task at once. It does of LitElement's work
 * what our widgets need, in a third of the bytes: every page that holds a widget loads it before anything can be seen.
 */
export abstract class ReactiveElement extends HostElement {
  /** Style sheets, the later ones above the earlier. */
  declare static styles: readonly string[];
  /** @internal */
  static attributes: Record<string, PropertyOptions & { name: string }> = {};

  /** Where it is drawn; here from the first time in a page. */
  declare renderRoot: ShadowRoot;
  readonly #values: Values = {};
  #changed = new Map<string, unknown>();
  #update?: Promise<void>;
  /** What the page had set before the code was here. */
  #early?: Values = {};

  static get observedAttributes(): string[] {
    return Object.keys(this.attributes);
  }

  /** Declares a property; the decorators of property.ts do nothing else. */
  static createProperty(name: string, options: PropertyOptions = {}): void {
    const { attribute = name.toLowerCase(), state } = options;
    if (!state) this.attributes = { ...this.attributes, [attribute]: { ...options, name } };
    Object.defineProperty(this.prototype, name, {
      get(this: ReactiveElement) {
        return this.#values[name];
      },
      set(this: ReactiveElement, value: unknown) {
        const old = this.#values[name];
        this.#values[name] = value;
        if (old !== value) this.requestUpdate(name, old);
      },
    });
  }

  constructor() {
    super();
    const own = this as unknown as Values;
    for (const name of Object.keys(own)) {
      if (!(name in (this.constructor.prototype as object))) continue;
      this.#early![name] = own[name];
      // It would hide the class's own.
      delete own[name];
    }
  }

  connectedCallback(): void {
    Object.assign(this, this.#early);
    this.#early = undefined;
    if (!this.renderRoot) {
      this.renderRoot = this.attachShadow({ mode: 'open' });
      adoptStyles(this.renderRoot, this.#class.styles);
    }
    this.requestUpdate();
  }

  attributeChangedCallback(attribute: string, _old: string | null, text: string | null): void {
    const { name, type } = this.#class.attributes[attribute]!;
    const own = this as unknown as Values;
    // Also what was only written back.
    if (text === (own[name] ?? null)) return;
    own[name] = type === Boolean ? text !== null : type && text !== null ? type(text) : text;
  }

  /** Draws anew, soon: also what no property tells of. Before the element's first time in a page nothing is drawn. */
  requestUpdate(name?: string, old?: unknown): void {
    if (name && !this.#changed.has(name)) this.#changed.set(name, old);
    if (this.renderRoot) this.#update ??= this.#draw();
  }

  /** Resolves when what has changed is drawn; to `false` where there is more to draw since. */
  get updateComplete(): Promise<boolean> {
    return Promise.resolve(this.#update).then(() => !this.#update);
  }

  /** What to draw: a template. */
  protected abstract render(): unknown;

  /** Told of an error while drawing, which must not escape into the page. The element is not drawn again. */
  protected abstract renderFailed(error: unknown): void;

  /** Before drawing: what changes here is drawn with the rest. */
  protected willUpdate(_changed: Changes): void {}

  /** After drawing. */
  protected updated(_changed: Changes): void {}

  get #class(): typeof ReactiveElement {
    return this.constructor as typeof ReactiveElement;
  }

  async #draw(): Promise<void> {
    // What else changes in this task is drawn with it.
    await Promise.resolve();
    const changed = this.#changed;
    try {
      this.willUpdate(changed);
      this.#reflect(changed);
      render(this.render(), this.renderRoot, { host: this });
      this.#changed = new Map();
      this.#update = undefined;
      this.updated(changed);
    } catch (error) {
      this.#update = Promise.resolve();
      this.renderFailed(error);
    }
  }

  #reflect(changed: Changes): void {
    for (const [attribute, { name, reflect }] of Object.entries(this.#class.attributes)) {
      if (!reflect || !changed.has(name)) continue;
      const value = this.#values[name] as string | null | undefined;
      if (value == null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    }
  }
}
