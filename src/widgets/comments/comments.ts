import { html, nothing } from 'lit/html.js';
import { mayGrow } from '../../base/growth.js';
import { property, state } from '../../base/property.js';
import type { Changes } from '../../base/reactive-element.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { parts, type Place, placeOf } from '../../client/index.js';
import type { Comment, Reader } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { WritingCatalogue } from '../../locales/vi-writing.js';
import { renderComments, type View } from './comment-view.js';
import { styles } from './comments.styles.js';
import { Conversation } from './conversation.js';
import type { Participation } from './participation.js';

const writingWords = (lang: string): Promise<WritingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-writing.js').then(({ viWriting }) => viWriting)
    : import('../../locales/en-writing.js').then(({ enWriting }) => enWriting);

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;
export type Sort = (typeof sorts)[number];

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
 * @csspart more - The button that brings the next ones.
 * @csspart notice - The sentence of a failure, or of a closed thread.
 * @csspart retry - The button that tries again.
 *
 * @cssproperty [--aw-comments-accent=--aw-color-accent] - What can be pressed, and what was.
 * @cssproperty [--aw-comments-measure=--aw-measure] - The longest line of a comment.
 * @cssproperty [--aw-comments-indent=44px] - How far replies stand in; less on a narrow page.
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
  @state() private failed = false;
  #order: Sort = 'best';
  #place?: Place;
  #reader?: Reader;
  #participation?: Participation;
  #participating?: Promise<Participation | undefined>;
  readonly #folded = new Set<string>();

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    place.watchReader(() => this.#overlay(place, signal), signal);
    if (!again) this.#order = sorts.includes(this.sort) ? this.sort : 'best';
    const page = await place.part(parts.comments(this.#order, this.pageSize), again);
    if (signal.aborted) return false;
    this.conversation = new Conversation(page);
    this.#participation = this.#participating = undefined;
    // What is the reader's own would move the rest if it came later.
    await this.#overlay(place, signal);
    return true;
  }

  protected override willUpdate(changed: Changes): void {
    super.willUpdate(changed);
    // What is in sight must not move: then the reader decides.
    if (changed.get('status') === 'loading' && this.conversation) {
      this.waits = !this.open && this.conversation.roots.length > 0 && !mayGrow(this);
    }
  }

  protected override updated(changed: Changes): void {
    super.updated(changed);
    if (changed.has('open') && this.open) this.waits = false;
    this.setState('closed', !!this.conversation && this.conversation.thread.state !== 'open');
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
        thread.state === 'open'
          ? this.#renderComposer(words)
          : html`<p class="notice" part="notice">${thread.state === 'closed' ? words.closed : words.readOnly}</p>`
      }
      ${this.waits ? this.#renderMore('show', words.show(total, this.locale.number(total))) : nothing}
      ${
        this.waits
          ? nothing
          : html`<ul class="list" role="list">
              ${renderComments(roots, this.#view(words))}
            </ul>`
      }
      ${roots.length || thread.state !== 'open' ? nothing : html`<p class="first muted">${words.first}</p>`}
      ${!this.waits && conversation.nextCursor !== null ? this.#renderMore('more', words.more) : nothing}
      ${this.failed ? html`<p class="notice" part="notice">${words.notDone}</p>` : this.#participation?.renderFailure('')}
    </section>`;
  }

  #view(words: Catalogue['comments']): View {
    return {
      words,
      locale: this.locale,
      conversation: this.conversation!,
      reader: this.#reader,
      participation: this.#participation,
      folded: this.#folded,
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
    if (act === 'show') this.#show();
    else if (act === 'fold') this.#fold(id);
    else void this.#participate().then((participation) => participation?.act(act!, id, this.#order, this.pageSize));
  };

  #show(): void {
    this.waits = false;
    void this.#focusOn(this.conversation!.roots[0]);
  }

  #fold(id: string): void {
    if (!this.#folded.delete(id)) this.#folded.add(id);
    this.requestUpdate();
  }

  #resort = async ({ target }: Event): Promise<void> => {
    this.#order = (target as HTMLSelectElement).value as Sort;
    const conversation = await (await this.#participate())?.reorder(this.#order, this.pageSize);
    if (!conversation) return;
    this.conversation = conversation;
    await this.#overlay(this.#place!);
  };

  async #focusOn(comment?: Comment): Promise<void> {
    // Whoever posts wants to see the talk they joined.
    if (comment) this.waits = false;
    this.requestUpdate();
    await this.updateComplete;
    const at = comment ? `c-${comment.id}` : 'heading';
    this.renderRoot.getElementById(at)?.focus({ preventScroll: !comment });
  }

  async #overlay(place: Place, signal?: AbortSignal): Promise<void> {
    const { conversation } = this;
    // Without the overlay the thread still reads.
    const me = await place.me().catch(() => undefined);
    if (signal?.aborted || !conversation || conversation !== this.conversation) return;
    this.#reader = me?.reader;
    if (me) conversation.overlay(me);
    // A writer finds own comments with what can be done about them.
    if (me?.own.length) await this.#participate();
    this.requestUpdate();
  }

  /** What only those need who take part: most read. */
  #participate(): Promise<Participation | undefined> {
    this.#participating ??= Promise.all([import('./participation.js'), writingWords(this.locale.lang)]).then(
      ([{ Participation }, writing]) =>
        (this.#participation = new Participation(this.conversation!, writing, {
          host: this,
          place: this.#place!,
          locale: this.locale,
          reader: () => this.#reader,
          say: (text) => this.announce(text),
          focus: (comment) => this.#focusOn(comment),
          reload: () => this.#overlay(this.#place!),
        })),
      () => {
        this.#participating = undefined;
        this.failed = true;
        return undefined;
      },
    );
    return this.#participating;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comments': CommentsElement;
  }
}
