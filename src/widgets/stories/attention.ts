import { signalsOf } from '../../client/signals.js';
import type { Place } from '../../client/index.js';
import type { Rail } from '../../contract/types.js';

const longEnoughMs = 1000;

/** What readers see and follow of a rail. Nothing waits for it, so its code comes after the cards. */
export class Attention {
  readonly #timers = new Map<Element, ReturnType<typeof setTimeout>>();
  readonly #observer: IntersectionObserver;
  readonly #watched = new WeakSet<Element>();

  /** @param seen told once of each card of which half has been in the window for a second */
  constructor(seen: (card: HTMLElement) => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, intersectionRatio } of entries) {
          clearTimeout(this.#timers.get(target));
          if (intersectionRatio < 0.5) continue;
          const timer = setTimeout(() => {
            this.#observer.unobserve(target);
            seen(target as HTMLElement);
          }, longEnoughMs);
          this.#timers.set(target, timer);
        }
      },
      { threshold: 0.5 },
    );
  }

  watch(cards: Iterable<Element>): void {
    for (const card of cards) {
      if (this.#watched.has(card)) continue;
      this.#watched.add(card);
      this.#observer.observe(card);
    }
  }

  stop(): void {
    this.#observer.disconnect();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}

export function signal(
  { site }: Place,
  type: 'view' | 'click',
  story: string,
  rail: Rail['rail'],
  position: number,
): void {
  signalsOf(site).add({ type, story, rail, position });
}

/** A page with a rail on it counts as read when it has been read. */
export function countRead({ site, story }: Place): void {
  signalsOf(site).countRead(story);
}
