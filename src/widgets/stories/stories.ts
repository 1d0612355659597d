import { type CSSResultGroup, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { renderHeading } from '../../base/heading.js';
import { widgetStyles } from '../../base/styles/widget.js';
import { WidgetElement } from '../../base/widget-element.js';
import { followStory, parts, type StoryClient, toLimit, toRail } from '../../client/index.js';
import { signalsOf } from '../../client/signals.js';
import type { Rail, Story } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import { CarouselController } from './carousel-controller.js';
import { EnlargedText } from './enlarged-text.js';
import { StoryClickEvent, StoryViewEvent } from './events.js';
import { claimStories, releaseStories } from './page-dedupe.js';
import { reserve } from './reserve.js';
import { styles } from './stories.styles.js';
import { cardStyles } from './story-card.styles.js';
import { renderCardSkeleton, renderStory } from './story-card.js';
import { ViewTracking } from './view-tracking.js';

/**
 * @summary A rail of stories: related, most read, latest, not to miss, videos or sponsored.
 * @tag aw-stories
 *
 * @slot - Fallback content, shown until the data has loaded and when the API cannot be reached.
 * @slot heading - Replaces the heading of the rail.
 *
 * @csspart base - The root element of the widget.
 * @csspart heading - The heading.
 * @csspart more - The link to all stories of the rail.
 * @csspart previous - The button that scrolls a carousel back.
 * @csspart next - The button that scrolls a carousel on.
 * @csspart items - The list.
 * @csspart item - A list item with one story.
 * @csspart picture - The story's picture, or the drawing in its place.
 * @csspart kicker - The words above the title.
 * @csspart title - The title.
 * @csspart meta - The time and section.
 * @csspart sponsored - The label of a sponsored story.
 * @csspart notice - The text of a failure, or of an empty rail.
 * @csspart retry - The button that loads again after a failure.
 *
 * @cssproperty [--aw-stories-accent=--aw-color-accent] - Colour of the rule above the heading, and of kickers.
 * @cssproperty [--aw-stories-card-size=248px] - Width of a card in a carousel.
 * @cssproperty [--aw-stories-gap=--aw-space-4] - Space between cards.
 * @cssproperty [--aw-stories-sponsored=--aw-color-accent at 8 %] - Background of a sponsored story.
 *
 * @event {{ id: string, position: number, reason: string }} aw-story-view - Half of a card was in the viewport for a second. Dispatched once for each story.
 * @event {{ id: string, position: number, reason: string }} aw-story-click - The reader follows the link of a card.
 */
export class StoriesElement extends WidgetElement {
  static override readonly tag: string = 'aw-stories';
  static override readonly loadProperties = [...WidgetElement.loadProperties, 'rail', 'limit'];
  static override styles: CSSResultGroup = [widgetStyles, reserve, cardStyles, styles];

  /** Selection of stories. */
  @property({ useDefault: true }) rail: Rail['rail'] = 'related';
  /** A scrollable row, a numbered column, or a grid of pictures. */
  @property({ reflect: true, useDefault: true }) layout: 'carousel' | 'list' | 'grid' = 'carousel';
  /** Number of stories, from 1 to 100. */
  @property({ type: Number, useDefault: true }) limit = 8;
  /** URL of a page with all stories of the rail. */
  @property() more?: string | null;

  @state() private stories: Story[] = [];
  readonly #carousel = new CarouselController(this, () => this.#list);
  readonly #views = new ViewTracking(
    this,
    () => this.#list?.children ?? [],
    (card) => this.#report('view', card),
  );
  readonly #viewedStories = new Set<string>();
  #client?: StoryClient;

  constructor() {
    super();
    this.addController(new EnlargedText(() => this.#list));
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const client = (this.#client = await followStory(this, this.locale.requested, signal));
    signal.addEventListener('abort', () => releaseStories(this));
    const { items } = await client.part(parts.stories(this.rail, this.limit), again);
    if (signal.aborted) return false;
    this.locale.follow(client.site.page.lang);
    this.stories = claimStories(this, items, this.#limit, client.story);
    this.#views.reset();
    signalsOf(client.site).countRead(client.story, signal);
    return this.stories.length > 0;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // A style attribute in the template would break a strict Content Security Policy.
    for (const picture of this.renderRoot.querySelectorAll<HTMLElement>('[data-focal]')) {
      picture.style.objectPosition = picture.dataset['focal']!;
    }
  }

  protected override renderLoading(): unknown {
    return html`<div class="rail" data-layout=${this.#layout} aria-hidden="true">
      <div class="head" ?hidden=${this.#hidesHead}>
        <span class="heading"><span class="block"></span></span>
      </div>
      <div class="items">${Array.from({ length: this.#limit }, () => renderCardSkeleton())}</div>
    </div>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    return html`<section class="rail" data-layout=${this.#layout} aria-labelledby="heading">
      ${this.#renderHead(words)}
      <ul class="items" part="items" role="list" @scroll=${this.#carousel.measure} @focusin=${this.#scrollToFocus}>
        ${this.stories.map(
          (story, position) =>
            html`<li
              class="item"
              part="item"
              data-position=${position}
              @click=${this.#onClick}
              @auxclick=${this.#onClick}
            >
              ${renderStory(story, this.locale, words, this.#titleLevel)}
            </li>`,
        )}
      </ul>
    </section>`;
  }

  protected override renderEmpty(words: Catalogue): unknown {
    return html`<section class="rail" aria-labelledby="heading">
      ${this.#renderHead(words)}
      <p class="notice" part="notice">${words.stories.empty}</p>
    </section>`;
  }

  #renderHead({ stories }: Catalogue): unknown {
    const { overflows, atStart, atEnd } = this.#carousel;
    const more = this.#moreUrl;
    return html`<div class="head" ?hidden=${this.#hidesHead}>
      ${renderHeading(this.headingLevel, html`<slot name="heading">${stories.rails[toRail(this.rail)]}</slot>`)}
      ${more ? html`<a class="more" part="more" href=${more}>${stories.more}</a>` : nothing}
      ${
        this.#layout === 'carousel' && overflows
          ? html`${this.#renderTurn(-1, 'previous', stories.previous, atStart)}${this.#renderTurn(
              1,
              'next',
              stories.next,
              atEnd,
            )}`
          : nothing
      }
    </div>`;
  }

  /** Draws a button of the carousel. At an end it stays enabled, because it may have the focus. */
  #renderTurn(direction: 1 | -1, name: string, label: string, atEnd: boolean): unknown {
    return html`<button
      class=${`turn ${name}`}
      part=${name}
      aria-label=${label}
      aria-disabled=${atEnd}
      @click=${() => !atEnd && this.#carousel.turn(direction)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5l7 7-7 7" /></svg>
    </button>`;
  }

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector('ul');
  }

  get #moreUrl(): string | undefined {
    return this.more && isPageUrl(this.more) ? this.more : undefined;
  }

  /** The level below that of the heading. */
  get #titleLevel(): string {
    return '234566'[Number(this.headingLevel) - 1] ?? '3';
  }

  /** Nothing is in the heading's line. */
  get #hidesHead(): boolean {
    return this.headingLevel === 'none' && this.#layout !== 'carousel' && !this.#moreUrl;
  }

  get #layout(): string {
    return ['list', 'grid'].includes(this.layout) ? this.layout : 'carousel';
  }

  get #limit(): number {
    return toLimit(this.limit, 8);
  }

  /** Scrolls a card that the keyboard has reached into the row: browsers leave half of it outside, and so does snapping. */
  #scrollToFocus = ({ target, currentTarget }: FocusEvent): void => {
    const link = target as Element;
    const card = link.closest('.item')!;
    const [own, row] = [card, currentTarget as Element].map((element) => element.getBoundingClientRect());
    const isCut = own!.left < row!.left - 1 || own!.right > row!.right + 1;
    // A card that moves under the pointer would not be clicked.
    if (isCut && link.matches(':focus-visible')) card.scrollIntoView({ block: 'nearest', inline: 'start' });
  };

  #onClick = ({ button, target, currentTarget }: MouseEvent): void => {
    if (button <= 1 && (target as Element).closest('a')) this.#report('click', currentTarget as HTMLElement);
  };

  /** Dispatches the event and sends the signal of a card. */
  #report(type: 'view' | 'click', { dataset }: HTMLElement): void {
    const position = Number(dataset['position']);
    const story = this.stories[position];
    if (!story) return;
    const { id, reason } = story;
    if (type === 'view') {
      if (this.#viewedStories.has(id)) return;
      this.#viewedStories.add(id);
    }
    signalsOf(this.#client!.site).add({ type, story: id, rail: toRail(this.rail), position });
    this.dispatchEvent(new (type === 'view' ? StoryViewEvent : StoryClickEvent)({ id, position, reason }));
  }
}

/** Returns whether an address leads to a page: another scheme, such as `javascript:`, would run in the page of the widget. */
function isPageUrl(address: string): boolean {
  // `URL.canParse` is missing in supported browsers.
  try {
    return /^https?:$/.test(new URL(address, document.baseURI).protocol);
  } catch {
    return false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-stories': StoriesElement;
  }
}
