import { type CSSResult, html, type ReactiveController, type ReactiveControllerHost } from 'lit';
import type { Site } from '../../client/site.js';
import type { Catalogue } from '../../locales/registry.js';
import { signupPopoverStyles } from './signup-popover.styles.js';

interface PopoverHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: ShadowRoot;
  readonly openAt: number;
  adoptStyles(...styles: CSSResult[]): void;
  announce(text: string): void;
}

/**
 * The `popover` variant: a button that opens the form beside it, and `open-at`, which opens it at the edge of the window once
 * the reader has read so much of the page. The latter happens once, never while the reader types, leaves the focus where it
 * is, and never again after the reader has closed it.
 */
export class SignupPopover implements ReactiveController {
  readonly #host: PopoverHost;
  readonly #site: Site;
  /** Opened by the depth of reading instead of by the button. */
  #isUnasked = false;
  #isPlaced = false;
  /** It may still open by itself on this page. */
  #opensUnasked = true;
  #heading = '';
  #stopFollowing?: (() => void) | undefined;

  constructor(host: PopoverHost, site: Site) {
    this.#host = host;
    this.#site = site;
    host.addController(this);
    host.adoptStyles(signupPopoverStyles);
  }

  hostConnected(): void {
    addEventListener('scroll', this.#openAtDepth, { passive: true });
  }

  /** The page may be scrolled already when the code arrives. */
  hostUpdated(): void {
    this.#openAtDepth();
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.#openAtDepth);
    this.#stopFollowing?.();
  }

  /**
   * @param form rendered
   * @param headingId id of its heading
   */
  render(words: Catalogue['newsletter'], form: unknown, headingId: string): unknown {
    this.#heading = words.open;
    return html`<button
        id="open"
        class="button primary"
        part="open"
        aria-haspopup="dialog"
        aria-expanded=${this.#isOpen}
        @click=${this.#onClick}
      >
        ${words.open}
      </button>
      <div
        id="popover"
        class=${this.#isUnasked ? 'unasked' : ''}
        part="popover"
        role="dialog"
        aria-labelledby=${headingId}
        tabindex="-1"
        popover=${this.#isUnasked ? 'manual' : 'auto'}
        ?data-placed=${this.#isPlaced}
        @toggle=${this.#onToggle}
        @keydown=${this.#onKeydown}
      >
        ${form}
        <button class="button quiet" @click=${this.#close}>${this.#isUnasked ? words.noThanks : words.close}</button>
      </div>`;
  }

  /** Never opens by itself again: the reader has closed it, or has subscribed. */
  stopOpening(): void {
    this.#opensUnasked = false;
    this.#site.storage.set(this.#key, true);
  }

  get #key(): string {
    return `afterword:no-thanks:${this.#site.root}`;
  }

  get #popover(): HTMLElement | null {
    return this.#host.renderRoot.getElementById('popover');
  }

  get #isOpen(): boolean {
    return !!this.#popover?.matches(':popover-open');
  }

  #onClick = (): void => void this.#open(false);

  #close = (): void => this.#popover?.hidePopover();

  async #open(isUnasked: boolean): Promise<void> {
    if (this.#isOpen) return this.#close();
    this.#isUnasked = isUnasked;
    this.#host.requestUpdate();
    // The kind of a popover can change only while it is closed.
    await this.#host.updateComplete;
    this.#popover?.showPopover();
  }

  #openAtDepth = (): void => {
    const { openAt } = this.#host;
    if (!this.#opensUnasked || !openAt || this.#isOpen) return;
    const { scrollHeight } = document.scrollingElement ?? document.documentElement;
    if (((scrollY + innerHeight) / scrollHeight) * 100 < openAt || isTyping() || !this.#popover) return;
    this.#opensUnasked = false;
    if (!this.#site.storage.get(this.#key, isTrue)) void this.#open(true);
  };

  #onToggle = async ({ newState }: ToggleEvent): Promise<void> => {
    this.#stopFollowing?.();
    this.#stopFollowing = undefined;
    const isOpen = newState === 'open';
    if (!isOpen) this.#onClosed();
    else if (this.#isUnasked) this.#host.announce(this.#heading);
    // Without the code for it the popover stays in the corner of the window.
    else await this.#place().catch(() => undefined);
    this.#isPlaced = isOpen && this.#isOpen;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    // Not before it has its place: focusing an element out of place scrolls the page.
    if (this.#isPlaced && !this.#isUnasked) this.#popover?.focus({ preventScroll: true });
  };

  #onClosed(): void {
    if (this.#isUnasked) this.stopOpening();
    this.#popover?.style.removeProperty('translate');
    const focused = this.#host.renderRoot.activeElement;
    if (this.#popover?.contains(focused) || document.activeElement === document.body)
      this.#host.renderRoot.getElementById('open')?.focus({ preventScroll: true });
  }

  async #place(): Promise<void> {
    const { placePopover } = await import('../../base/place-popover.js');
    const anchor = this.#host.renderRoot.getElementById('open')!;
    const stopFollowing = await placePopover(anchor, this.#popover!, 'top-start');
    if (this.#isOpen) this.#stopFollowing = stopFollowing;
    else stopFollowing();
  }

  /** Closes on Escape, which the browser does for one kind of popover only, and prevents that the page handles it as well. */
  #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#close();
  };
}

/** Returns whether the reader is in a field, of the page or of a widget. */
function isTyping(): boolean {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return !!focused?.matches('input, textarea, select, [contenteditable]:not([contenteditable=false])');
}

function isTrue(value: unknown): value is true {
  return value === true;
}
