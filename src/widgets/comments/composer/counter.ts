import { html, nothing } from 'lit';
import type { ThreadContext } from '../thread-context.js';

/** The counter shows when this many graphemes or fewer are left. */
const thresholdGraphemes = 200;
/** The counter is announced when nothing is typed for this long. */
const announceDelayMs = 1000;

/** Counts the graphemes that a text has left, near the limit. */
export class Counter {
  /** Undefined far from the limit. */
  left?: number | undefined;
  #timer?: ReturnType<typeof setTimeout> | undefined;
  readonly #id: string;
  readonly #context: ThreadContext;

  constructor(id: string, context: ThreadContext) {
    this.#id = id;
    this.#context = context;
  }

  count(text: string): void {
    const { maxGraphemes } = this.#context.thread.settings.rules;
    // A text has at most as many graphemes as code units: the exact count matters near the limit only.
    const left =
      text.length < maxGraphemes - thresholdGraphemes ? undefined : maxGraphemes - countGraphemes(text.trim());
    this.left = left === undefined || left > thresholdGraphemes ? undefined : left;
  }

  /** Counts a text that was typed, and announces what is left: at once where it became too long. */
  handleInput(text: string): void {
    const before = this.left;
    this.count(text);
    this.stop();
    if (this.left === undefined || this.left === before) return;
    const isOver = this.left < 0 && !(before! < 0);
    this.#timer = setTimeout(() => this.#context.host.announce(this.#text), isOver ? 0 : announceDelayMs);
  }

  /** Drops an announcement that is due. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  render(): unknown {
    if (this.left === undefined) return nothing;
    return html`<span id=${this.#id} class=${`left ${this.left < 0 ? 'failure' : 'muted'}`}>${this.#text}</span>`;
  }

  get #text(): string {
    const { locale, actionWords } = this.#context;
    const left = this.left ?? 0;
    return actionWords.left(left, locale.number(Math.abs(left)));
  }
}

function countGraphemes(text: string): number {
  return Intl.Segmenter ? [...new Intl.Segmenter().segment(text)].length : [...text].length;
}
