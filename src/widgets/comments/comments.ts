import { html, nothing } from 'lit/html.js';
import { mayGrow } from '../../base/growth.js';
import { property, state } from '../../base/property.js';
import type { Changes } from '../../base/reactive-element.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { parts, type Place, placeOf } from '../../client/index.js';
import type { Comment, Comments, Reader } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import { renderClosing, renderFailure, type View } from './comment-view.js';
import { commentStyles } from './comment-view.styles.js';
import { styles } from './comments.styles.js';
import { Conversation } from './conversation.js';
import { Drawing } from './drawing.js';
import { levelsIn, Outline } from './outline.js';
import type { Participation } from './participation.js';
import { addressed } from './permalinks.js';
import type { Reading, Room } from './reading.js';
import { readingWords, writingWords } from './words.js';

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;
export type Sort = (typeof sorts)[number];

/** The page is painted before what comes after that is fetched. */
const settleMs = 300;

/**
 * @summary The comments under a story, and a place to write one.
 * @tag aw-comments
 *
 * @slot - Shown before the widget is there, a moment longer while it loads, and when the API cannot be reached.
 *
 * @csspart base - The whole widget.
 * @csspart heading - The heading with the number of comments.
 * @csspart sort - The choice of an order.
 * @csspart question - The newsroom's question.
 * @csspart composer - Where a comment is written.
 * @csspart comment - One comment.
 * @csspart name - Its writer.
 * @csspart badge - What the newsroom says of the writer or the comment.
 * @csspart time - When it was written.
 * @csspart text - What it says.
 * @csspart actions - What can be done with it.
 * @csspart more - The button that brings the next ones, or those before.
 * @csspart arrived - The button behind which new ones wait.
 * @csspart notice - The sentence of a failure, or of a closed thread.
 * @csspart retry - The button that tries again.
 *
 * @cssproperty [--aw-comments-accent=--aw-color-accent] - What can be pressed, and what was.
 * @cssproperty [--aw-comments-measure=--aw-measure] - The longest line of a comment.
 * @cssproperty [--aw-comments-indent=44px] - How far replies stand in; less on a narrow page.
 * @cssproperty [--aw-comments-top=12px] - Room to leave at the window's top, as for a header that stays there.
 *
 * @cssstate closed - The thread takes no more comments.
 *
 * @event {{ id: string, parentId: string | null, state: string }} aw-comment - The API has kept a comment, a change of one, or its end.
 * @event {{ id: string, value: number }} aw-comment-vote - The API has kept a vote.
 * @event {undefined} aw-sign-in-request - The thread asks who the reader is: see `respondWith`.
 */
export class CommentsElement extends WidgetElement {
  static override readonly tag = 'aw-comments';
  static override readonly sources = [...WidgetElement.sources, 'sort', 'pageSize'];
  static override styles = [...widgetStyles, styles, commentStyles];

  /** The order at first. */
  @property() sort: Sort = 'best';
  /** Comments at a time, replies not counted. */
  @property({ type: Number, attribute: 'page-size' }) pageSize = 20;
  /** Shows the comments at once, wherever the widget stands. */
  @property({ type: Boolean }) open = false;

  @state() private conversation?: Conversation;
  @state() private waits = false;
  #order: Sort = 'best';
  #place?: Place;
  #stay?: AbortSignal;
  #reader?: Reader;
  #marked?: string;
  #participation?: Participation;
  #participating?: Promise<Participation | undefined>;
  #reading?: Reading;
  #settling?: Promise<Reading | undefined>;
  /** The comment that the page's address leads to, until the reader is there. */
  #awaited?: string;
  #arrive?: () => void;
  #outline = new Outline();
  readonly #failures = new Map<string, string>();
  readonly #drawing = new Drawing();

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    this.#stay = signal;
    place.watchReader(() => this.#overlay(place, signal), signal);
    if (!again) this.#forget();
    const stays = again && (await import('./standing.js'));
    const standing = stays ? stays.standingIn(this.#drawing.list) : undefined;
    const anchor = this.#awaited ?? standing?.id;
    const page = anchor
      ? await place.read<Comments>('comments', { ...this.#query, anchor }, signal)
      : await place.part(parts.comments(this.#order, this.pageSize), again);
    if (signal.aborted) return false;
    await this.#take(new Conversation(page), place, signal);
    if (stays && standing) this.#arrive = () => stays.standAt(standing, this.renderRoot);
    // Who follows a link is not to wait for what others do not need yet.
    if (this.#awaited) await this.#settle();
    setTimeout(async () => (await this.#settle())?.start(signal), settleMs);
    return !signal.aborted;
  }

  protected override willUpdate(changed: Changes): void {
    super.willUpdate(changed);
    // What is in sight must not move: then the reader decides.
    if (changed.get('status') === 'loading' && this.conversation) {
      this.waits = !this.open && !this.#awaited && this.conversation.roots.length > 0 && !mayGrow(this);
      this.#outline.levels = levelsIn(this.offsetWidth);
    }
  }

  protected override updated(changed: Changes): void {
    super.updated(changed);
    if (changed.has('open') && this.open) this.waits = false;
    const { conversation } = this;
    this.setState('closed', !!conversation && conversation.thread.state !== 'open');
    const { words } = this.locale;
    if (!words || !conversation || this.status !== 'ready' || this.waits) return;
    this.#drawing.draw(this.#outline.tops(conversation), this.#view(words.comments));
    this.#arrive?.();
    if (this.#awaited) void this.#reading?.arriveAt(this.#awaited);
    this.#arrive = this.#awaited = undefined;
  }

  protected override renderLoading(): unknown {
    return html`<div class="thread" aria-hidden="true">
      <div class="head"><span class="block"></span></div>
      <div class="composer"><span class="block line"></span></div>
      ${[0, 1].map(() => html`<div class="comment blocks"><span class="block"></span><span class="block"></span></div>`)}
    </div>`;
  }

  protected override renderReady(all: Catalogue): unknown {
    const words = all.comments;
    const conversation = this.conversation!;
    const { thread, total, roots } = conversation;
    return html`<section class="thread" aria-labelledby="heading" @click=${this.#act}>
      <div class="head">
        <h2 id="heading" part="heading" tabindex="-1">
          ${words.heading} ${total ? html`<span class="muted">(${this.locale.number(total)})</span>` : nothing}
        </h2>
        ${total > 1 && !this.waits ? this.#renderSort(words) : nothing}
      </div>
      ${
        thread.question &&
        html`<p class="question" part="question"><span>${words.question}</span> ${thread.question}</p>`
      }
      ${
        thread.state === 'open' || this.#participation?.composer('').open
          ? this.#renderComposer(words)
          : html`<p class="notice shut" part="notice">${thread.state === 'closed' ? words.closed : words.readOnly}</p>`
      }
      ${renderClosing(thread, words, this.locale)} ${this.#reading?.arrivals.render()}
      ${this.waits ? this.#renderMore('show', words.show(total, this.locale.number(total))) : nothing}
      ${this.waits || conversation.prevCursor === null ? nothing : this.#renderMore('previous', words.previous)}
      ${this.waits ? nothing : this.#drawing.list}
      ${roots.length || thread.state !== 'open' ? nothing : html`<p class="first muted">${words.first}</p>`}
      ${!this.waits && conversation.nextCursor !== null ? this.#renderMore('more', words.more) : nothing}
      ${renderFailure('', { failures: this.#failures })} ${this.#participation?.renderFailure('')}
    </section>`;
  }

  #view(words: Catalogue['comments']): View {
    return {
      words,
      locale: this.locale,
      conversation: this.conversation!,
      outline: this.#outline,
      drawing: this.#drawing,
      reader: this.#reader,
      participation: this.#participation,
      reading: this.#reading,
      marked: this.#marked,
      failures: this.#failures,
    };
  }

  #renderSort(words: Catalogue['comments']): unknown {
    return html`<select class="sort" part="sort" aria-label=${words.sort} @change=${this.#resort}>
      ${sorts.map((sort) => html`<option value=${sort} ?selected=${sort === this.#order}>${words.sorts[sort]}</option>`)}
    </select>`;
  }

  /** The field is there from the start; what stands around it comes with the code for writing. */
  #renderComposer(words: Catalogue['comments']): unknown {
    const composer = this.#participation?.composer('');
    return html`<form
      class=${`composer ${composer?.open ? 'open' : ''}`}
      part="composer"
      data-for=""
      @input=${this.#compose}
      @keydown=${this.#compose}
      @submit=${this.#compose}
    >
      <textarea
        class="line"
        rows="1"
        aria-label=${words.text}
        placeholder=${words.write}
        @focus=${this.#compose}
      ></textarea>
      ${composer?.renderRest() ?? renderFailure('write', { failures: this.#failures })}
    </form>`;
  }

  #renderMore(read: string, label: string): unknown {
    return html`<button class="all" part="more" data-read=${read}>${label}</button>`;
  }

  #compose = (event: Event): void => {
    if (event.type === 'submit') event.preventDefault();
    // A field that is left again before the code is here is asked for what it holds by then.
    void this.#participate().then((participation) => participation?.composer('').handle(event));
  };

  #act = ({ target }: Event): void => {
    const pressed = (target as Element).closest<HTMLElement>('[data-act], [data-read]');
    const { act, read, id = '', menu } = pressed?.dataset ?? {};
    if (read === 'show') void this.#focusOn(this.conversation!.roots[0]);
    else if (read) void this.#settle().then((reading) => reading?.act(read, id));
    else if (act) void this.#participate(id).then((participation) => participation?.act(act, id, menu));
  };

  #resort = async ({ target }: Event): Promise<void> => {
    this.#order = (target as HTMLSelectElement).value as Sort;
    await (await this.#settle())?.resort();
  };

  /** Whoever posts wants to see the talk they joined. */
  async #focusOn(comment?: Comment): Promise<void> {
    this.waits &&= !comment;
    await (await this.#settle())?.focus(comment);
  }

  get #query(): { sort: Sort; limit: number } {
    return { sort: this.#order, limit: this.pageSize };
  }

  /** Begins with another story. */
  #forget(): void {
    this.#participation = this.#participating = this.#reading = this.#settling = this.#marked = undefined;
    this.#outline = new Outline();
    this.#failures.clear();
    this.#order = sorts.includes(this.sort) ? this.sort : 'best';
    this.#awaited = addressed();
  }

  /** Shows another page of the thread: what the reader has folded, opened and written stays. */
  async #take(conversation: Conversation, place: Place, signal?: AbortSignal): Promise<void> {
    // What is the reader's own would move the rest if it came later.
    await this.#overlay(place, signal, conversation);
    if (signal?.aborted) return;
    this.conversation = conversation;
    this.#participation?.adopt(conversation);
    // A writer finds own comments with what can be done about them.
    if (conversation.hasOwn) await this.#participate();
  }

  async #overlay(place: Place, signal?: AbortSignal, conversation = this.conversation): Promise<void> {
    // Without the overlay the thread still reads.
    const [me, visits] = await Promise.all([
      place.me().catch(() => undefined),
      place.site.token ? import('./visits.js').catch(() => undefined) : undefined,
    ]);
    if (signal?.aborted || !conversation) return;
    this.#reader = me?.reader;
    if (me) conversation.overlay(me);
    if (me) conversation.since = visits?.visit(place.site.root, place.story);
    this.requestUpdate();
  }

  #room(): Omit<Room, 'words'> {
    return {
      host: this,
      place: this.#place!,
      locale: this.locale,
      outline: this.#outline,
      failures: this.#failures,
      conversation: () => this.conversation!,
      moreButton: () => this.#drawing.list.nextElementSibling,
      query: () => this.#query,
      take: (conversation) => this.#take(conversation, this.#place!),
      draw: async (comment) => {
        this.waits = false;
        this.requestUpdate();
        await this.updateComplete;
        const [root] = this.conversation!.wayTo(comment.id);
        if (root) await this.#drawing.reach(this.#outline.topOf(this.conversation!, root));
        return this.renderRoot.getElementById(`c-${comment.id}`);
      },
      mark: ({ id }) => (this.#marked = id),
      reader: () => this.#reader,
      say: (text) => this.announce(text),
      focus: (comment) => this.#focusOn(comment),
      reload: () => this.#overlay(this.#place!),
      signal: this.#stay!,
      participate: () => this.#participate(),
    };
  }

  /** What comes once the thread stands: reading on, going to and fro, hearing of what is new. */
  #settle(): Promise<Reading | undefined> {
    this.#settling ??= Promise.all([import('./reading.js'), readingWords(this.locale.lang)]).then(
      ([{ Reading }, words]) => (this.#reading = new Reading({ ...this.#room(), words })),
      () => (this.#settling = this.#fail('')),
    );
    return this.#settling;
  }

  /**
   * What only those need who take part: most read.
   *
   * @param at the comment where it is asked for, and is told that it did not come; else where one is written
   */
  async #participate(at = 'write'): Promise<Participation | undefined> {
    this.#participating ??= Promise.all([import('./participation.js'), writingWords(this.locale.lang)]).then(
      ([{ Participation }, writing]) =>
        (this.#participation = new Participation(this.conversation!, writing, this.#room())),
      () => (this.#participating = undefined),
    );
    const participation = await this.#participating;
    this.#failures.delete(at);
    return participation ?? this.#fail(at);
  }

  #fail(at: string): undefined {
    this.#failures.set(at, this.locale.words!.comments.notDone);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comments': CommentsElement;
  }
}
