import { html, nothing, type PropertyValues } from 'lit';
import { percentages } from '../../base/percentages.js';
import { property, state } from '../../base/property.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { ApiError, parts, type Place, placeOf } from '../../client/index.js';
import type { Choice, Reacted } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import { Ballot, listed } from './ballot.js';
import { ReactEvent } from './events.js';
import { icon } from './icons.js';
import { styles } from './reactions.styles.js';

/**
 * @summary A reaction poll under a story, or any poll of one question.
 * @tag aw-reactions
 *
 * @slot - Shown before the widget is there and when the API cannot be reached.
 *
 * @csspart base - The whole widget.
 * @csspart question - The heading.
 * @csspart choices - The row of choices.
 * @csspart choice - One choice: a button.
 * @csspart icon - Its drawing, emoji or picture.
 * @csspart label - Its word.
 * @csspart count - Its number, or its share once results show.
 * @csspart bar - Its share as a line.
 * @csspart summary - The sentence below.
 * @csspart notice - The sentence of a failure.
 * @csspart retry - The button that tries again.
 *
 * @cssproperty [--aw-reactions-accent=--aw-color-accent] - What is held.
 * @cssproperty [--aw-reactions-icon-size=32px] - How large a drawing is.
 * @cssproperty [--aw-reactions-gap=--aw-space-2] - Between choices.
 *
 * @cssstate voted - The reader holds a choice.
 * @cssstate closed - The poll takes no more votes.
 * @cssstate frozen - The poll is paused.
 *
 * @event {{ poll: string, choice: string | string[] | null, previous: string | string[] | null }} aw-react - The API has kept the choice.
 */
export class ReactionsElement extends WidgetElement {
  static override readonly tag = 'aw-reactions';
  static override readonly sources = [...WidgetElement.sources, 'poll'];
  static override styles = [...widgetStyles, styles];

  /** The poll's id. */
  @property() poll = 'reactions';
  /** Drawings in a row, one line per choice, or a small row of drawings and counts. */
  @property({ reflect: true }) variant: 'buttons' | 'bars' | 'compact' = 'buttons';

  @state() private ballot?: Ballot;
  @state() private failure?: 'notSaved' | 'rateLimited';
  #place?: Place;
  /** What widgets on this poll tell one another, kept for when our own data comes later. */
  #heard?: Reacted;
  /** Only what the reader does is shown by a movement. */
  #acted = false;
  /** What is on its way to the API. */
  #sent?: readonly string[];

  /** Does what a tap on a choice does: takes it, changes to it, or takes it back. */
  async react(choice: string): Promise<void> {
    const { ballot } = this;
    if (!ballot?.answer.poll.choices.some(({ id }) => id === choice) || ballot.answer.poll.state !== 'open') return;
    this.#acted = true;
    this.ballot = ballot.toggle(choice);
    this.failure = undefined;
    // An act while another is on its way follows it.
    if (this.#place && !this.#sent) await this.#send(this.#place);
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    this.#heard = undefined;
    place.watch<Reacted>(this.#topic, (reacted) => this.#hear(reacted), signal);
    place.watchReader(() => this.#overlay(place, signal), signal);
    const answer = await place.part(parts.reactions(this.poll), again);
    if (signal.aborted) return false;
    const ballot = again ? new Ballot(answer, this.ballot?.held, this.ballot?.wanted) : new Ballot(answer);
    this.ballot = this.#heard ? ballot.merge(this.#heard) : ballot;
    void this.#overlay(place, signal);
    return answer.poll.choices.length > 0;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const pollState = this.ballot?.answer.poll.state;
    this.setState('voted', !!this.ballot?.wanted.length);
    this.setState('closed', pollState === 'closed');
    this.setState('frozen', pollState === 'frozen');
    // By CSSOM, which a strict style-src allows.
    for (const bar of this.renderRoot.querySelectorAll<HTMLElement>('[data-share]')) {
      bar.style.setProperty('--_share', bar.dataset['share']!);
    }
  }

  protected override renderLoading(): unknown {
    return html`<div class="poll" data-variant=${this.#look} aria-hidden="true">
      <div class="question"><span class="block"></span></div>
      <div class="choices">
        ${[0, 1, 2, 3].map(
          () => html`<div class="choice"><span class="icon block"></span><span class="label block"></span></div>`,
        )}
      </div>
    </div>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    const ballot = this.ballot!;
    const { choices, question, state } = ballot.answer.poll;
    const shares = this.#sharesShown ? percentages(choices.map(({ id }) => ballot.counts![id]!)) : undefined;
    return html`<section class="poll" data-variant=${this.#look} aria-labelledby="question">
      <h2 id="question" class="question" part="question"><span>${question}</span></h2>
      <div class="choices" part="choices" role="group" aria-labelledby="question">
        ${choices.map((choice, index) => this.#renderChoice(choice, shares?.[index], state !== 'open', words))}
      </div>
      <p class="summary ${this.failure ? 'failed' : ''}" part="summary">${this.#summary(words)}</p>
    </section>`;
  }

  #renderChoice({ id, label, icon: name }: Choice, share: number | undefined, disabled: boolean, words: Catalogue) {
    const count = this.#countsShown ? this.ballot!.counts![id]! : undefined;
    return html`<button
      class="choice"
      part="choice"
      aria-pressed=${this.ballot!.wanted.includes(id)}
      aria-disabled=${disabled || nothing}
      aria-label=${count === undefined ? label : words.reactions.choice(label, this.locale.number(count))}
      @click=${() => this.react(id)}
    >
      <span class="icon">${icon(name)}</span>
      <span class="label" part="label" data-label=${label}><span>${label}</span></span>
      <span class="count" part="count"
        >${
          share !== undefined
            ? this.locale.number(share / 100, { style: 'percent' })
            : count !== undefined && this.locale.compact(count)
        }</span
      >
      <span
        class="bar"
        part="bar"
        data-share=${share === undefined ? 0 : share / 100}
        ?hidden=${share === undefined}
      ></span>
    </button>`;
  }

  /** The sentence below the choices: what became of it, or how many take part. */
  #summary({ reactions, common }: Catalogue): string {
    const { wanted, counts, total = 0, answer } = this.ballot!;
    const { choices, multiple, state, id } = answer.poll;
    if (this.failure) return this.failure === 'notSaved' ? reactions.notSaved : common.rateLimited;
    const standing = () => {
      const chosen = choices.find((choice) => choice.id === wanted[0]);
      if (!counts) return reactions.hidden;
      if (!chosen || multiple) return total ? reactions.total(total, this.locale.number(total)) : reactions.first;
      const others = counts[chosen.id]! - 1;
      const say = id === 'reactions' ? reactions.feels : reactions.chose;
      return say(others, this.locale.number(others), chosen.label);
    };
    return [state === 'closed' && reactions.closed, state === 'frozen' && reactions.frozen, standing()]
      .filter(Boolean)
      .join(' ');
  }

  get #countsShown(): boolean {
    const { counts, answer, wanted } = this.ballot!;
    return !!counts && (answer.poll.results !== 'after-voting' || !!wanted.length || answer.poll.state === 'closed');
  }

  get #sharesShown(): boolean {
    return this.#countsShown && (!!this.ballot!.wanted.length || this.ballot!.answer.poll.state === 'closed');
  }

  get #look(): string {
    return ['bars', 'compact'].includes(this.variant) ? this.variant : 'buttons';
  }

  get #topic(): string {
    return `reactions:${this.poll}`;
  }

  async #send(place: Place): Promise<void> {
    try {
      while (this.ballot && !this.ballot.settled) {
        const { held, wanted, answer } = this.ballot;
        this.#sent = wanted;
        const reacted = await this.#put(place, wanted);
        place.tell(this.#topic, reacted);
        const previous = answer.poll.multiple ? [...held] : (held[0] ?? null);
        this.dispatchEvent(new ReactEvent({ poll: this.poll, choice: reacted.choice, previous }));
      }
      const { words } = this.locale;
      if (words) this.announce(this.ballot?.wanted.length ? this.#summary(words) : words.reactions.removed);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#sent = undefined;
    }
  }

  #put(place: Place, wanted: readonly string[]): Promise<Reacted> {
    const { story } = place;
    const { poll } = this;
    if (!wanted.length) return place.act('DELETE', 'reactions', { query: { story, poll } });
    const choice = this.ballot!.answer.poll.multiple ? [...wanted] : wanted[0];
    return place.act('PUT', 'reactions', { body: { story, poll, choice } });
  }

  #fail(error: unknown): void {
    const code = error instanceof ApiError ? error.code : undefined;
    this.ballot = this.ballot?.undo();
    this.failure = code === 'rate-limited' ? 'rateLimited' : 'notSaved';
    if (this.locale.words) this.announce(this.#summary(this.locale.words));
    if (code === 'poll-closed' || code === 'poll-frozen') void this.refresh();
  }

  #hear(reacted: Reacted): void {
    this.#heard = reacted;
    const { ballot } = this;
    // What the reader tapped since it was sent still stands.
    const since = this.#sent && ballot?.wanted !== this.#sent ? ballot?.wanted : undefined;
    this.ballot = ballot?.merge(reacted, since);
  }

  async #overlay(place: Place, signal: AbortSignal): Promise<void> {
    const before = this.ballot;
    // Without the overlay the poll still reads and takes votes.
    const me = await place.me().catch(() => undefined);
    if (signal.aborted || !before || this.ballot?.wanted !== before.wanted) return;
    this.ballot = new Ballot(this.ballot.answer, listed(me?.reactions[this.poll]));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-reactions': ReactionsElement;
  }
}
