import { html, noChange, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { minuteMs } from '../../../base/dates.js';
import type { Comment } from '../../../contract/types.js';
import { distribute } from './distribute.js';

/** A change out of view is rendered when nothing else has changed for this long. */
const idleMs = 300;
/** Minimal height of a comment: its name and actions, and lines that are rarely longer. */
const frameHeightPx = 72;
const lineHeightPx = 24;
const lineLength = 90;

/**
 * Comments are laid out in chunks with `content-visibility: auto`. A chunk is small, because it is laid out as a whole
 * when it comes near the viewport; chunks are grouped, because the browser checks each chunk on every frame unless its
 * group is skipped.
 */
const maxCommentsPerChunk = 12;
const maxChunksPerGroup = 12;

/** A root's place in the list. */
interface Slot {
  readonly rootId: string;
  /** The comment shown there: the root, or the start of an open branch. */
  top: Comment;
}

interface Chunk {
  /** Of its element. */
  readonly id: string;
  items: Slot[];
  /** Renders with the next update. */
  dirty: boolean;
  /** The browser skips its contents: it is far from the viewport. */
  skipped: boolean;
  /** Far from the viewport, with a change that is not rendered. */
  stale: boolean;
  renderedAt: number;
  laidOut: boolean;
}

interface ChunkGroup {
  readonly id: string;
  items: Chunk[];
  dirty: boolean;
  skipped: boolean;
}

/** What a list renders. */
interface ListOptions {
  /** The roots, in order. */
  readonly roots: readonly Comment[];
  /** Returns the comment shown in a root's place. */
  readonly topOf: (root: Comment) => Comment;
  /** Renders the contents of an item. */
  readonly renderItem: (top: Comment) => unknown;
  /** Values that all comments depend on: a change renders all again. */
  readonly dependencies: readonly unknown[];
  /** Roots that have changed; cleared. */
  readonly changedRoots: Set<Comment>;
}

/** The part of a list's host that renders it. */
interface ListHost extends ReactiveControllerHost {
  readonly renderRoot: ShadowRoot;
}

/**
 * Renders the roots of a thread. Fills the viewport first and renders the rest chunk by chunk in later tasks, so that
 * the page stays responsive. Chunks near the viewport render with every update; the others when they come near, or
 * when the thread is idle.
 */
export class CommentList implements ReactiveController {
  readonly #host: ListHost;
  readonly #slots = new Map<string, Slot>();
  readonly #chunkOf = new Map<string, Chunk>();
  readonly #groupOf = new Map<Chunk, ChunkGroup>();
  #groups: ChunkGroup[] = [];
  #shown: readonly Comment[] = [];
  #roots: readonly Comment[] = [];
  /** Number of roots that are rendered. */
  #renderedCount = 0;
  #dependencies: readonly unknown[] = [];
  /** Number of roots that are in chunks. */
  #arrangedCount = 0;
  #nextId = 0;
  /** Id of the chunk that has the focus. */
  #focusedId?: string | undefined;
  #timer?: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ListHost) {
    this.#host = host;
    host.addController(this);
  }

  render({ roots, topOf, renderItem, dependencies, changedRoots }: ListOptions): unknown {
    this.#focusedId = this.#host.renderRoot.activeElement?.closest('.chunk')?.id;
    const allChanged = dependencies.some((value, index) => value !== this.#dependencies[index]);
    this.#dependencies = dependencies;
    this.#update(roots, roots.map(topOf));
    for (const chunk of this.#chunks()) {
      if (this.#isNear(chunk)) this.#invalidate(chunk);
      else if (allChanged) chunk.stale = true;
    }
    for (const { id } of changedRoots) {
      const chunk = this.#chunkOf.get(id);
      if (chunk && !this.#isNear(chunk)) chunk.stale = true;
    }
    changedRoots.clear();
    return html`<div class="comment-list" role="list" @contentvisibilityautostatechange=${this.#handleVisibilityChange}>
      ${repeat(
        this.#groups,
        ({ id }) => id,
        (group) => this.#renderGroup(group, renderItem),
      )}
    </div>`;
  }

  #renderGroup(group: ChunkGroup, renderItem: (top: Comment) => unknown): unknown {
    if (!group.dirty) return noChange;
    group.dirty = false;
    return html`<div class="chunk-group" id=${group.id}>
      ${repeat(
        group.items,
        ({ id }) => id,
        (chunk) => this.#renderChunk(chunk, renderItem),
      )}
    </div>`;
  }

  #renderChunk(chunk: Chunk, renderItem: (top: Comment) => unknown): unknown {
    if (!chunk.dirty) return noChange;
    chunk.dirty = false;
    chunk.renderedAt = Date.now();
    // An opened branch has other elements than its root.
    return html`<div class="chunk" id=${chunk.id}>
      ${repeat(
        chunk.items,
        ({ top }) => top.id,
        ({ top }) => html`<li class="comment" role="listitem">${renderItem(top)}</li>`,
      )}
    </div>`;
  }

  /** Some roots are in the DOM. */
  get isRendered(): boolean {
    return !!this.#host.renderRoot.querySelector('.comment-list');
  }

  /** Renders a root's place, wherever it is, as it is now. */
  async reveal(root: Comment): Promise<void> {
    while (!this.#chunkOf.has(root.id) && this.#renderedCount < this.#roots.length) {
      this.#renderNextChunk();
      await this.#host.updateComplete;
      await new Promise((resolve) => setTimeout(resolve));
    }
    const chunk = this.#chunkOf.get(root.id);
    if (!chunk) return;
    this.#invalidate(chunk);
    this.#host.requestUpdate();
    await this.#host.updateComplete;
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  hostUpdated(): void {
    clearTimeout(this.#timer);
    if (this.#renderedCount < this.#roots.length) this.#timer = setTimeout(() => this.#renderNextChunk());
    else if (this.#staleChunks().length) this.#timer = setTimeout(() => this.#renderStaleChunk(), idleMs);
  }

  /** Adds and removes roots, and moves them in order. */
  #update(roots: readonly Comment[], shown: readonly Comment[]): void {
    if (sameItems(shown, this.#shown)) {
      if (this.#renderedCount > this.#arrangedCount) this.#arrange(true);
      return;
    }
    const isAppended = this.#roots.every((root, index) => root === roots[index]);
    const appendedTo = isAppended && this.#roots.length > 0;
    if (!isAppended) {
      // Renders the new order up to the last root that is in the DOM already.
      this.#renderedCount = roots.findLastIndex(({ id }) => this.#chunkOf.has(id)) + 1;
    }
    const ids = new Set(roots.map(({ id }) => id));
    for (const id of this.#slots.keys()) if (!ids.has(id)) this.#slots.delete(id);
    roots.forEach(({ id }, index) => {
      const slot = this.#slots.get(id);
      const top = shown[index]!;
      if (slot) slot.top = top;
      else this.#slots.set(id, { rootId: id, top });
    });
    this.#roots = roots.slice();
    this.#shown = shown;
    // An appended page starts below the viewport: half a viewport is rendered at once.
    const viewportPx = matchMedia('print').matches ? Infinity : innerHeight;
    const minHeightPx = viewportPx / (appendedTo ? 2 : 1);
    for (let height = 0; height < minHeightPx && this.#renderedCount < shown.length; this.#renderedCount++)
      height += minHeightOf(shown[this.#renderedCount]!);
    this.#arrange(isAppended);
  }

  /**
   * Distributes the rendered roots over chunks and groups.
   *
   * @param isAppended the arranged roots keep their order: only the last chunk and what follows it change
   */
  #arrange(isAppended: boolean): void {
    const before = [...this.#chunks()];
    const kept = isAppended ? before.slice(0, -1) : [];
    let keptCount = 0;
    for (const { items } of kept) keptCount += items.length;
    const itemsBefore = new Map<unknown, readonly unknown[]>(
      [...before, ...this.#groups].map((bin) => [bin, bin.items]),
    );
    const hasChanged = (bin: Chunk | ChunkGroup) => !sameItems<unknown>(bin.items, itemsBefore.get(bin) ?? []);
    const arranged = distribute(
      this.#roots.slice(keptCount, this.#renderedCount).map(({ id }) => this.#slots.get(id)!),
      ({ rootId }) => this.#chunkOf.get(rootId),
      () => ({
        id: `chunk-${this.#nextId++}`,
        items: [],
        dirty: true,
        skipped: false,
        stale: false,
        renderedAt: 0,
        laidOut: false,
      }),
      ({ top }) => countComments(top),
      maxCommentsPerChunk,
    );
    if (!isAppended) this.#chunkOf.clear();
    for (const chunk of arranged) {
      for (const { rootId } of chunk.items) this.#chunkOf.set(rootId, chunk);
      if (!hasChanged(chunk)) continue;
      chunk.dirty = true;
      chunk.laidOut = false;
    }
    this.#groups = distribute(
      [...kept, ...arranged],
      (chunk) => this.#groupOf.get(chunk),
      () => ({ id: `group-${this.#nextId++}`, items: [], dirty: true, skipped: false }),
      () => 1,
      maxChunksPerGroup,
    );
    this.#groupOf.clear();
    for (const group of this.#groups) {
      if (hasChanged(group) || group.items.some(({ dirty }) => dirty)) group.dirty = true;
      for (const chunk of group.items) this.#groupOf.set(chunk, group);
    }
    this.#arrangedCount = this.#renderedCount;
  }

  *#chunks(): Iterable<Chunk> {
    for (const group of this.#groups) yield* group.items;
  }

  #staleChunks(): Chunk[] {
    return [...this.#chunks()].filter(({ stale }) => stale);
  }

  /** No event is fired for chunks in a skipped group, and for a chunk that takes the focus only later. */
  #isNear(chunk: Chunk): boolean {
    return !(chunk.skipped || this.#groupOf.get(chunk)?.skipped) || chunk.id === this.#focusedId;
  }

  #invalidate(chunk: Chunk): void {
    chunk.stale = false;
    chunk.dirty = true;
    const group = this.#groupOf.get(chunk);
    if (group) group.dirty = true;
  }

  #renderNextChunk(): void {
    let count = 0;
    while (count < maxCommentsPerChunk && this.#renderedCount < this.#shown.length)
      count += countComments(this.#shown[this.#renderedCount++]!);
    this.#host.requestUpdate();
    void this.#host.updateComplete.then(() => this.#layOutCompleteChunks());
  }

  #renderStaleChunk(): void {
    const [chunk] = this.#staleChunks();
    if (!chunk) return;
    this.#invalidate(chunk);
    this.#host.requestUpdate();
  }

  /**
   * Lays out chunks that are complete. Scrolling to chunks without a layout would lay out several screens at once, and
   * move what is below them: their height is an estimate until then.
   */
  #layOutCompleteChunks(): void {
    const chunks = [...this.#chunks()];
    if (this.#renderedCount < this.#roots.length) chunks.pop();
    for (const chunk of chunks) {
      if (chunk.laidOut) continue;
      chunk.laidOut = true;
      // By id: a selector would be matched against every element of a long thread.
      this.#host.renderRoot.getElementById(chunk.id)?.lastElementChild?.getBoundingClientRect();
    }
  }

  #handleVisibilityChange = (event: Event): void => {
    const { target, skipped } = event as ContentVisibilityAutoStateChangeEvent;
    const { id } = target as HTMLElement;
    for (const item of [...this.#groups, ...this.#chunks()]) if (item.id === id) item.skipped = skipped;
    // The relative times of a chunk that was far may be outdated.
    const isOutdated = ({ stale, renderedAt }: Chunk) => stale || renderedAt < Date.now() - minuteMs;
    if ([...this.#chunks()].some((chunk) => isOutdated(chunk) && this.#isNear(chunk))) this.#host.requestUpdate();
  };
}

/** Counts a comment with its replies. */
function countComments({ replies }: Comment): number {
  let count = 1;
  for (const reply of replies.comments) count += countComments(reply);
  return count;
}

/** Estimates the least height of a comment with its replies. */
function minHeightOf({ text, replies }: Comment): number {
  let height = frameHeightPx + lineHeightPx * Math.ceil(text.length / lineLength);
  for (const reply of replies.comments) height += minHeightOf(reply);
  return height;
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
