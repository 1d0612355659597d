import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Scroll position of a row of cards, in pixels. `left` is negative in a right-to-left script. */
export interface Row {
  readonly left: number;
  readonly visible: number;
  readonly whole: number;
  /** Distance between the starts of two cards. */
  readonly step: number;
}

/**
 * Follows the scroll position of a row of cards and scrolls it by whole cards. Requests an update when the row reaches
 * or leaves an end.
 */
export class CarouselController implements ReactiveController {
  atStart = true;
  atEnd = true;
  readonly #host: ReactiveControllerHost;
  readonly #getTrack: () => HTMLElement | null;
  #track: HTMLElement | null = null;
  #resizes?: ResizeObserver;

  /** @param getTrack returns the scroll container of the cards, once it is rendered */
  constructor(host: ReactiveControllerHost, getTrack: () => HTMLElement | null) {
    this.#host = host;
    this.#getTrack = getTrack;
    host.addController(this);
  }

  /** The cards do not fit into the row. */
  get overflows(): boolean {
    return !(this.atStart && this.atEnd);
  }

  hostUpdated(): void {
    const track = this.#getTrack();
    if (track === this.#track) return;
    this.hostDisconnected();
    if (!track) return;
    this.#track = track;
    this.#resizes = new ResizeObserver(this.measure);
    this.#resizes.observe(track);
  }

  hostDisconnected(): void {
    this.#resizes?.disconnect();
    this.#track = null;
  }

  /** Reads the scroll position; to be called on `scroll`. */
  readonly measure = (): void => {
    if (!this.#track) return;
    const { start, end } = endsOf(rowOf(this.#track));
    if (start === this.atStart && end === this.atEnd) return;
    this.atStart = start;
    this.atEnd = end;
    this.#host.requestUpdate();
  };

  /** Scrolls by as many cards as are wholly visible: 1 towards the end, -1 towards the start. */
  turn(direction: 1 | -1): void {
    const track = this.#track;
    if (!track) return;
    const { direction: script, columnGap } = getComputedStyle(track);
    const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
    track.scrollBy({
      left: turnDistance(rowOf(track), parseFloat(columnGap) || 0) * direction * (script === 'rtl' ? -1 : 1),
      behavior: reducedMotion ? 'instant' : 'smooth',
    });
  }
}

/** Returns whether a row is at its ends. Half a card of tolerance: rounding and snapping leave a remainder. */
export function endsOf({ left, visible, whole, step }: Row): { start: boolean; end: boolean } {
  const scrolled = Math.abs(left);
  return { start: scrolled < step / 2, end: whole - visible - scrolled < step / 2 };
}

/** Returns the distance of one turn: as many cards as are wholly visible, at least one. */
export function turnDistance({ visible, step }: Pick<Row, 'visible' | 'step'>, gap: number): number {
  return Math.max(1, Math.floor((visible + gap) / step)) * step;
}

function rowOf(track: HTMLElement): Row {
  const [first, second] = track.children as unknown as (HTMLElement | undefined)[];
  const { scrollLeft: left, clientWidth: visible, scrollWidth: whole } = track;
  const step = first && second ? Math.abs(second.offsetLeft - first.offsetLeft) : visible;
  return { left, visible, whole, step: step || visible };
}
