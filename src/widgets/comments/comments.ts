import { html, nothing } from 'lit/html.js';
import { mayGrow } from '../../base/growth.js';
import { property, state } from '../../base/property.js';
import type { Changes } from '../../base/reactive-element.js';
import { widgetStyles } from '../../base/styles.js';
import { date } from '../../base/times.js';
import { WidgetElement } from '../../base/widget-element.js';
import { parts, type Place, placeOf } from '../../client/index.js';
import type { Comment, Comments, Reader } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { WritingCatalogue } from '../../locales/vi-writing.js';
import type { Arrivals } from './arrivals.js';
import { renderFailure, type View } from './comment-view.js';
import { styles } from './comments.styles.js';
import { Conversation } from './conversation.js';
import { Drawing } from './drawing.js';
import { levelsIn, Outline } from './outline.js';
import type { Pages, Room } from './pages.js';
import type { Participation } from './participation.js';
import { addressed } from './permalinks.js';

const writingWords = (lang: string): Promise<WritingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-writing.js').then(({ viWriting }) => viWriting)
    : import('../../locales/en-writing.js').then(({ enWriting }) => enWriting);

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;
export type Sort = (typeof sorts)[number];

/** The page is to be read before it listens. */
const settleMs = 1000;
/** How far below the window the next page is asked for. */
const approachPx = 1200;
const automaticPages = 10;
/** Roots at a time where they come above what is read: they are drawn at once. */
const fewer = 10;
/** A thread that closes within a week says so. */
const soonMs = 7 * 86_400_000;

/**
 * @summary The comments under a story, and a place to write one.
 * @tag aw-comments
 *
 * @slot - Shown before the widget is there and when the API cannot be reached.
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
  static override styles = [...widgetStyles, styles];

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
  #reader?: Reader;
  #marked?: string;
  #participation?: Participation;
  #participating?: Promise<Participation | undefined>;
  #pages?: Promise<Pages>;
  #arrivals?: Arrivals;
  /** The comment that the page's address leads to, until the reader is there. */
  #awaited?: string;
  #arrive?: () => void;
  #outline = new Outline();
  readonly #failures = new Map<string, string>();
  readonly #drawing = new Drawing();
  /** Pages that come of themselves before the next one asks: what stands below the thread can be reached. */
  #automatic = automaticPages;
  #approach?: IntersectionObserver;
  #widths?: ResizeObserver;

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    place.watchReader(() => this.#overlay(place, signal), signal);
    addEventListener('hashchange', () => this.#follow(), { signal });
    if (!again) {
      this.#order = sorts.includes(this.sort) ? this.sort : 'best';
      this.#awaited = addressed();
    }
    if (!again) this.#forget();
    const stays = again && (await import('./standing.js'));
    const standing = stays ? stays.standingIn(this.#drawing.list) : undefined;
    const anchor = this.#awaited ?? standing?.id;
    const query = { sort: this.#order, limit: this.pageSize, anchor };
    const page = anchor
      ? await place.read<Comments>('comments', query, signal)
      : await place.part(parts.comments(this.#order, this.pageSize), again);
    if (signal.aborted) return false;
    await this.#take(new Conversation(page), place, signal);
    if (stays && standing) this.#arrive = () => stays.standAt(standing, this.renderRoot);
    void this.#listen(place, signal);
    return !signal.aborted;
  }

  protected override willUpdate(changed: Changes): void {
    super.willUpdate(changed);
    // What is in sight must not move: then the reader decides.
    if (changed.get('status') === 'loading' && this.conversation) {
      this.waits = !this.open && !this.#awaited && this.conversation.roots.length > 0 && !mayGrow(this);
      this.#outline.levels = levelsIn(this.offsetWidth);
      this.#watchWidth();
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
    this.#arrive = undefined;
    if (this.#awaited) this.#mark(this.#awaited);
    if (changed.has('status') || changed.has('conversation')) this.#watchApproach();
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
      ${this.#renderClosing(words)} ${this.#arrivals?.render()}
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
      arrivals: this.#arrivals,
      marked: this.#marked,
      failures: this.#failures,
    };
  }

  /** Said when there is not much time left. */
  #renderClosing(words: Catalogue['comments']): unknown {
    const { state, closesAt } = this.conversation!.thread;
    const left = closesAt ? Date.parse(closesAt) - Date.now() : 0;
    if (state !== 'open' || left <= 0 || left > soonMs) return nothing;
    const when = date(this.locale, closesAt!, { dateStyle: 'long', timeStyle: 'short' });
    return html`<p class="closing muted">${words.closes(when)}</p>`;
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
      @focusin=${this.#compose}
      @input=${this.#compose}
      @keydown=${this.#compose}
      @submit=${this.#compose}
    >
      <textarea class="line" rows="1" aria-label=${words.text} placeholder=${words.write}></textarea>
      ${composer?.renderRest() ?? nothing}
    </form>`;
  }

  #renderMore(act: string, label: string): unknown {
    return html`<button class="all" part="more" data-act=${act}>${label}</button>`;
  }

  #compose = (event: Event): void => {
    if (event.type === 'submit') event.preventDefault();
    // A field that is left again before the code is here is asked for what it holds by then.
    void this.#participate().then((participation) => participation?.composer('').handle(event));
  };

  #act = ({ target }: Event): void => {
    const button = (target as Element).closest<HTMLElement>('[data-act]');
    if (!button) return;
    const { act, id = '' } = button.dataset;
    const conversation = this.conversation!;
    const comment = conversation.find(id);
    const query = { sort: this.#order, limit: this.pageSize };
    switch (act) {
      case 'show':
        return this.#show();
      case 'fold':
        return void this.#fold(id, button.className === 'fold');
      case 'reveal':
        this.#outline.revealed.add(id);
        return void this.#focusOn(comment);
      case 'parent':
        return void this.#focusOn(conversation.find(comment!.parentId!));
      case 'back':
        return void this.#back(id);
      case 'arrived':
        return void this.#showArrived(id);
      case 'more':
        this.#automatic = automaticPages;
        return void this.#more(true);
      case 'previous':
        return void this.#read((pages) => pages.previous({ ...query, limit: fewer }));
      case 'replies':
      case 'branch':
        return void this.#read((pages) => pages.replies(comment!, act === 'branch'));
    }
    void this.#participate().then((participation) => participation?.act(act!, id));
  };

  #show(): void {
    this.waits = false;
    void this.#focusOn(this.conversation!.roots[0]);
  }

  /** @param byLine the line stays under the reader's hand; the button that counts what is folded goes away */
  async #fold(id: string, byLine: boolean): Promise<void> {
    const { folded } = this.#outline;
    if (!folded.delete(id)) folded.add(id);
    const comment = this.conversation!.find(id)!;
    if (!byLine) return this.#focusOn(comment.replies.comments[0]);
    this.requestUpdate();
    await this.updateComplete;
    // Most of what was in sight is gone: the reader stands where the branch began.
    const article = this.renderRoot.getElementById(`c-${id}`);
    if (article && article.getBoundingClientRect().top < 0) article.scrollIntoView();
  }

  async #back(id: string): Promise<void> {
    const conversation = this.conversation!;
    this.#outline.close(conversation, id);
    await this.#focusOn(conversation.find(id));
    this.renderRoot.querySelector<HTMLElement>(`[data-act=branch][data-id="${id}"]`)?.focus();
  }

  async #showArrived(id: string): Promise<void> {
    // The newest stand first, but in the order of time, where they are the last.
    await this.#arrivals?.show(id, this.#order === 'oldest' && this.conversation!.nextCursor === null);
  }

  #resort = async ({ target }: Event): Promise<void> => {
    this.#order = (target as HTMLSelectElement).value as Sort;
    await this.#read((pages) => pages.anew(this.#order, this.pageSize));
  };

  /** Goes to a comment, whatever it is hidden by; without one, to the heading. */
  async #focusOn(comment?: Comment): Promise<void> {
    if (comment) {
      // Whoever posts wants to see the talk they joined.
      this.waits = false;
      this.#outline.reach(this.conversation!, comment.id);
    }
    this.requestUpdate();
    await this.updateComplete;
    if (comment) this.#reach(comment.id);
    const at = comment ? `c-${comment.id}` : 'heading';
    this.renderRoot.getElementById(at)?.focus({ preventScroll: !comment });
  }

  /** Draws a comment that is far from the window, or not drawn yet. */
  #reach(id: string): void {
    const top = this.#outline.topOf(this.conversation!, id);
    if (top) this.#drawing.reach(top);
  }

  /** Goes where the page's address leads, which may be to a comment that is not here. */
  #follow(): void {
    const id = addressed();
    if (!id || this.status !== 'ready') return;
    this.#awaited = id;
    this.waits = false;
    if (this.conversation!.find(id)) this.requestUpdate();
    else void this.#read((pages) => pages.anew(this.#order, this.pageSize, id));
  }

  /** Goes to the comment that the page's address leads to, and shows which one it is. */
  #mark(id: string): void {
    this.#awaited = undefined;
    const conversation = this.conversation!;
    if (!conversation.find(id)) {
      const { lost } = this.locale.words!.comments;
      this.#failures.set('', lost);
      this.announce(lost);
      this.requestUpdate();
      return;
    }
    this.#marked = id;
    void this.#focusOn(conversation.find(id)).then(() => this.renderRoot.getElementById(`c-${id}`)?.scrollIntoView());
  }

  /** How deep replies may stand depends on the room there is. */
  #watchWidth(): void {
    this.#widths ??= new ResizeObserver(() => {
      const levels = levelsIn(this.offsetWidth);
      if (levels === this.#outline.levels) return;
      this.#outline.levels = levels;
      this.requestUpdate();
    });
    this.#widths.observe(this);
  }

  #watchApproach(): void {
    this.#approach ??= new IntersectionObserver(
      ([button]) => {
        const below = button!.isIntersecting && button!.boundingClientRect.top > innerHeight;
        if (below && !this.#failures.has('') && this.#automatic-- > 0) void this.#more(false);
      },
      { rootMargin: `0px 0px ${approachPx}px` },
    );
    this.#approach.disconnect();
    const button = this.#moreButton;
    if (button) this.#approach.observe(button);
  }

  get #moreButton(): HTMLElement | null {
    return this.renderRoot.querySelector('[data-act=more]');
  }

  async #more(asked: boolean): Promise<void> {
    await this.#read((pages) => pages.more({ sort: this.#order, limit: this.pageSize }, asked));
    await this.updateComplete;
    this.#watchApproach();
  }

  /** Begins with another story. */
  #forget(): void {
    this.#participation = this.#participating = this.#pages = this.#arrivals = this.#marked = undefined;
    this.#outline = new Outline();
    this.#failures.clear();
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

  /** What others do is heard once the thread stands. */
  async #listen(place: Place, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    if (signal.aborted) return;
    const { Arrivals } = await import('./arrivals.js');
    (this.#arrivals ??= new Arrivals(this.#room())).listen(place, signal);
  }

  #room(): Room {
    return {
      host: this,
      place: this.#place!,
      locale: this.locale,
      outline: () => this.#outline,
      failures: this.#failures,
      button: () => this.#moreButton,
      conversation: () => this.conversation!,
      replace: (conversation) => this.#take(conversation, this.#place!),
      reader: () => this.#reader,
      say: (text) => this.announce(text),
      focus: (comment) => this.#focusOn(comment),
      reload: () => this.#overlay(this.#place!),
    };
  }

  /** What only those need who read on. */
  async #read(work: (pages: Pages) => Promise<void>): Promise<void> {
    this.#pages ??= import('./pages.js').then(({ Pages }) => new Pages(this.#room()));
    try {
      await work(await this.#pages);
    } catch {
      this.#pages = undefined;
      this.#fail();
    }
  }

  /** What only those need who take part: most read. */
  #participate(): Promise<Participation | undefined> {
    this.#participating ??= Promise.all([import('./participation.js'), writingWords(this.locale.lang)]).then(
      ([{ Participation }, writing]) =>
        (this.#participation = new Participation(this.conversation!, writing, this.#room())),
      () => {
        this.#participating = undefined;
        this.#fail();
        return undefined;
      },
    );
    return this.#participating;
  }

  #fail(): void {
    this.#failures.set('', this.locale.words!.comments.notDone);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comments': CommentsElement;
  }
}
