import type { ReactiveController } from 'lit';

/** Text of the page is smaller than that, unless its reader enlarges it. */
const largeFontPx = 24;

/**
 * Marks a list whose text its reader has enlarged or spaced out (WCAG 1.4.4 and 1.4.12) with `data-enlarged`, so that
 * its titles take the lines that they need.
 */
export class EnlargedText implements ReactiveController {
  readonly #getList: () => HTMLElement | null;
  #list: HTMLElement | null = null;
  readonly #resizes = new ResizeObserver(() => requestAnimationFrame(this.#mark));

  /** @param getList returns the list, once it is rendered */
  constructor(getList: () => HTMLElement | null) {
    this.#getList = getList;
  }

  hostUpdated(): void {
    const list = this.#getList();
    if (list === this.#list) return;
    this.hostDisconnected();
    this.#list = list;
    if (list) this.#resizes.observe(list);
  }

  hostDisconnected(): void {
    this.#resizes.disconnect();
    this.#list = null;
  }

  readonly #mark = (): void => {
    if (!this.#list) return;
    const { fontSize, letterSpacing } = getComputedStyle(this.#list);
    this.#list.toggleAttribute('data-enlarged', parseFloat(fontSize) >= largeFontPx || parseFloat(letterSpacing) > 0);
  };
}
