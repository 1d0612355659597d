import { type CSSResult, html, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { errorSentence } from '../../base/error-sentence.js';
import { requestSignIn } from '../../base/sign-in-request.js';
import type { LocaleController } from '../../base/locale-controller.js';
import type { StoryClient } from '../../client/index.js';
import { outboxOf } from '../../client/outbox.js';
import type { Reacted } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import type { Ballot } from './ballot.js';
import { ReactEvent } from './events.js';
import { percentages } from './percentages.js';
import { votingStyles } from './voting.styles.js';

/** The sentence about a failed or queued vote, shown in place of the counts. */
export type VoteFailure = (words: Catalogue) => string;

/** The part of the element that the controller uses. */
export interface VotingHost extends ReactiveControllerHost, EventTarget {
  /** The story of {@link ballot}. */
  readonly client?: StoryClient;
  ballot?: Ballot;
  failure?: VoteFailure | undefined;
  adoptStyles(...styles: CSSResult[]): void;
  announceSummary(): void;
  refresh(): Promise<void>;
  setState(name: string, on: boolean): void;
}

/** Sends the votes of a poll through the outbox and shows its results. Loaded for readers who take part. */
export class VotingController implements ReactiveController {
  /** Votes of this widget without an outcome. */
  #castCount = 0;
  #hasVoted = false;
  /** Of the load that {@link follow} has subscribed for. */
  #followed?: AbortSignal;
  readonly #host: VotingHost;
  readonly #locale: LocaleController;

  constructor(host: VotingHost, locale: LocaleController) {
    this.#host = host;
    this.#locale = locale;
    host.addController(this);
    host.adoptStyles(votingStyles);
    host.requestUpdate();
  }

  hostUpdate(): void {
    const { ballot } = this.#host;
    const state = ballot?.answer.poll.state;
    this.#host.setState('voted', !!ballot?.wanted.length);
    for (const name of ['closed', 'frozen']) this.#host.setState(name, name === state);
  }

  get isCasting(): boolean {
    return this.#castCount > 0;
  }

  /** The reader has voted since the page was opened. */
  get hasVoted(): boolean {
    return this.#hasVoted;
  }

  /**
   * Sends the choices that the reader wants, and shows the outcome.
   *
   * @param client of the story that the choices are for: the element may show another one by now
   * @param canAsk the page may be asked to sign the reader in: where the API asks for it and the reader has just acted
   */
  async cast(
    client = this.#host.client!,
    ballot = this.#host.ballot!,
    canAsk = navigator.userActivation?.isActive ?? true,
  ): Promise<void> {
    const { wanted } = ballot;
    if (!this.isCasting && [...wanted].sort().join() === [...ballot.held].sort().join()) {
      if (this.#isLatest(wanted)) this.#host.ballot = ballot.undo();
      return;
    }
    this.#hasVoted = true;
    this.#castCount++;
    try {
      const { id } = ballot.answer.poll;
      const choice = ballot.toHeldChoice(wanted);
      const reacted = await outboxOf(client.site).castVote(client.story, id, choice, () => this.#onDelay(wanted));
      if (reacted) this.#accept(reacted, client, ballot);
      // Another tab has sent it, or a later vote has replaced it; the later one gets the answer.
      else if (this.#isLatest(wanted)) void this.#host.refresh();
    } catch (error) {
      if (this.#isLatest(wanted)) await this.#refuse(error, client, wanted, canAsk);
    } finally {
      this.#castCount--;
    }
  }

  /** Brings in the reader's own state and the votes of other widgets until the signal aborts. */
  follow(client: StoryClient, signal: AbortSignal): void {
    if (signal === this.#followed || !this.#host.ballot) return;
    this.#followed = signal;
    client.subscribe(`vote:${this.#host.ballot.answer.poll.id}`, (vote) => this.#merge(vote), signal);
    client.site.onReaderChange(() => void this.#overlay(client, signal), signal);
    void this.#overlay(client, signal);
  }

  /** Returns the share of each choice in percent. */
  shares(ballot: Ballot): number[] {
    return percentages(ballot.answer.poll.choices.map(({ id }) => ballot.count(id)));
  }

  /** Renders a share as a line. */
  renderBar(share: number): unknown {
    return html`<span class="bar" part="bar" .style=${`--_share: ${share / 100}`}></span>`;
  }

  /** Returns the sentence below the choices: of a reader who has voted, and of a poll that is over. */
  summary(ballot: Ballot, numbers: string): string {
    const { counts, poll } = ballot.answer;
    const words = this.#locale.words!.reactions;
    const chosen = counts && !poll.multiple && poll.choices.find(({ id }) => id === ballot.wanted[0]);
    // A label in another language than the sentence stays out of it.
    const isNamed = chosen && !(chosen.lang ?? this.#locale.textLang);
    const others = chosen ? ballot.count(chosen.id) - 1 : 0;
    const sentence = isNamed
      ? words[poll.id === 'reactions' ? 'feels' : 'chose'](others, this.#locale.number(others), chosen.label)
      : numbers;
    return poll.state === 'open' ? sentence : `${words[poll.state]} ${sentence}`;
  }

  /** Merges the vote of another widget. A vote of this one is merged by {@link cast}. */
  #merge(vote: Reacted): void {
    if (!this.isCasting) this.#host.ballot = this.#host.ballot!.merge(vote, vote.poll.state, vote.choice);
  }

  /** Merges the reader's own choice into the ballot: the one that the API has, or the queued one. */
  async #overlay(client: StoryClient, signal: AbortSignal): Promise<void> {
    const host = this.#host;
    const { answer, held } = host.ballot!;
    const { id } = answer.poll;
    // Without the overlay the poll can still be read and takes votes.
    const me = await client.me().catch(() => undefined);
    // The answer to a vote is newer.
    if (signal.aborted || host.ballot!.held !== held) return;
    host.ballot = host.ballot!.hold(me?.reactions[id]);
    const queued = outboxOf(client.site).queuedVote(client.story, id);
    if (!queued || this.isCasting) return;
    host.ballot = host.ballot.want(queued.choice);
    await this.cast(client, host.ballot, false);
  }

  #isLatest(wanted: readonly string[]): boolean {
    return this.#host.ballot?.wanted === wanted;
  }

  /** @param cast the ballot at the time of the vote */
  #accept(reacted: Reacted, client: StoryClient, cast: Ballot): void {
    const host = this.#host;
    const { poll, choice } = reacted;
    // The element may show another story meanwhile.
    const isShown = host.client?.isOfSameStory(client) && host.ballot?.answer.poll.id === poll.id;
    const ballot = isShown ? host.ballot! : cast;
    const previous = ballot.toHeldChoice(ballot.held);
    if (isShown) {
      const isLatest = this.#isLatest(cast.wanted);
      const hasLaterVote = !isLatest && ballot.isPending;
      host.ballot = ballot.merge(reacted, poll.state, choice, hasLaterVote ? ballot.wanted : undefined);
      if (isLatest) this.#report(undefined);
    }
    host.dispatchEvent(new ReactEvent({ poll: poll.id, choice, previous }));
  }

  #onDelay(wanted: readonly string[]): void {
    if (this.#isLatest(wanted) && !this.#host.failure) this.#report(({ reactions }) => reactions.queued);
  }

  async #refuse(error: unknown, client: StoryClient, wanted: readonly string[], canAsk: boolean): Promise<void> {
    const { code } = error as { code?: string };
    const isSignedIn = code === 'vote-needs-identity' && canAsk && (await requestSignIn(this.#host, client.site));
    // The element may show another story meanwhile.
    if (!this.#isLatest(wanted)) return;
    if (isSignedIn) return this.cast(client, this.#host.ballot, false);
    this.#host.ballot = this.#host.ballot!.undo();
    if (code === 'poll-closed' || code === 'poll-frozen') void this.#host.refresh();
    this.#report((words) => errorSentence(error, words, words.reactions.notSaved));
  }

  #report(failure: VoteFailure | undefined): void {
    this.#host.failure = failure;
    this.#host.announceSummary();
  }
}
