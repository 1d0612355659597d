import { html, nothing } from 'lit/html.js';
import type { Place } from '../../client/index.js';
import type { Comment, Comments, LiveEvent, Thread } from '../../contract/types.js';
import type { Room } from './reading.js';

/** What others do in the thread while it is read. Nothing that is in sight moves: what is new waits behind a button. */
export class Arrivals {
  readonly #room: Room;
  #roots: Comment[] = [];
  readonly #replies = new Map<string, Comment[]>();
  /** New versions of what is in sight. */
  readonly #edits = new Map<string, Comment>();

  constructor(room: Room) {
    this.#room = room;
  }

  listen(place: Place, signal: AbortSignal): void {
    // Without it the thread still reads.
    import('../../client/live.js')
      .then(({ live }) => live(place, (event) => this.#hear(event), signal))
      .catch(() => {});
  }

  /** The button above the thread. */
  render(): unknown {
    const { locale, words } = this.#room;
    const { length } = this.#unread(this.#roots);
    return html`<p class="arrived">
      ${
        length
          ? html`<button class="pill" part="arrived" data-read="arrived">
              ${words.arrived(length, locale.number(length))}
            </button>`
          : nothing
      }
    </p>`;
  }

  /** The button on a comment whose replies or text are new. */
  renderFor(id: string): unknown {
    const { locale, words } = this.#room;
    const { length } = this.#unread(this.#replies.get(id) ?? []);
    const label = length
      ? words.arrivedReplies(length, locale.number(length))
      : this.#edits.has(id)
        ? words.changed
        : undefined;
    return label
      ? html`<button class="pill small" part="arrived" data-read="arrived" data-id=${id}>${label}</button>`
      : nothing;
  }

  /** Shows what waits, above the thread or at a comment, and goes to the first of it. */
  async show(id: string): Promise<void> {
    const conversation = this.#room.conversation();
    // The newest stand first, but in the order of time, where they are the last.
    const last = this.#room.query().sort === 'oldest' && conversation.nextCursor === null;
    const { total } = conversation;
    const edit = this.#edits.get(id);
    if (edit) conversation.change(edit);
    this.#edits.delete(id);
    const fresh = this.#unread(id ? (this.#replies.get(id) ?? []) : this.#roots);
    for (const comment of fresh) conversation.insert(comment, last);
    if (id) this.#replies.delete(id);
    else this.#roots = [];
    // They were counted when they came.
    conversation.total = total;
    const [first] = last || id ? fresh : fresh.slice(-1);
    await this.#room.focus(first ? conversation.find(first.id) : conversation.find(id));
  }

  #hear(event: LiveEvent): void {
    const conversation = this.#room.conversation();
    if (event.type === 'reactions') return;
    if (event.type === 'reset') return void this.#catchUp();
    const missed = event.type === 'thread' && event.version > conversation.version;
    conversation.version = event.version;
    if (event.type === 'thread') this.#takeThread(event.thread);
    else this.#take(event.total, () => this.#hearOf(event.comment, event.type === 'comment'));
    if (missed) void this.#catchUp();
  }

  /** Asks for what was not told: the newest ones, as many as there are more than before. */
  async #catchUp(): Promise<void> {
    const conversation = this.#room.conversation();
    const page = await this.#room.place.read<Comments>('comments', { sort: 'newest' }).catch(() => undefined);
    if (!page || conversation !== this.#room.conversation()) return;
    conversation.version = page.version;
    this.#takeThread(page.thread);
    this.#take(page.total, () => {
      const all = page.comments.flatMap(withReplies);
      for (const comment of all) if (conversation.find(comment.id)) this.#change(comment);
      const more = Math.max(0, page.total - conversation.total);
      const unknown = all.filter(({ id }) => !conversation.find(id) && !this.#waiting(id));
      const newest = unknown.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, more);
      for (const comment of newest.reverse())
        this.#keep({ ...comment, replies: { comments: [], nextCursor: null, total: 0 } }, true);
    });
  }

  #takeThread(thread: Thread): void {
    const conversation = this.#room.conversation();
    // Another question would stand above what is being read.
    conversation.thread = { ...thread, question: conversation.thread.question };
    this.#room.host.requestUpdate();
  }

  #take(total: number, work: () => void): void {
    const { host, locale, say, words } = this.#room;
    const none = !this.#unread(this.#roots).length;
    work();
    this.#room.conversation().total = total;
    const { length } = this.#unread(this.#roots);
    // Once: who listens is not to be called again for each.
    if (none && length) say(words.arrived(length, locale.number(length)));
    host.requestUpdate();
  }

  #hearOf(comment: Comment, fresh: boolean): void {
    if (this.#room.conversation().find(comment.id)) this.#change(comment);
    else this.#keep(comment, fresh);
  }

  #waiting(id: string): boolean {
    return [this.#roots, ...this.#replies.values()].flat().some((one) => one.id === id);
  }

  /** What waits and is not here by another way. */
  #unread(comments: Comment[]): Comment[] {
    const conversation = this.#room.conversation();
    return comments.filter(({ id }) => !conversation.find(id));
  }

  #keep(comment: Comment, fresh: boolean): void {
    const conversation = this.#room.conversation();
    const lists = [this.#roots, ...this.#replies.values()];
    for (const list of lists) {
      const at = list.findIndex(({ id }) => id === comment.id);
      if (at >= 0) list.splice(at, 1, ...(comment.state === 'visible' ? [comment] : []));
      if (at >= 0) return;
    }
    if (!fresh || conversation.muted.has(comment.author.id)) return;
    if (comment.parentId === null) this.#roots.push(comment);
    else if (conversation.find(comment.parentId))
      this.#replies.set(comment.parentId, [...(this.#replies.get(comment.parentId) ?? []), comment]);
    else {
      const parent = lists.flat().find(({ id }) => id === comment.parentId);
      // An answer to what waits waits with it; to what is not fetched yet, comes with it.
      parent?.replies.comments.push(comment);
      if (parent) parent.replies.total++;
    }
  }

  #change(comment: Comment): void {
    const conversation = this.#room.conversation();
    const known = conversation.find(comment.id)!;
    const article = this.#room.host.renderRoot.getElementById(`c-${comment.id}`);
    const box = article?.getBoundingClientRect();
    const inSight = box && box.bottom > 0 && box.top < innerHeight;
    if (inSight && comment.state === 'visible' && comment.text !== known.text) {
      this.#edits.set(comment.id, comment);
      known.votes = comment.votes;
      return;
    }
    conversation.change(comment);
    // What a moderator takes away goes at once, and leaves its room.
    if (inSight) void this.#keepRoom(comment.id, box.height);
  }

  async #keepRoom(id: string, height: number): Promise<void> {
    const { host } = this.#room;
    host.requestUpdate();
    await host.updateComplete;
    const article = host.renderRoot.getElementById(`c-${id}`);
    if (article && article.offsetHeight < height) article.style.minBlockSize = `${height}px`;
  }
}

function withReplies(comment: Comment): Comment[] {
  return [comment, ...comment.replies.comments.flatMap(withReplies)];
}
