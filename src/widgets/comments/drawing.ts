import { render } from 'lit/html.js';
import type { Comment } from '../../contract/types.js';
import { renderComment, type View } from './comment-view.js';

/** Between slices of drawing the page answers the reader. */
const sliceMs = 8;
/** What is out of sight is drawn anew when nothing has changed for so long. */
const quietMs = 300;
/** No comment is lower. */
const leastHeight = 90;

/**
 * The comments as elements. Each comment keeps its element wherever it moves, and with it the focus and what is typed in
 * it. What is in sight is drawn at once, the rest a slice at a time: the browser leaves it out of the layout
 * (`content-visibility`), and tells when it comes near.
 */
export class Drawing {
  readonly list = listElement('list');
  readonly #items = new Map<string, HTMLLIElement>();
  readonly #lists = new Map<string, HTMLUListElement>();
  readonly #far = new WeakSet<Element>();
  /** Out of sight, and changed since they were drawn. */
  readonly #stale = new Map<Element, Comment>();
  #tops: readonly Comment[] = [];
  /** So many of them are drawn. */
  #drawn = 0;
  #view!: View;
  #slice?: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.list.addEventListener('contentvisibilityautostatechange', (event) => {
      const { target, skipped } = event as ContentVisibilityAutoStateChangeEvent;
      const item = target as HTMLElement;
      this.#far[skipped ? 'add' : 'delete'](item);
      const comment = skipped ? undefined : this.#stale.get(item);
      if (comment) this.#draw(comment, 0);
    });
  }

  /** Draws what has changed: all of the window's, and of what is new as much as a window takes. */
  draw(tops: readonly Comment[], view: View): void {
    this.#view = view;
    const moved = tops.length !== this.#tops.length || tops.some((top, index) => top !== this.#tops[index]);
    this.#tops = tops;
    if (moved) {
      const wanted = new Set(tops.map(({ id }) => this.#items.get(id)));
      for (const item of [...this.list.children]) if (!wanted.has(item as HTMLLIElement)) item.remove();
      const last = tops.findLastIndex(({ id }) => this.#items.get(id)?.parentNode === this.list);
      this.#drawn = Math.min(tops.length, last + 1 + Math.ceil(innerHeight / leastHeight));
    }
    let after: Element | null = null;
    for (const top of tops.slice(0, this.#drawn)) {
      const item = this.#item(top.id);
      const placed = item.parentNode === this.list;
      if (placed && this.#far.has(item)) this.#stale.set(item, top);
      else this.#draw(top, 0);
      const next: Element | null = after ? after.nextElementSibling : this.list.firstElementChild;
      if (item !== next) this.list.insertBefore(item, next);
      after = item;
    }
    clearTimeout(this.#slice);
    this.#goOn(moved ? 0 : quietMs);
  }

  /** Draws one of what stands at the left at once, wherever it is. */
  reach(top: Comment): void {
    while (this.#drawn < this.#tops.length && this.#item(top.id).parentNode !== this.list) this.#drawNext();
    this.#draw(top, 0);
  }

  /** The replies to a comment, as a list that keeps its place. */
  repliesOf({ id, replies }: Comment, depth: number): HTMLUListElement {
    let list = this.#lists.get(id);
    if (!list) this.#lists.set(id, (list = listElement('replies')));
    const items = replies.comments.map((reply) => this.#draw(reply, depth));
    for (const item of [...list.children]) if (!items.includes(item as HTMLLIElement)) item.remove();
    items.forEach((item, index) => {
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    return list;
  }

  #item(id: string): HTMLLIElement {
    let item = this.#items.get(id);
    if (!item) {
      this.#items.set(id, (item = document.createElement('li')));
      item.className = 'comment';
    }
    return item;
  }

  #draw(comment: Comment, depth: number): HTMLLIElement {
    const item = this.#item(comment.id);
    this.#stale.delete(item);
    render(renderComment(comment, depth, this.#view), item, { host: this });
    return item;
  }

  #drawNext(): void {
    this.list.append(this.#draw(this.#tops[this.#drawn++]!, 0));
  }

  #goOn(ms: number): void {
    if (this.#drawn === this.#tops.length && !this.#stale.size) return;
    this.#slice = setTimeout(() => {
      const end = performance.now() + sliceMs;
      while (this.#drawn < this.#tops.length && performance.now() < end) this.#drawNext();
      for (const comment of this.#stale.values()) {
        if (performance.now() > end) break;
        this.#draw(comment, 0);
      }
      this.#goOn(0);
    }, ms);
  }
}

function listElement(name: string): HTMLUListElement {
  const list = document.createElement('ul');
  list.className = name;
  list.setAttribute('role', 'list');
  return list;
}
