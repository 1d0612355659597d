/**
 * The one polite live region of a widget. It has to stand empty before it is used: readers of the screen hear changes,
 * not what was there from the start.
 */
export class Announcer {
  readonly region = document.createElement('div');
  #timer?: ReturnType<typeof setTimeout>;

  constructor() {
    this.region.className = 'unseen';
    this.region.setAttribute('role', 'status');
  }

  /** Says the last of what is given within a moment. */
  say(text: string): void {
    clearTimeout(this.#timer);
    this.region.textContent = '';
    this.#timer = setTimeout(() => (this.region.textContent = text), 150);
  }
}
