import { html, nothing } from 'lit/html.js';
import { formStyles } from '../../base/form-styles.js';
import type { LocaleController } from '../../base/locale.js';
import { adoptStyles } from '../../base/style-sheets.js';
import type { ApiError, Place } from '../../client/index.js';
import { outboxOf, type Waiting } from '../../client/outbox.js';
import type { Comment, CommentAnswer, CommentVoted, Reader } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { WritingCatalogue } from '../../locales/vi-writing.js';
import { Composer } from './composer.js';
import { composerStyles } from './composer.styles.js';
import type { CommentsElement } from './comments.js';
import type { Conversation, Vote } from './conversation.js';
import { CommentEvent, CommentVoteEvent } from './events.js';
import type { Menu } from './menu.js';
import { vote } from './vote.js';

/** What the widget lends to the half of it that comes when the reader takes part. */
export interface Seat {
  readonly host: CommentsElement;
  readonly place: Place;
  readonly locale: LocaleController;
  /** Ends with the widget's stay at this story. */
  readonly signal: AbortSignal;
  reader(): Reader | undefined;
  say(text: string): void;
  focus(comment?: Comment): Promise<void>;
  /** Brings what is the reader's anew. */
  reload(): Promise<void>;
}

/** Everything a reader does in a thread: writing, changing, deleting, voting. */
export class Participation {
  readonly seat: Seat;
  /** What those read who write. */
  readonly writing: WritingCatalogue;
  #conversation: Conversation;
  readonly #composers = new Map<string, Composer>();
  readonly #failures = new Map<string, string>();
  readonly #voting = new Set<string>();
  #confirming?: string;
  /** Once somebody has opened it. */
  menu?: Menu;
  /** What is written and not sent. */
  waiting: readonly Waiting[] = [];

  constructor(conversation: Conversation, writing: WritingCatalogue, seat: Seat) {
    this.#conversation = conversation;
    this.writing = writing;
    this.seat = seat;
    adoptStyles(seat.host.renderRoot, [formStyles, composerStyles]);
    const { place, signal } = seat;
    place.watch<readonly Waiting[]>('waiting', (waiting) => this.#await(waiting), signal);
    place.watch<Comment | undefined>('posted', (comment) => comment && this.#arrived(comment), signal);
    this.waiting = outboxOf(place).waiting(place.story);
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  /** What those read who only read. */
  get words(): Catalogue {
    return this.seat.locale.words!;
  }

  /** Goes on in the same thread, fetched anew. */
  adopt(conversation: Conversation): void {
    this.#conversation = conversation;
  }

  /** @param key empty for the thread's own, a comment's id for a reply, `edit:` and an id for a change */
  composer(key: string): Composer {
    let composer = this.#composers.get(key);
    if (!composer) this.#composers.set(key, (composer = new Composer(key, this)));
    return composer;
  }

  /** Where it is written: with what waits to be sent from there. */
  renderComposer(key: string): unknown {
    const composer = this.#composers.get(key);
    const waiting = this.waiting.filter(({ parentId }) => parentId === key);
    if (!waiting.length && !composer?.open) return undefined;
    return [this.renderWaiting(key), composer?.open ? composer.render() : nothing];
  }

  /** What waits to be sent, under the comment it answers or, without one, under the thread's own field. */
  renderWaiting(parent: string): unknown {
    return this.waiting
      .filter(({ parentId = '' }) => parentId === parent)
      .map(
        ({ key, text, refused }) =>
          html`<div class="held waiting" role="group" aria-label=${this.writing.waits}>
            <p class="text" dir="auto">${text}</p>
            <p class="acts">
              <span>${refused ? this.sentence({ code: refused as ApiError['code'] }) : this.writing.waits}</span>
              <button type="button" data-act="resume" data-id=${key}>${this.writing.edit}</button>
              <button type="button" data-act="discard" data-id=${key}>${this.writing.discard}</button>
            </p>
          </div>`,
      );
  }

  /** Below a comment: why others do not see it, what went wrong, what else can be done with it. */
  renderBelow(comment: Comment): unknown {
    return [this.renderHold(comment), this.renderFailure(comment.id), this.menu?.render(comment)];
  }

  /** Asks once more before a comment is deleted, where the ways to act on it stand. */
  renderConfirmation({ id }: Comment): unknown {
    if (this.#confirming !== id) return undefined;
    return html`<p class="acts" role="group" aria-label=${this.writing.removeSure}>
      <span>${this.writing.removeSure}</span>
      <button class="danger" data-act="confirm" data-id=${id}>${this.writing.remove}</button>
      <button data-act="keep" data-id=${id}>${this.writing.keep}</button>
    </p>`;
  }

  /** Why others do not see it. */
  renderHold({ state, reasons = [] }: Comment): unknown {
    if (state === 'visible') return nothing;
    const why = reasons.map((reason) => this.writing.reasons[reason]).filter(Boolean);
    return html`<p class="held">
      ${[state === 'rejected' ? this.writing.rejected : this.writing.held, ...why].join(' ')}
    </p>`;
  }

  /** What only its writer can do. */
  renderOwnActs({ id, createdAt }: Comment): unknown {
    const editable = Date.now() < Date.parse(createdAt) + this.#conversation.thread.rules.editSeconds * 1000;
    return html`${editable ? html`<button data-act="edit" data-id=${id}>${this.writing.edit}</button>` : nothing}
      <button data-act="remove" data-id=${id}>${this.writing.remove}</button>`;
  }

  renderFailure(id: string): unknown {
    const failure = this.#failures.get(id);
    return failure ? html`<p class="failure" part="notice">${failure}</p>` : nothing;
  }

  async act(act: string, id: string, chosen?: string): Promise<void> {
    const comment = this.#conversation.find(id);
    this.#failures.delete(id);
    if (act === 'close') this.composer(id).close();
    if (act === 'resume' || act === 'discard') await this.#takeBack(id, act === 'resume');
    if (!comment) return;
    if (act === 'like') await this.#vote(comment, 1);
    else if (act === 'dislike') await this.#vote(comment, -1);
    else if (act === 'menu' || act === 'menu-act') await this.#openMenu(comment, chosen);
    else if (act === 'reply') await this.composer(id).start();
    else if (act === 'edit') await this.composer(`edit:${id}`).start(comment.text);
    else if (act === 'confirm') await this.#remove(comment);
    else if (act === 'remove' || act === 'keep') await this.#confirm(act === 'remove' ? id : undefined, id);
  }

  /** Takes in a comment that the API has kept, and goes to it. */
  async keep(comment: Comment, said: string): Promise<void> {
    this.#conversation.put(comment);
    this.seat.host.dispatchEvent(new CommentEvent(comment));
    this.seat.say(said);
    await this.seat.focus(this.#conversation.find(comment.id));
  }

  /** Draws what has changed, and waits until it is there. */
  async redraw(): Promise<void> {
    this.seat.host.requestUpdate();
    await this.seat.host.updateComplete;
  }

  /** Sets whether the reader wants to see what somebody writes. */
  async mute({ author }: Comment, mutes: boolean): Promise<void> {
    await this.seat.place.act(mutes ? 'PUT' : 'DELETE', `readers/${author.id}/mute`, {});
    const muted = new Set(this.#conversation.muted);
    if (mutes) muted.add(author.id);
    else muted.delete(author.id);
    this.#conversation.muted = muted;
  }

  async #openMenu(comment: Comment, chosen: string | undefined): Promise<void> {
    if (!this.menu) {
      const { Menu } = await import('./menu.js');
      this.menu ??= new Menu(this);
    }
    await (chosen ? this.menu.act(chosen, comment) : this.menu.toggle(comment));
  }

  #await(waiting: readonly Waiting[]): void {
    this.waiting = waiting;
    this.seat.host.requestUpdate();
  }

  /** One that had waited is with the API now. Nobody is waiting for it: nothing moves to it. */
  #arrived(comment: Comment): void {
    if (this.#conversation.find(comment.id)) return;
    this.#conversation.put(comment);
    this.seat.host.dispatchEvent(new CommentEvent(comment));
    this.seat.say(comment.state === 'pending' ? this.writing.held : this.writing.posted);
    this.seat.host.requestUpdate();
  }

  async #takeBack(key: string, resumes: boolean): Promise<void> {
    const waiting = this.waiting.find((other) => other.key === key);
    if (!waiting) return;
    outboxOf(this.seat.place).drop(key);
    if (resumes) await this.composer(waiting.parentId ?? '').start(waiting.text);
    else await this.seat.focus(waiting.parentId ? this.#conversation.find(waiting.parentId) : undefined);
  }

  async #confirm(confirming: string | undefined, id: string): Promise<void> {
    this.#confirming = confirming;
    this.seat.host.requestUpdate();
    await this.seat.host.updateComplete;
    const act = confirming ? 'keep' : 'remove';
    this.seat.host.renderRoot.querySelector<HTMLElement>(`[data-act=${act}][data-id="${id}"]`)?.focus();
  }

  async #remove({ id }: Comment): Promise<void> {
    try {
      const { comment } = await this.seat.place.act<CommentAnswer>('DELETE', `comments/${id}`, {});
      this.#confirming = undefined;
      await this.keep(comment, this.writing.removed);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  /** Shows at once; taps while one is on its way follow it, and the last one holds. */
  async #vote({ id }: Comment, tapped: 1 | -1): Promise<void> {
    const conversation = this.#conversation;
    const wanted = () => conversation.votes.get(id) ?? 0;
    const before = vote(conversation, id, wanted() === tapped ? 0 : tapped);
    this.seat.host.requestUpdate();
    if (this.#voting.has(id)) return;
    this.#voting.add(id);
    try {
      for (let sent: Vote | undefined; sent !== wanted();) {
        sent = wanted();
        const path = `comments/${id}/vote`;
        const voted = await this.seat.place.act<CommentVoted>('PUT', path, { body: { value: sent } });
        this.seat.host.dispatchEvent(new CommentVoteEvent(id, voted.value));
        if (sent === wanted()) conversation.settle(id, voted);
      }
    } catch (error) {
      conversation.settle(id, before);
      this.#fail(id, error);
    } finally {
      this.#voting.delete(id);
      this.seat.host.requestUpdate();
    }
  }

  /** What went wrong, in the reader's words. */
  sentence({ code }: Partial<ApiError>): string {
    const { common, comments } = this.words;
    const told: Partial<Record<string, string>> = {
      'rate-limited': common.rateLimited,
      'thread-closed': comments.closed,
      'comment-not-found': this.writing.gone,
    };
    return told[code!] ?? comments.notDone;
  }

  #fail(id: string, error: unknown): void {
    const failure = this.sentence(error as ApiError);
    this.#failures.set(id, failure);
    this.seat.say(failure);
    this.seat.host.requestUpdate();
  }
}
