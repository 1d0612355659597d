import { html, nothing } from 'lit/html.js';
import { property, state } from '../../base/property.js';
import type { Changes } from '../../base/reactive-element.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { parts, type Place, placeOf } from '../../client/index.js';
import type { Rail, Story } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { Attention } from './attention.js';
import { claim, release } from './claims.js';
import { StoryClickEvent, StoryViewEvent } from './events.js';
import { endsOf, rowOf } from './row.js';
import { styles } from './stories.styles.js';
import { renderBlocks, renderStory } from './story-card.js';

const attention = () => import('./attention.js');

/**
 * @summary A rail of stories: related ones, the most read, the latest, those not to miss.
 * @tag aw-stories
 *
 * @slot - Shown before the widget is there, a moment longer while it loads, and when the API cannot be reached.
 * @slot heading - Words to stand above the rail instead of its own.
 *
 * @csspart base - The whole widget.
 * @csspart heading - The words above the rail.
 * @csspart more - The link to all of them.
 * @csspart previous - The button that turns a carousel back.
 * @csspart next - The button that turns it on.
 * @csspart items - The list.
 * @csspart item - One story.
 * @csspart picture - Its picture, or the drawing in its place.
 * @csspart kicker - The words above its title.
 * @csspart title - Its title.
 * @csspart meta - Its time and section.
 * @csspart sponsored - The word that a story is paid for.
 * @csspart notice - The sentence of a failure, or of an empty rail.
 * @csspart retry - The button that tries again.
 *
 * @cssproperty [--aw-stories-accent=--aw-color-accent] - The rule above the heading, and kickers.
 * @cssproperty [--aw-stories-card-size=248px] - How wide a card of a carousel is.
 * @cssproperty [--aw-stories-gap=--aw-space-4] - Between cards.
 * @cssproperty [--aw-stories-sponsored=--aw-color-accent at 7 %] - Behind a story that is paid for.
 *
 * @event {{ id: string, position: number, reason: string }} aw-story-view - Half of a card was in the window for a second; once for each.
 * @event {{ id: string, position: number, reason: string }} aw-story-click - The reader follows a card.
 */
export class StoriesElement extends WidgetElement {
  static override readonly tag = 'aw-stories';
  static override readonly sources = [...WidgetElement.sources, 'rail', 'limit'];
  static override styles = [...widgetStyles, styles];

  /** Which stories. */
  @property() rail: Rail['rail'] = 'related';
  /** A row to turn, a numbered column, or pictures side by side. */
  @property({ reflect: true }) layout: 'carousel' | 'list' | 'grid' = 'carousel';
  /** How many. */
  @property({ type: Number }) limit = 8;
  /** Where all of them can be seen. */
  @property() more?: string;

  @state() private stories: Story[] = [];
  @state() private ends = { start: true, end: true };
  #place?: Place;
  #attention?: Attention;
  #sizes?: ResizeObserver;

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    signal.addEventListener('abort', () => this.#letGo());
    const { items } = await place.part(parts.stories(this.rail, this.limit), again);
    if (signal.aborted) return false;
    this.stories = claim(this, items, this.#count, place.story);
    void this.#attend(place, signal);
    return this.stories.length > 0;
  }

  protected override updated(changed: Changes): void {
    super.updated(changed);
    for (const picture of this.renderRoot.querySelectorAll<HTMLElement>('[data-focal]')) {
      picture.style.objectPosition = picture.dataset['focal']!;
    }
    const track = this.#track;
    if (!track) return;
    this.#attention?.watch(track.children);
    if (this.#sizes) return;
    this.#sizes = new ResizeObserver(() => this.#measure());
    this.#sizes.observe(track);
  }

  protected override renderLoading(): unknown {
    return html`<div class="rail" data-layout=${this.#look} aria-hidden="true">
      <div class="head">
        <span class="heading"><span class="block"></span></span>
      </div>
      <div class="items">${Array.from({ length: this.#count }, () => renderBlocks())}</div>
    </div>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    return html`<section class="rail" data-layout=${this.#look} aria-labelledby="heading">
      ${this.#renderHead(words)}
      <ul class="items" part="items" role="list" @scroll=${this.#measure} @focusin=${this.#reveal}>
        ${this.stories.map(
          (story, position) =>
            html`<li
              class="item"
              part="item"
              data-position=${position}
              @click=${this.#follow}
              @auxclick=${this.#follow}
            >
              ${renderStory(story, this.locale, words)}
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
    const scrolls = this.#look === 'carousel' && !(this.ends.start && this.ends.end);
    return html`<div class="head">
      <h2 id="heading" class="heading" part="heading">
        <slot name="heading">${stories.rails[this.rail] ?? stories.rails.related}</slot>
      </h2>
      ${this.more ? html`<a class="more" part="more" href=${this.more}>${stories.more}</a>` : nothing}
      ${
        scrolls
          ? html`${this.#renderTurn(-1, 'previous', stories.previous, this.ends.start)}${this.#renderTurn(
              1,
              'next',
              stories.next,
              this.ends.end,
            )}`
          : nothing
      }
    </div>`;
  }

  /** At an end the button stays, and keeps the focus it may have. */
  #renderTurn(towards: 1 | -1, name: string, label: string, done: boolean): unknown {
    return html`<button
      class=${`turn ${name}`}
      part=${name}
      aria-label=${label}
      aria-disabled=${done}
      @click=${() => !done && import('./turn.js').then(({ turnRow }) => turnRow(this.#track!, towards))}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5l7 7-7 7" /></svg>
    </button>`;
  }

  get #look(): string {
    return ['list', 'grid'].includes(this.layout) ? this.layout : 'carousel';
  }

  get #count(): number {
    return Math.min(Math.max(Math.trunc(this.limit) || 8, 1), 100);
  }

  get #track(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('ul');
  }

  #measure = (): void => {
    const track = this.#track;
    if (!track) return;
    const { start, end } = endsOf(rowOf(track));
    if (start !== this.ends.start || end !== this.ends.end) this.ends = { start, end };
  };

  /** Browsers leave a card that the focus is on half out of sight. */
  #reveal = ({ target }: FocusEvent): void => {
    (target as Element).closest('.item')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  #follow = ({ button, target, currentTarget }: MouseEvent): void => {
    if (button > 1 || !(target as Element).closest('a')) return;
    this.#tell('click', currentTarget as HTMLElement);
  };

  /** Without the code that watches, a rail is still a rail. */
  async #attend(place: Place, signal: AbortSignal): Promise<void> {
    const code = await attention().catch(() => undefined);
    if (!code || signal.aborted) return;
    code.countRead(place);
    this.#attention ??= new code.Attention((card) => this.#tell('view', card));
    this.#attention.watch(this.#track?.children ?? []);
  }

  #tell(type: 'view' | 'click', { dataset }: HTMLElement): void {
    const position = Number(dataset['position']);
    const story = this.stories[position];
    const place = this.#place;
    if (!story || !place) return;
    const { id, reason } = story;
    const { rail } = this;
    // Known by now, unless the reader was faster: a page that is being left has no time to fetch it.
    attention().then(
      ({ signal }) => signal(place, type, id, rail, position),
      () => undefined,
    );
    this.dispatchEvent(new (type === 'view' ? StoryViewEvent : StoryClickEvent)({ id, position, reason }));
  }

  #letGo(): void {
    release(this);
    this.#attention?.stop();
    this.#sizes?.disconnect();
    this.#attention = this.#sizes = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-stories': StoriesElement;
  }
}
