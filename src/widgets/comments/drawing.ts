import { render } from 'lit/html.js';
import type { Comment } from '../../contract/types.js';
import { renderComment, type View } from './comment-view.js';

/** Between slices of drawing the page answers the reader. */
const sliceMs = 8;
/** What is out of sight is drawn anew when nothing has changed for so long. */
const quietMs = 300;
/** What of the window a comment fills at least: its name and actions, and lines that are rarely longer. */
const frameHeight = 72;
const lineHeight = 24;
const lineLength = 90;

/**
 * So many comments, at least, are left out of the layout together, as a stretch, and so many stretches as a chapter. What comes near
 * the window is laid out a whole stretch at a time, so it is short; and as the browser looks at each stretch on every
 * frame, unless its chapter is left out, there are few to look at in a long thread.
 */
const stretchSize = 12;
const stretches = 12;

/**
 * The comments as elements. Each comment keeps its element wherever it moves, and with it the focus and what is typed in
 * it. What is in sight is drawn at once, the rest a slice at a time: the browser leaves it out of the layout
 * (`content-visibility`), and tells when it comes near.
 */
export class Drawing {
  readonly list = element('div', 'list', 'list');
  readonly #items = new Map<string, HTMLElement>();
  readonly #lists = new Map<string, HTMLElement>();
  /** Stretches and chapters that are out of sight. */
  readonly #far = new WeakSet<Element>();
  /** What stands at the left and is drawn, by its element. */
  readonly #shown = new Map<Element, Comment>();
  /** Out of sight, and changed since they were drawn. */
  readonly #stale = new Set<Element>();
  #tops: readonly Comment[] = [];
  /** So many of them are drawn. */
  #drawn = 0;
  #view!: View;
  /** What all comments depend on. */
  #common: readonly unknown[] = [];
  #slice?: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.list.addEventListener('contentvisibilityautostatechange', (event) => {
      const { target, skipped } = event as ContentVisibilityAutoStateChangeEvent;
      this.#far[skipped ? 'add' : 'delete'](target as Element);
      for (const item of this.#stale) if (!this.#isFar(item)) this.#redraw(item);
    });
  }

  /** Draws what has changed: all of the window's, and of what is new as much as a window takes. */
  draw(tops: readonly Comment[], view: View): void {
    const { conversation, outline } = view;
    const { thread, muted, touched } = conversation;
    const common = [...Object.values<unknown>({ ...view }), thread, muted, outline.levels];
    const all = common.some((one, index) => one !== this.#common[index]);
    this.#view = view;
    this.#common = common;
    const fresh = this.#arrange(tops);
    for (const item of this.#shown.keys()) {
      if (!this.#isFar(item)) {
        if (!fresh.has(item)) this.#redraw(item);
      } else if (all) this.#stale.add(item);
    }
    for (const root of touched) {
      const item = this.#item(outline.topOf(conversation, root).id);
      if (this.#isFar(item)) this.#stale.add(item);
    }
    touched.clear();
    clearTimeout(this.#slice);
    this.#goOn(this.#drawn < tops.length ? 0 : quietMs);
  }

  /** Waits until one of what stands at the left is drawn, wherever it is, and draws it as it is now. */
  async reach(top: Comment): Promise<void> {
    const item = this.#item(top.id);
    while (this.#drawn < this.#tops.length && !this.#shown.has(item))
      await new Promise((resolve) => setTimeout(resolve));
    if (this.#shown.has(item)) this.#redraw(item);
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

  /** Puts them in order, and draws those that are new; answers which. */
  #arrange(tops: readonly Comment[]): Set<Element> {
    const fresh = new Set<Element>();
    const before = this.#tops;
    this.#tops = tops;
    const goesOn = before.every((top, index) => top === tops[index]);
    if (goesOn && before.length === tops.length) return fresh;
    if (!goesOn) {
      const wanted = new Set<Element>(tops.map(({ id }) => this.#item(id)));
      for (const item of this.#shown.keys()) {
        if (wanted.has(item)) continue;
        this.#shown.delete(item);
        this.#stale.delete(item);
        remove(item);
      }
      this.#drawn = tops.findLastIndex(({ id }) => this.#shown.has(this.#item(id))) + 1;
      let after: Element | undefined;
      for (const top of tops.slice(0, this.#drawn)) {
        const item = this.#item(top.id);
        if (!this.#shown.has(item)) fresh.add(this.#draw(top, 0));
        this.#shown.set(item, top);
        this.#place(item, after);
        after = item;
      }
    }
    // Where the reader goes on, the rest is drawn by the time they have come so far.
    const atOnce = innerHeight / (before.length ? 2 : 1);
    for (let height = 0; height < atOnce && this.#drawn < tops.length;) {
      height += leastHeightOf(tops[this.#drawn]!);
      fresh.add(this.#drawNext());
    }
    return fresh;
  }

  /** Of the stretches in a chapter that is out of sight the browser does not tell; nor, at once, of one that takes the focus. */
  #isFar(item: Element): boolean {
    const stretch = item.parentElement;
    const far = [stretch, stretch?.parentElement].some((holder) => this.#far.has(holder!));
    return far && !item.matches(':focus-within');
  }

  #item(id: string): HTMLElement {
    let item = this.#items.get(id);
    if (!item) this.#items.set(id, (item = element('li', 'comment', 'listitem')));
    return item;
  }

  #place(item: Element, after: Element | null | undefined): void {
    const next = after ? this.#next(after) : this.list.firstElementChild?.firstElementChild?.firstElementChild;
    if (next === item) return;
    remove(item);
    if (after) this.#putAfter(item, after);
    else if (next) next.before(item);
    else this.list.append(holding(holding(item, 'stretch'), 'chapter'));
  }

  /** What follows, in whatever stretch and chapter. */
  #next(node: Element): Element | null | undefined {
    const holder = node.parentElement!;
    return node.nextElementSibling ?? (holder === this.list ? null : this.#next(holder)?.firstElementChild);
  }

  #putAfter(node: Element, after: Element, room = stretchSize): void {
    const holder = after.parentElement!;
    const full = holder !== this.list && holder.querySelectorAll('article').length >= room;
    if (!full || after.nextSibling) after.after(node);
    else this.#putAfter(holding(node, holder.className), holder, room * stretches);
  }

  #draw(comment: Comment, depth: number): HTMLElement {
    const item = this.#item(comment.id);
    this.#stale.delete(item);
    if (!depth) this.#shown.set(item, comment);
    render(renderComment(comment, depth, this.#view), item, { host: this });
    return item;
  }

  #redraw(item: Element): void {
    this.#draw(this.#shown.get(item)!, 0);
  }

  #drawNext(): Element {
    const item = this.#draw(this.#tops[this.#drawn++]!, 0);
    this.#place(item, this.#last());
    return item;
  }

  #last(): Element | null | undefined {
    return this.list.lastElementChild?.lastElementChild?.lastElementChild;
  }

  #goOn(ms: number): void {
    if (this.#drawn === this.#tops.length && !this.#stale.size) return;
    this.#slice = setTimeout(() => {
      const end = performance.now() + sliceMs;
      while (this.#drawn < this.#tops.length && performance.now() < end) {
        const before = this.#last();
        const { parentElement } = this.#drawNext();
        // A stretch is laid out once it is full, or to go there would be to lay out several windows at once.
        if (parentElement !== before?.parentElement) before?.getBoundingClientRect();
      }
      for (const item of this.#stale) {
        if (performance.now() > end) break;
        this.#redraw(item);
      }
      this.#goOn(0);
    }, ms);
  }
}

/** With the replies that are here. */
function leastHeightOf({ text, replies }: Comment): number {
  const own = frameHeight + lineHeight * Math.ceil(text.length / lineLength);
  return replies.comments.reduce((sum, reply) => sum + leastHeightOf(reply), own);
}

/** With the stretch and the chapter that hold nothing else. */
function remove(node: Element): void {
  const holder = node.parentElement;
  node.remove();
  if (holder?.matches('.stretch:empty, .chapter:empty')) remove(holder);
}

function holding(node: Element, name: string): Element {
  const own = element('div', name);
  own.append(node);
  return own;
}

function element(tag: string, name: string, role?: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  // Some browsers forget what a list is when it shows no marks.
  if (role) made.setAttribute('role', role);
  return made;
}
