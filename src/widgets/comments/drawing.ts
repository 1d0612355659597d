import { render } from 'lit/html.js';
import type { Comment } from '../../contract/types.js';
import { renderComment, type View } from './comment-view.js';

/** Between slices of drawing the page answers the reader. */
const sliceMs = 8;
/** What is out of sight is drawn anew when nothing has changed for so long. */
const quietMs = 300;
/** Few comments are lower. */
const leastHeight = 64;

/** So many roots are left out of the layout together: the browser looks at each such stretch on every frame. */
const stretchSize = 10;

/**
 * The comments as elements. Each comment keeps its element wherever it moves, and with it the focus and what is typed in
 * it. What is in sight is drawn at once, the rest a slice at a time: the browser leaves it out of the layout
 * (`content-visibility`), and tells when it comes near.
 */
export class Drawing {
  readonly list = element('div', 'list', 'list');
  readonly #items = new Map<string, HTMLElement>();
  readonly #lists = new Map<string, HTMLElement>();
  /** Stretches that are out of sight. */
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
      const stretch = target as Element;
      this.#far[skipped ? 'add' : 'delete'](stretch);
      for (const item of skipped ? [] : stretch.children) {
        const comment = this.#stale.get(item);
        if (comment) this.#draw(comment, 0);
      }
    });
  }

  /** Draws what has changed: all of the window's, and of what is new as much as a window takes. */
  draw(tops: readonly Comment[], view: View): void {
    this.#view = view;
    const moved = tops.length !== this.#tops.length || tops.some((top, index) => top !== this.#tops[index]);
    this.#tops = tops;
    if (moved) {
      const wanted = new Set(tops.map(({ id }) => this.#items.get(id)));
      for (const stretch of [...this.list.children]) {
        for (const item of [...stretch.children]) if (!wanted.has(item as HTMLElement)) item.remove();
        if (!stretch.firstChild) stretch.remove();
      }
      this.#drawn = tops.findLastIndex(({ id }) => this.#isPlaced(this.#items.get(id))) + 1;
      for (let height = 0; height < innerHeight && this.#drawn < tops.length; this.#drawn++)
        height += leastHeight * sizeOf(tops[this.#drawn]!);
    }
    let after: Element | undefined;
    for (const top of tops.slice(0, this.#drawn)) {
      const item = this.#item(top.id);
      if (this.#isPlaced(item) && this.#far.has(item.parentElement!)) this.#stale.set(item, top);
      else this.#draw(top, 0);
      if (moved) this.#place(item, after);
      after = item;
    }
    clearTimeout(this.#slice);
    this.#goOn(moved ? 0 : quietMs);
  }

  /** Draws one of what stands at the left at once, wherever it is. */
  reach(top: Comment): void {
    while (this.#drawn < this.#tops.length && !this.#isPlaced(this.#item(top.id))) this.#drawNext();
    this.#draw(top, 0);
  }

  /** The replies to a comment, as a list that keeps its place. */
  repliesOf({ id, replies }: Comment, depth: number): HTMLElement {
    let list = this.#lists.get(id);
    if (!list) this.#lists.set(id, (list = element('ul', 'replies', 'list')));
    const items = replies.comments.map((reply) => this.#draw(reply, depth));
    for (const item of [...list.children]) if (!items.includes(item as HTMLElement)) item.remove();
    items.forEach((item, index) => {
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    return list;
  }

  #item(id: string): HTMLElement {
    let item = this.#items.get(id);
    if (!item) this.#items.set(id, (item = element('li', 'comment', 'listitem')));
    return item;
  }

  #isPlaced(item: Element | undefined): boolean {
    return item?.parentElement?.parentNode === this.list;
  }

  #place(item: Element, after: Element | undefined): void {
    const stretch = after?.parentElement ?? this.list.firstElementChild;
    const beside = after ? after.nextElementSibling : stretch?.firstElementChild;
    if ((beside ?? stretch?.nextElementSibling?.firstElementChild) === item) return;
    if (stretch && (beside || stretch.childElementCount < stretchSize)) stretch.insertBefore(item, beside ?? null);
    else {
      const own = element('div', 'stretch');
      own.append(item);
      this.list.insertBefore(own, stretch?.nextElementSibling ?? null);
    }
  }

  #draw(comment: Comment, depth: number): HTMLElement {
    const item = this.#item(comment.id);
    this.#stale.delete(item);
    render(renderComment(comment, depth, this.#view), item, { host: this });
    return item;
  }

  #drawNext(): void {
    this.#place(this.#draw(this.#tops[this.#drawn++]!, 0), this.list.lastElementChild?.lastElementChild ?? undefined);
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

/** With the replies that are here. */
function sizeOf({ replies }: Comment): number {
  return replies.comments.reduce((sum, reply) => sum + sizeOf(reply), 1);
}

function element(tag: string, name: string, role?: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  // Some browsers forget what a list is when it shows no marks.
  if (role) made.setAttribute('role', role);
  return made;
}
