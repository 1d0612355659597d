import { type CSSResultGroup, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { renderHeading } from '../../base/heading.js';
import { widgetStyles } from '../../base/styles/widget.js';
import { WidgetElement } from '../../base/widget-element.js';
import { followStory, isCurrentStory, parts, type StoryClient } from '../../client/index.js';
import type { Choice } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import { Ballot } from './ballot.js';
import type { CompactPickerController } from './compact-picker.js';
import { icon } from './icons.js';
import { reserve } from './reserve.js';
import { styles } from './reactions.styles.js';
import type { VoteFailure, VotingController } from './voting-controller.js';

/** Delay of live updates, which only readers who stay on the page need. */
const liveDelayMs = 2000;

/**
 * @summary A reaction poll under a story, or any other poll of one question.
 * @tag aw-reactions
 *
 * @slot - Fallback content, shown until the data has loaded and when the API cannot be reached.
 *
 * @csspart base - The root element of the widget.
 * @csspart question - The heading.
 * @csspart choices - The row of choices.
 * @csspart choice - A choice: a button.
 * @csspart icon - The drawing, emoji or picture of a choice.
 * @csspart label - The label of a choice.
 * @csspart count - The count of a choice, or its share once results show.
 * @csspart bar - The share of a choice as a line.
 * @csspart trigger - The button of `compact` that opens the choices.
 * @csspart summary - The sentence below the choices.
 * @csspart notice - The text of a failure.
 * @csspart retry - The button that loads again after a failure.
 *
 * @cssproperty [--aw-reactions-accent=--aw-color-accent] - Colour of the choices that the reader holds.
 * @cssproperty [--aw-reactions-icon-size=32px] - Size of an icon.
 * @cssproperty [--aw-reactions-gap=--aw-space-2] - Space between choices.
 *
 * @cssstate voted - The reader holds a choice.
 * @cssstate closed - The poll takes no more votes.
 * @cssstate frozen - The poll is paused.
 *
 * @event {{ poll: string, choice: string | string[] | null, previous: string | string[] | null }} aw-react - The API has accepted a vote, or that it is taken back.
 * @event {undefined} aw-sign-in-request - The poll needs the reader's identity: see `respondWith`.
 */
export class ReactionsElement extends WidgetElement {
  static override readonly tag: string = 'aw-reactions';
  static override readonly loadProperties = [...WidgetElement.loadProperties, 'poll'];
  static override styles: CSSResultGroup = [widgetStyles, reserve, styles];

  /** Id of the poll. */
  @property({ useDefault: true }) poll = 'reactions';
  /** A row of drawings, a line for each choice, or one button that opens the choices. */
  @property({ reflect: true, useDefault: true }) variant: 'buttons' | 'bars' | 'compact' = 'buttons';

  /** @internal */
  @state() ballot?: Ballot;
  /** @internal */
  @state() failure?: VoteFailure | undefined;
  /** @internal */
  client?: StoryClient;
  /** Aborts with the load of {@link ballot}. */
  #signal!: AbortSignal;
  #voting?: VotingController;
  #picker?: CompactPickerController;

  /** Toggles a choice, as a click on it does: takes it, changes to it, or takes it back. */
  async react(choice: string): Promise<void> {
    const { client } = this;
    const poll = this.ballot?.answer.poll;
    if (this.status !== 'ready' || poll?.state !== 'open' || !poll.choices.some(({ id }) => id === choice)) return;
    // The page shows another story by now: the reader has not chosen for this one.
    if (!isCurrentStory(this, client)) return this.reload();
    const cast = (this.ballot = this.ballot!.toggle(choice));
    this.failure = undefined;
    await this.#loadVoting();
    // By now the element may show another story, or this one again.
    const isShown = this.ballot?.wanted === cast.wanted;
    const ballot = isShown ? this.ballot : cast;
    if (this.#voting) await this.#voting.cast(client, ballot);
    else this.#queueVote(client!, ballot, isShown);
  }

  /** Queues a first vote without the code to send it: the outbox sends it when the browser is online, or on a later page. */
  #queueVote({ site, story }: StoryClient, ballot: Ballot, isShown: boolean): void {
    // Whose vote it is can only be said where nobody is signed in.
    if (!site.token) site.queueVote(story, ballot.answer.poll.id, ballot.toHeldChoice(ballot.wanted));
    addEventListener('online', this.#loadVoting, { signal: this.#signal });
    if (!isShown) return;
    if (site.token) this.ballot = ballot.undo();
    this.failure = ({ reactions }) => (site.token ? reactions.notSaved : reactions.queued);
    this.announceSummary();
  }

  /** @internal */
  announceSummary(): void {
    this.announce(this.#summary(this.locale.words!));
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const client = await followStory(this, this.locale.requested, signal);
    if (!this.client?.isOfSameStory(client)) {
      this.status = 'loading';
      this.ballot = this.failure = undefined;
    }
    this.client = client;
    this.#signal = signal;
    const [answer] = await Promise.all([client.part(parts.reactions(this.poll), again), this.#loadPicker()]);
    if (signal.aborted) return false;
    this.locale.follow(client.site.page.lang);
    const isSamePoll = this.ballot?.answer.poll.id === answer.poll.id;
    this.ballot = isSamePoll ? this.ballot!.renew(answer) : new Ballot(answer);
    // Most readers have not taken part and do not need its code.
    client.subscribe(`vote:${answer.poll.id}`, this.#loadVoting, signal);
    client.site.onReaderChange(this.#loadVoting, signal);
    const needsVoting = this.#voting || client.site.token || client.site.hasQueuedWrites;
    const votingCode = needsVoting ? this.#loadVoting() : undefined;
    // It renders the results of a poll that is over.
    if (answer.poll.state !== 'open') await (votingCode ?? this.#loadVoting());
    setTimeout(() => this.#loadLiveVotes(client, signal), liveDelayMs);
    return answer.poll.choices.length > 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    // Without the code for it the choices stay as they are.
    if (changed.has('variant')) this.#loadPicker().catch(() => undefined);
  }

  protected override renderLoading(): unknown {
    const choice = html`<div class="choice"><span class="icon block"></span><span class="label block"></span></div>`;
    return html`<div class="question"><span class="block"></span></div>
      <div class="choices">${Array(4).fill(choice)}</div>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    const ballot = this.ballot!;
    const { counts, poll } = ballot.answer;
    const hasVoted = ballot.wanted.length > 0;
    const hasResults = hasVoted || poll.state === 'closed';
    const showsCounts = !!counts && (hasResults || poll.results !== 'after-voting');
    const shares = showsCounts && hasResults ? this.#voting?.shares(ballot) : undefined;
    const choices = poll.choices.map((choice, index) =>
      this.#renderChoice(choice, words, showsCounts ? ballot.count(choice.id) : undefined, shares?.[index]),
    );
    const summary = this.#summary(words);
    return html`<section
      class=${this.#variant}
      ?data-acted=${this.#voting?.hasVoted}
      ?data-failed=${this.failure}
      aria-labelledby="question"
    >
      ${renderHeading(this.headingLevel, html`<span lang=${poll.lang ?? this.locale.textLang ?? nothing} dir="auto">${poll.question}</span>`, { name: 'question' })}
      ${
        this.#variant === 'compact' && this.#picker
          ? this.#picker.render(ballot, choices, icon)
          : html`<div
              class="choices"
              part="choices"
              role="group"
              aria-labelledby="question"
              @pointerover=${this.#loadVoting}
              @focusin=${this.#loadVoting}
            >
              ${choices}
            </div>`
      }
      <p class="summary" part="summary">
        ${
          // Text, array and template are different nodes: a sentence of another kind in the same one would count as a layout shift.
          this.failure ? html`<span>${summary}</span>` : this.#voting && hasVoted ? [summary] : summary
        }
      </p>
    </section>`;
  }

  /** @param share in percent */
  #renderChoice({ id, label, lang, icon: name }: Choice, words: Catalogue, count?: number, share?: number): unknown {
    const { locale, ballot } = this;
    const number = count === undefined ? '' : locale.number(count);
    const figure =
      share === undefined || this.#variant === 'compact'
        ? number && locale.compact(count!)
        : locale.number(share / 100, { style: 'percent' });
    // Speech control needs an accessible name that contains the visible text.
    const visible = figure === number ? label : `${label} ${figure}`;
    return html`<button
      class="choice"
      part="choice"
      lang=${lang ?? locale.textLang ?? nothing}
      aria-pressed=${ballot!.wanted.includes(id)}
      aria-disabled=${ballot!.answer.poll.state !== 'open' || nothing}
      aria-label=${number ? words.reactions.choice(visible, number) : label}
      @click=${() => this.react(id)}
    >
      <span class="icon" part="icon">${icon(name)}</span>
      <span class="label" part="label" data-label=${label}><span>${label}</span></span>
      <span class="count" part="count"
        >${
          // In an array it is a new node: a count that becomes a share would count as a layout shift.
          share === undefined ? figure : [figure]
        }</span
      >
      ${share === undefined ? nothing : this.#voting!.renderBar(share)}
    </button>`;
  }

  /** Returns the sentence below the choices: the outcome of a vote, or the number of readers who take part. */
  #summary(words: Catalogue): string {
    if (this.failure) return this.failure(words);
    const ballot = this.ballot!;
    const { hidden, total, first } = words.reactions;
    const numbers = !ballot.answer.counts
      ? hidden
      : ballot.total
        ? total(ballot.total, this.locale.number(ballot.total))
        : first;
    return this.#voting?.summary(ballot, numbers) ?? numbers;
  }

  get #variant(): this['variant'] {
    return this.variant === 'bars' || this.variant === 'compact' ? this.variant : 'buttons';
  }

  /** Loads the code for readers who take part. Without it the poll can still be read. */
  readonly #loadVoting = async (): Promise<void> => {
    const chunk = await import('./voting-controller.js').catch(() => undefined);
    if (chunk) this.#voting ??= new chunk.VotingController(this, this.locale);
    this.#voting?.follow(this.client!, this.#signal);
  };

  async #loadLiveVotes(client: StoryClient, signal: AbortSignal): Promise<void> {
    const chunk = await import('./live-votes.js').catch(() => undefined);
    chunk?.followLiveVotes(this, client, signal);
  }

  async #loadPicker(): Promise<void> {
    if (this.#variant !== 'compact' || this.#picker) return;
    const { CompactPickerController } = await import('./compact-picker.js');
    this.#picker ??= new CompactPickerController(this, this.locale);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-reactions': ReactionsElement;
  }
}
