import { html, nothing } from 'lit/html.js';
import { formStyles } from '../../base/form-styles.js';
import { adoptStyles } from '../../base/style-sheets.js';
import type { Comment } from '../../contract/types.js';
import type { ReadingCatalogue } from '../../locales/vi-reading.js';
import { Approach } from './approach.js';
import { Arrivals } from './arrivals.js';
import { composerStyles } from './composer.styles.js';
import type { Conversation } from './conversation.js';
import { levelsIn, type Outline } from './outline.js';
import { Pages } from './pages.js';
import type { Seat } from './participation.js';
import { closeBranch, openBranch, openTo } from './paths.js';
import { addressed } from './permalinks.js';
import { readingStyles } from './reading.styles.js';

/** What the widget lends to those who read on. */
export interface Room extends Seat {
  readonly outline: Outline;
  /** What could not be fetched, by comment; the thread's own without a name. */
  readonly failures: Map<string, string>;
  readonly words: ReadingCatalogue;
  conversation(): Conversation;
  /** Brings what only those need who take part. */
  participate(): Promise<unknown>;
  /** The one that brings the next page. */
  moreButton(): Element | null;
  /** The order, and the size of a page. */
  query(): { sort: string; limit: number };
  /** Shows another page of the thread in place of what is here. */
  take(page: Conversation): Promise<void>;
  /** Draws a comment at once, wherever it stands, and says which element it is. */
  draw(comment: Comment): Promise<HTMLElement | null>;
  /** Shows that the page's address leads to this comment. */
  mark(comment: Comment): void;
}

/** Everything a reader does in a thread without taking part: reading on, going to and fro, folding. */
export class Reading {
  readonly arrivals: Arrivals;
  readonly #room: Room;
  readonly #pages: Pages;
  readonly #approach: Approach;
  /** Where the page's address leads, until the reader is there. */
  #awaited?: string | undefined;

  constructor(room: Room) {
    this.#room = room;
    this.arrivals = new Arrivals(room);
    this.#pages = new Pages(room);
    this.#approach = new Approach(room, () => this.#pages.more(false));
    // All there are: to style a long thread anew, when its reader begins to type, would take seconds.
    adoptStyles(room.host.renderRoot, [readingStyles, formStyles, composerStyles]);
  }

  /** Follows the page until the signal ends. */
  start(signal: AbortSignal): void {
    if (signal.aborted) return;
    const { host, outline, place } = this.#room;
    addEventListener('hashchange', () => this.#follow(), { signal });
    const width = new ResizeObserver(() => {
      const levels = levelsIn(host.offsetWidth);
      if (levels === outline.levels) return;
      outline.levels = levels;
      // Not now: who is told of a size must not change it.
      setTimeout(() => host.requestUpdate());
    });
    width.observe(host);
    signal.addEventListener('abort', () => width.disconnect());
    this.arrivals.listen(place, signal);
    void this.#sendOn();
    this.#approach.watch(signal);
  }

  /** What was written and not sent goes out now, in sight of its writer. */
  async #sendOn(): Promise<void> {
    const { place, participate } = this.#room;
    const { outboxOf } = await import('../../client/outbox.js');
    if (outboxOf(place).waiting(place.story).length) await participate();
  }

  /** Above a branch that stands on its own: what it grows from, and the way back. */
  renderBranch({ id, parentId }: Comment): unknown {
    const { words, locale } = this.#room;
    const parent = this.#room.conversation().find(parentId!);
    return html`<p class="branch">
      <button data-read="back" data-id=${id}>${words.back}</button>
      ${
        parent
          ? html`<span class="muted"
              >${words.inReplyTo} <bdi>${parent.author.name || locale.words!.comments.guest}</bdi></span
            >`
          : nothing
      }
    </p>`;
  }

  async act(act: string, id: string): Promise<void> {
    const { outline, host } = this.#room;
    const conversation = this.#room.conversation();
    const comment = conversation.find(id);
    if (act === 'arrived') return this.arrivals.show(id);
    if (act === 'previous') return this.#pages.previous();
    if (act === 'more') {
      await this.#pages.more(true);
      return this.#approach.renew();
    }
    if (!comment) return;
    if (act === 'replies') return this.#pages.replies(comment);
    if (act === 'parent') return this.focus(conversation.find(comment.parentId!));
    if (act === 'reveal') {
      outline.revealed.add(id);
      return this.focus(comment);
    }
    if (act === 'branch') {
      if (!comment.replies.comments.length) await this.#pages.replies(comment, true);
      openBranch(outline, conversation, id);
      return this.focus(comment);
    }
    if (act === 'back') {
      closeBranch(outline, conversation, id);
      await this.focus(comment);
      host.renderRoot.querySelector<HTMLElement>(`[data-read=branch][data-id="${id}"]`)?.focus();
    } else if (act === 'unfold') {
      outline.folded.delete(id);
      // The button that counted them is gone.
      return this.focus(comment.replies.comments[0]);
    } else await this.#fold(comment);
  }

  /** Goes to a comment, whatever it is hidden by; without one, to the heading. */
  async focus(comment?: Comment): Promise<void> {
    const { outline, host } = this.#room;
    if (comment) openTo(outline, this.#room.conversation(), comment.id);
    const element = comment ? await this.#room.draw(comment) : host.renderRoot.getElementById('heading');
    element?.focus({ preventScroll: !comment });
  }

  /** Another order, from its start. */
  resort(): Promise<void> {
    return this.#pages.anew();
  }

  /** Goes where the page's address leads. */
  async arriveAt(id: string): Promise<void> {
    const comment = this.#room.conversation().find(id);
    const { failures, words, say, host } = this.#room;
    if (!comment) {
      failures.set('', words.lost);
      say(words.lost);
      return host.requestUpdate();
    }
    this.#room.mark(comment);
    await this.focus(comment);
    host.renderRoot.getElementById(`c-${id}`)?.scrollIntoView();
  }

  async #follow(): Promise<void> {
    const id = (this.#awaited = addressed());
    if (!id) return;
    if (!this.#room.conversation().find(id)) await this.#pages.anew(id);
    // By now the address may lead elsewhere.
    if (id === this.#awaited) await this.arriveAt(id);
  }

  async #fold({ id }: Comment): Promise<void> {
    const { outline, host } = this.#room;
    if (!outline.folded.delete(id)) outline.folded.add(id);
    host.requestUpdate();
    await host.updateComplete;
    // Most of what was in sight is gone: the reader stands where the branch began.
    const article = host.renderRoot.getElementById(`c-${id}`);
    if (article && article.getBoundingClientRect().top < 0) article.scrollIntoView();
  }
}
