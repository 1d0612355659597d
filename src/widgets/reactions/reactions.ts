import { html, nothing } from 'lit/html.js';
import { property, state } from '../../base/property.js';
import type { Changes } from '../../base/reactive-element.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { parts, type Place, placeOf } from '../../client/index.js';
import type { Choice, Reacted } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import { Ballot } from './ballot.js';
import { icon } from './icons.js';
import { styles } from './reactions.styles.js';
import type * as Results from './results.js';
import type * as Acts from './voting.js';

/** Here from the first poll on the page with more to tell than counts: one that is over, or that the reader took part in. */
let results: typeof Results | undefined;
/** Here from the first act on the page. */
let acts: typeof Acts | undefined;

/**
 * @summary A reaction poll under a story, or any poll of one question.
 * @tag aw-reactions
 *
 * @slot - Shown before the widget is there, a moment longer while it loads, and when the API cannot be reached.
 *
 * @csspart base - The whole widget.
 * @csspart question - The heading.
 * @csspart choices - The row of choices.
 * @csspart choice - One choice: a button.
 * @csspart icon - Its drawing, emoji or picture.
 * @csspart label - Its word.
 * @csspart count - Its number, or its share once results show.
 * @csspart bar - Its share as a line.
 * @csspart trigger - The one button of `compact`, which opens the choices.
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
 * @event {undefined} aw-sign-in-request - The poll asks who the reader is: see `respondWith`.
 */
export class ReactionsElement extends WidgetElement {
  static override readonly tag = 'aw-reactions';
  static override readonly sources = [...WidgetElement.sources, 'poll'];
  static override styles = [...widgetStyles, styles];

  /** The poll's id. */
  @property() poll = 'reactions';
  /** Drawings in a row, one line per choice, or one button that opens them. */
  @property() variant: 'buttons' | 'bars' | 'compact' = 'buttons';

  /** @internal */
  @state() ballot?: Ballot;
  /** @internal */
  @state() failure?: Acts.VoteFailure | undefined;
  #place?: Place;
  /** Here from the reader's first act. */
  #voting?: Acts.Voting;
  /** What another widget on this poll last told, kept for when our own data comes later. */
  #told?: Reacted;

  /** Does what a tap on a choice does: takes it, changes to it, or takes it back. */
  async react(choice: string): Promise<void> {
    const poll = this.ballot?.answer.poll;
    if (poll?.state !== 'open' || !poll.choices.some(({ id }) => id === choice)) return;
    this.ballot = this.ballot!.toggle(choice);
    this.failure = undefined;
    try {
      [acts] = await Promise.all([import('./voting.js'), this.#fetchResults()]);
      this.#voting ??= new acts.Voting(this);
      // An act while another is on its way follows it.
      if (!this.#voting.sent) this.failure = await this.#voting.settle(this.#place!);
    } catch {
      // The code for it could not be fetched: nothing was sent.
      this.ballot = this.ballot.undo();
      this.failure = ({ reactions }) => reactions.notSaved;
    }
    this.announce(this.#summary(this.locale.words!));
  }

  /** @internal */
  hear(reacted: Reacted): void {
    this.#told = reacted;
    // Nobody tells of an act before the code for acts is here.
    this.ballot &&= acts!.hear(this.ballot, reacted, this.#voting?.sent);
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    this.#told = undefined;
    place.watch(`reactions:${this.poll}`, (reacted: Reacted) => this.hear(reacted), signal);
    place.watchReader(() => this.#overlay(place, signal), signal);
    if (this.variant !== 'buttons') await (await import('./variants.js')).dress(this, this.locale, signal);
    const answer = await place.part(parts.reactions(this.poll), again);
    const { held, wanted } = (again && this.ballot) || {};
    if (answer.poll.state !== 'open') await this.#fetchResults();
    if (signal.aborted) return false;
    this.ballot = new Ballot(answer, held, wanted);
    if (this.#told) this.hear(this.#told);
    void this.#overlay(place, signal);
    // Others' votes are news for who stays.
    setTimeout(() => this.#fetchResults().then(() => results?.follow(this, place, signal)), 2000);
    return !!answer.poll.choices.length;
  }

  protected override updated(changed: Changes): void {
    super.updated(changed);
    if (this.ballot) results?.showResults(this.ballot, this.renderRoot, (name, on) => this.setState(name, on));
  }

  protected override renderLoading(): unknown {
    const choice = html`<div class="choice"><span class="icon block"></span><span class="label block"></span></div>`;
    return html`<div class="question"><span class="block"></span></div>
      <div class="choices">${Array(4).fill(choice)}</div>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    const ballot = this.ballot!;
    const { counts, poll } = ballot.answer;
    const done = poll.state === 'closed' || ballot.wanted.length > 0;
    const counted = counts && (done || poll.results !== 'after-voting');
    const shares = (counted && done && results?.sharesOf(ballot)) || [];
    const summary = this.#summary(words);
    return html`<section
      class=${`${this.variant} ${this.#voting ? 'acted' : ''} ${this.failure ? 'failed' : ''}`}
      aria-labelledby="question"
    >
      <h2 id="question" class="question" part="question"><span>${poll.question}</span></h2>
      <div class="choices" part="choices" role="group" aria-labelledby="question">
        ${poll.choices.map((choice, index) => this.#renderChoice(choice, words, counted ? ballot.count(choice.id) : undefined, shares[index]))}
      </div>
      <p class="summary" part="summary">
        ${
          // A new node where the sentence changes its kind: the same one would seem to have moved.
          this.failure ? html`<span>${summary}</span>` : summary
        }
      </p>
    </section>`;
  }

  #renderChoice({ id, label, icon: name }: Choice, words: Catalogue, count?: number, share?: number): unknown {
    const { locale, ballot } = this;
    const number = count === undefined ? '' : locale.number(count);
    const figure =
      share === undefined || this.variant === 'compact'
        ? number && locale.compact(count!)
        : // In an array it is a new node: a number that becomes a share would seem to have moved.
          [locale.number(share / 100, { style: 'percent' })];
    // Whoever speaks to the page says what they see, so the name holds it.
    const seen = figure === number ? label : [label, figure].join(' ');
    return html`<button
      class="choice"
      part="choice"
      aria-pressed=${ballot!.wanted.includes(id)}
      aria-disabled=${ballot!.answer.poll.state !== 'open' || nothing}
      aria-label=${number ? words.reactions.choice(seen, number) : label}
      @click=${() => this.react(id)}
    >
      <span class="icon" part="icon">${icon(name)}</span>
      <span class="label" part="label" data-label=${label}><span>${label}</span></span>
      <span class="count" part="count">${figure}</span>
      <span class="bar" part="bar" data-share=${share! / 100} ?hidden=${share === undefined}></span>
    </button>`;
  }

  /** The sentence below the choices: what became of it, or how many take part. */
  #summary(words: Catalogue): string {
    const { locale, failure } = this;
    const { reactions } = words;
    const ballot = this.ballot!;
    if (failure) return failure(words);
    const { total } = ballot;
    const numbers = !ballot.answer.counts
      ? reactions.hidden
      : total
        ? reactions.total(total, locale.number(total))
        : reactions.first;
    return results?.summaryOf(ballot, numbers, reactions, locale) ?? numbers;
  }

  async #overlay(place: Place, signal: AbortSignal): Promise<void> {
    const wanted = this.ballot?.wanted;
    // Without the overlay the poll still reads and takes votes.
    const me = await place.me().catch(() => undefined);
    const held = me?.reactions[this.poll];
    if (held?.length) await this.#fetchResults();
    if (signal.aborted || !this.ballot || this.ballot.wanted !== wanted) return;
    this.ballot = new Ballot(this.ballot.answer, held);
  }

  /** Without it the poll still reads and takes votes. */
  async #fetchResults(): Promise<void> {
    results ??= await import('./results.js').catch(() => undefined);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-reactions': ReactionsElement;
  }
}
