import type { Room } from './reading.js';

/** How far below the window the next page is asked for. */
const nearPx = 1200;
/** Pages that come of themselves before the next one asks: what stands below the thread can be reached. */
const automaticPages = 10;

/** Reads on by itself when the end of what is here comes near, and only where the thread grows below the window. */
export class Approach {
  readonly #room: Room;
  readonly #more: () => Promise<void>;
  readonly #observer: IntersectionObserver;
  #left = automaticPages;

  constructor(room: Room, more: () => Promise<void>) {
    this.#room = room;
    this.#more = more;
    this.#observer = new IntersectionObserver(([button]) => void this.#look(button!), {
      // Named, so that it has a margin also where the page is a frame in another.
      root: document,
      rootMargin: `0px 0px ${nearPx}px`,
    });
  }

  watch(signal: AbortSignal): void {
    signal.addEventListener('abort', () => this.#observer.disconnect());
    this.#observe();
  }

  /** The reader has asked for more. */
  renew(): void {
    this.#left = automaticPages;
    this.#observe();
  }

  async #look({ isIntersecting, boundingClientRect: { top } }: IntersectionObserverEntry): Promise<void> {
    if (!isIntersecting || top <= innerHeight || this.#left <= 0 || this.#room.failures.has('')) return;
    this.#left--;
    await this.#more();
    await this.#room.host.updateComplete;
    this.#observe();
  }

  #observe(): void {
    this.#observer.disconnect();
    const button = this.#room.moreButton();
    if (button) this.#observer.observe(button);
  }
}
