import { html, nothing } from 'lit';
import { subscribeLive } from '../../../client/live.js';
import type { Comment, Comments, LiveEvent } from '../../../contract/types.js';
import { articleId, type ThreadContext } from '../thread-context.js';

const maxCatchUpComments = 20;
/** A page may have been cached for this long before it was fetched. */
const maxPageAgeMs = 60_000;

/**
 * Applies changes by other readers while the thread is open, without layout shift: new comments, replies and edits are
 * collected behind a button.
 */
export class LiveUpdates {
  readonly #context: ThreadContext;
  #pendingRoots: Comment[] = [];
  /** New replies, by parent id. */
  readonly #pendingReplies = new Map<string, Comment[]>();
  /** New versions of comments that are in view. */
  readonly #pendingEdits = new Map<string, Comment>();

  constructor(context: ThreadContext) {
    this.#context = context;
    subscribeLive(context.client, (event) => this.#receive(event), context.signal);
  }

  /** Renders the button above the thread that shows new root comments. */
  renderButton(): unknown {
    const { locale, words } = this.#context;
    const { length } = this.#unseen(this.#pendingRoots);
    return html`<p class="new-comments">
      ${
        length
          ? html`<button class="pill" part="arrived" data-navigate="show-new">
              ${words.comments.arrived(length, locale.number(length))}
            </button>`
          : nothing
      }
    </p>`;
  }

  /** Renders the button on a comment that shows its new replies or its new text. */
  renderButtonAt(id: string): unknown {
    const { locale } = this.#context;
    const words = this.#context.words.comments;
    const { length } = this.#unseen(this.#pendingReplies.get(id) ?? []);
    const label = length
      ? words.arrivedReplies(length, locale.number(length))
      : this.#pendingEdits.has(id)
        ? words.changed
        : undefined;
    return label
      ? html`<button class="pill small" part="arrived" data-navigate="show-new" data-id=${id}>${label}</button>`
      : nothing;
  }

  /** Shows the collected changes above the thread or at a comment, and moves the focus to the first of them. */
  async show(id: string): Promise<void> {
    const { thread, host } = this.#context;
    // New comments come first, except in the order of time, where they come last.
    const last = host.pageQuery.sort === 'oldest' && thread.nextCursor === null;
    const { total } = thread;
    const edit = this.#pendingEdits.get(id);
    if (edit) thread.update(edit);
    this.#pendingEdits.delete(id);
    const added = this.#unseen(id ? (this.#pendingReplies.get(id) ?? []) : this.#pendingRoots);
    for (const comment of added) thread.insert(comment, last);
    if (id) this.#pendingReplies.delete(id);
    else this.#pendingRoots = [];
    // They were counted when they arrived.
    thread.total = total;
    const [first] = last || id ? added : added.slice(-1);
    await host.focusComment(thread.find(first ? first.id : id));
  }

  /** Applies a change. Where it takes the focused element, the focus moves to its comment, or to the heading. */
  #receive(event: LiveEvent): void {
    const { host } = this.#context;
    const focused = host.renderRoot.activeElement;
    this.#apply(event);
    if (focused) void this.#restoreFocus(focused, focused.closest('article')?.id);
  }

  async #restoreFocus(focused: Element, id: string | undefined): Promise<void> {
    const { host } = this.#context;
    await this.#context.rendered();
    // The reader may have moved it meanwhile.
    if (focused.isConnected || host.matches(':focus-within') || document.activeElement !== document.body) return;
    const article = id && host.renderRoot.getElementById(id);
    if (article) article.focus({ preventScroll: true });
    else await host.focusComment();
  }

  #apply(event: LiveEvent): void {
    const { host, locale, thread, words } = this.#context;
    if (event.type === 'reactions') return;
    if (event.type === 'reset') return void this.#catchUp();
    if (event.type === 'thread') {
      // A new question would move the comments below it.
      thread.settings = { ...event.thread, question: thread.settings.question };
      if (event.version > thread.version) void this.#catchUp();
      return host.requestUpdate();
    }
    const hadNone = !this.#unseen(this.#pendingRoots).length;
    const { comment } = event;
    thread.version = event.version;
    if (thread.find(comment.id)) this.#applyChange(comment);
    else this.#addPending(comment, event.type === 'comment');
    thread.total = event.total;
    const { length } = this.#unseen(this.#pendingRoots);
    // Only the first is announced.
    if (hadNone && length) host.announce(words.comments.arrived(length, locale.number(length)));
    host.requestUpdate();
  }

  /** Fetches the newest comments after events were missed, and applies as many new ones as the total has grown by. */
  async #catchUp(): Promise<void> {
    const { client, signal, thread } = this.#context;
    const query = { sort: 'newest', limit: maxCatchUpComments };
    const page = await client.read<Comments>('comments', query, signal).catch(() => undefined);
    if (!page || thread !== this.#context.thread) return;
    const { story } = client;
    const { total, version } = page;
    const all = page.comments.flatMap(withReplies).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    // Most of a long thread is not fetched, and not new. The total corrects for clocks that differ.
    const since = new Date(thread.fetchedAt - maxPageAgeMs).toISOString();
    const unknown = all.filter(({ id, createdAt }) => createdAt > since && !thread.find(id) && !this.#isPending(id));
    const added = unknown.slice(unknown.length - Math.min(unknown.length, Math.max(0, total - thread.total)));
    for (const comment of all) {
      const known = thread.find(comment.id);
      if (known && !isSame(known, comment)) this.#apply({ type: 'comment-changed', story, comment, total, version });
    }
    for (const one of added) {
      const comment = { ...one, replies: { comments: [], nextCursor: null, total: 0 } };
      this.#apply({ type: 'comment', story, comment, total, version });
    }
    thread.version = version;
  }

  #isPending(id: string): boolean {
    return [this.#pendingRoots, ...this.#pendingReplies.values()].flat().some((comment) => comment.id === id);
  }

  /** Returns the pending comments that no page has brought meanwhile. */
  #unseen(comments: Comment[]): Comment[] {
    return comments.filter(({ id }) => !this.#context.thread.find(id));
  }

  #addPending(comment: Comment, isNew: boolean): void {
    const { thread } = this.#context;
    const lists = [this.#pendingRoots, ...this.#pendingReplies.values()];
    for (const list of lists) {
      const at = list.findIndex(({ id }) => id === comment.id);
      if (at < 0) continue;
      list.splice(at, 1, ...(comment.state === 'visible' ? [comment] : []));
      return;
    }
    if (!isNew || thread.muted.has(comment.author.id)) return;
    if (comment.parentId === null) this.#pendingRoots.push(comment);
    else if (thread.find(comment.parentId))
      this.#pendingReplies.set(comment.parentId, [...(this.#pendingReplies.get(comment.parentId) ?? []), comment]);
    else {
      // A reply to a pending comment is shown with it; one to a comment that is not fetched arrives with its page.
      const parent = lists.flat().find(({ id }) => id === comment.parentId);
      parent?.replies.comments.push(comment);
      if (parent) parent.replies.total++;
    }
  }

  #applyChange(comment: Comment): void {
    const { thread, host } = this.#context;
    const known = thread.find(comment.id)!;
    const box = host.renderRoot.getElementById(articleId(comment.id))?.getBoundingClientRect();
    const inView = box && box.bottom > 0 && box.top < innerHeight;
    if (inView && comment.state === 'visible' && comment.text !== known.text) {
      this.#pendingEdits.set(comment.id, comment);
      known.votes = comment.votes;
      return;
    }
    thread.update(comment);
    // A removed comment disappears at once and leaves its space.
    if (inView) void this.#keepHeight(comment.id, box.height);
  }

  async #keepHeight(id: string, heightPx: number): Promise<void> {
    await this.#context.rendered();
    const article = this.#context.host.renderRoot.getElementById(articleId(id));
    if (article && article.offsetHeight < heightPx) article.style.minBlockSize = `${heightPx}px`;
  }
}

function withReplies(comment: Comment): Comment[] {
  return [comment, ...comment.replies.comments.flatMap(withReplies)];
}

/** Returns true where two versions of a comment look the same. */
function isSame(a: Comment, b: Comment): boolean {
  return a.state === b.state && a.text === b.text && a.votes.up === b.votes.up && a.votes.down === b.votes.down;
}
