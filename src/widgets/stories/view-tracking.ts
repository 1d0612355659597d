import type { ReactiveController, ReactiveControllerHost } from 'lit';

const viewAfterMs = 1000;

/** Reports each card once, when half of it has been in the viewport for a second. */
export class ViewTracking implements ReactiveController {
  readonly #getCards: () => Iterable<Element>;
  readonly #onView: (card: HTMLElement) => void;
  readonly #timers = new Map<Element, ReturnType<typeof setTimeout>>();
  #viewed = new WeakSet<Element>();
  #observer?: IntersectionObserver | undefined;

  /**
   * @param getCards returns the cards that are rendered
   * @param onView is called with each card that was viewed
   */
  constructor(host: ReactiveControllerHost, getCards: () => Iterable<Element>, onView: (card: HTMLElement) => void) {
    this.#getCards = getCards;
    this.#onView = onView;
    host.addController(this);
  }

  hostUpdated(): void {
    for (const card of this.#getCards()) {
      if (this.#viewed.has(card)) continue;
      this.#observer ??= new IntersectionObserver((entries) => entries.forEach(this.#follow), { threshold: 0.5 });
      // Observing a card twice has no effect.
      this.#observer.observe(card);
    }
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Starts again: the elements are about to show other stories. */
  reset(): void {
    this.hostDisconnected();
    this.#viewed = new WeakSet();
  }

  readonly #follow = ({ target, intersectionRatio }: IntersectionObserverEntry): void => {
    clearTimeout(this.#timers.get(target));
    if (intersectionRatio < 0.5) return;
    const timer = setTimeout(() => {
      this.#observer?.unobserve(target);
      this.#timers.delete(target);
      this.#viewed.add(target);
      this.#onView(target as HTMLElement);
    }, viewAfterMs);
    this.#timers.set(target, timer);
  };
}
