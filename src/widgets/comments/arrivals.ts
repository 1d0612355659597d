import { html, nothing } from 'lit/html.js';
import type { Place } from '../../client/index.js';
import { live } from '../../client/live.js';
import type { Comment, Comments, LiveEvent } from '../../contract/types.js';
import type { Room } from './reading.js';

const mostMissed = 20;
/** How old the page may have been when it was read. */
const ageMs = 60_000;

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
    live(place, (event) => this.#hear(event), signal);
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
    const { host, locale, say, words } = this.#room;
    const conversation = this.#room.conversation();
    if (event.type === 'reactions') return;
    if (event.type === 'reset') return void this.#catchUp();
    if (event.type === 'thread') {
      // Another question would stand above what is being read.
      conversation.thread = { ...event.thread, question: conversation.thread.question };
      if (event.version > conversation.version) void this.#catchUp();
      return host.requestUpdate();
    }
    const none = !this.#unread(this.#roots).length;
    const { comment } = event;
    conversation.version = event.version;
    if (conversation.find(comment.id)) this.#change(comment);
    else this.#keep(comment, event.type === 'comment');
    conversation.total = event.total;
    const { length } = this.#unread(this.#roots);
    // Once: who listens is not to be called again for each.
    if (none && length) say(words.arrived(length, locale.number(length)));
    host.requestUpdate();
  }

  /** More has come than was told, or before anybody listened: of the newest, as many as there are more than before. */
  async #catchUp(): Promise<void> {
    const { place, conversation } = this.#room;
    const before = conversation();
    const page = await place.read<Comments>('comments', { sort: 'newest', limit: mostMissed }).catch(() => undefined);
    if (!page || before !== conversation()) return;
    const { story } = place;
    const { total, version } = page;
    const all = page.comments.flatMap(withReplies).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    // Most of a long thread is not here, and not new for that. Clocks differ, so there are no more than have been added.
    const since = new Date(before.readAt - ageMs).toISOString();
    const unknown = all.filter(({ id, createdAt }) => createdAt > since && !before.find(id) && !this.#isWaiting(id));
    const fresh = unknown.slice(unknown.length - Math.min(unknown.length, Math.max(0, total - before.total)));
    for (const comment of all) {
      const known = before.find(comment.id);
      if (known && !sameAs(known, comment)) this.#hear({ type: 'comment-changed', story, comment, total, version });
    }
    for (const one of fresh) {
      const comment = { ...one, replies: { comments: [], nextCursor: null, total: 0 } };
      this.#hear({ type: 'comment', story, comment, total, version });
    }
    before.version = version;
  }

  #isWaiting(id: string): boolean {
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

/** Whether two copies of a comment show the same. */
function sameAs(a: Comment, b: Comment): boolean {
  return a.state === b.state && a.text === b.text && a.votes.up === b.votes.up && a.votes.down === b.votes.down;
}
