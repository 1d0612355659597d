import { catalogueFor } from '../../base/locale.js';
import { requestSignIn } from '../../base/sign-in-request.js';
import { adoptStyles } from '../../base/style-sheets.js';
import { ApiError, type Place } from '../../client/index.js';
import type { HeldChoice, Reacted } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { VotingCatalogue } from '../../locales/vi-voting.js';
import { Ballot } from './ballot.js';
import { ReactEvent } from './events.js';
import { votingStyles } from './voting.styles.js';
import { keepWish, wishIn } from './waiting.js';

/** What voting needs of the widget that it works for. */
export interface Voter extends EventTarget {
  poll: string;
  readonly renderRoot: ShadowRoot;
  /** @internal */
  ballot?: Ballot;
  /** @internal What is said instead of the counts. */
  failure?: VoteFailure | undefined;
  readonly isConnected: boolean;
  /** @internal Takes over what the API said after an act. */
  hear(reacted: Reacted): void;
  refresh(): Promise<void>;
}

/** What a widget says of an act that failed. */
export type VoteFailure = (words: Catalogue) => string;

/** The API's word after an act, unless an even newer one is known. The poll's words stay in this widget's language. */
export function merge(ballot: Ballot, reacted: Reacted, wanted?: readonly string[]): Ballot {
  const { poll, counts, total, version, choice } = reacted;
  const known = ballot.answer;
  const newer = version >= known.version && { counts, total, version };
  return new Ballot({ ...known, ...newer, poll: { ...known.poll, state: poll.state } }, choice, wanted);
}

/** What an act of this widget or another makes of a ballot, of which `sent` is on its way. */
export function hear(ballot: Ballot, reacted: Reacted, sent?: readonly string[]): Ballot {
  // What the reader tapped since it was sent still stands.
  return merge(ballot, reacted, sent && ballot.wanted !== sent ? ballot.wanted : undefined);
}

const firstWaitMillis = 5000;
const mostWaitMillis = 5 * 60_000;

/**
 * Brings what the reader wants to the API, one act after another, the last one last. What cannot be sent waits, and goes out when
 * the connection is back. Fetched by the first act.
 */
export class Voting {
  /** What is on its way. */
  sent?: readonly string[];
  readonly #voter: Voter;
  #words?: Promise<VotingCatalogue | undefined>;
  #wait = firstWaitMillis;
  #timer?: ReturnType<typeof setTimeout>;
  #again?: () => void;

  constructor(voter: Voter) {
    this.#voter = voter;
    adoptStyles(voter.renderRoot, [votingStyles]);
  }

  /**
   * @param mayAsk whether the page may be asked who the reader is, where the API wants to know more than that somebody votes:
   *   only when the reader has just acted, never for a vote that waited
   * @returns what went wrong: after it the ballot is back as it was, unless it waits
   */
  async settle(place: Place, mayAsk = navigator.userActivation?.isActive ?? true): Promise<VoteFailure | undefined> {
    this.#letBe();
    // Where the connection is gone later, they have to be here.
    this.#words ??= votingWords(catalogueFor(place.lang)).catch(() => (this.#words = undefined));
    try {
      while (!this.#settled) {
        const { held, wanted, answer } = this.#voter.ballot!;
        const shape = (ids: readonly string[]): HeldChoice => (answer.poll.multiple ? [...ids] : (ids[0] ?? null));
        this.sent = wanted;
        const reacted = await this.#send(place, shape(wanted));
        // Directly, since a widget that has left the page in the meantime is told nothing.
        this.#voter.hear(reacted);
        place.tell(`reactions:${this.#voter.poll}`, reacted);
        const detail = { poll: this.#voter.poll, choice: reacted.choice, previous: shape(held) };
        this.#voter.dispatchEvent(new ReactEvent(detail));
      }
      keepWish(place, this.#voter.poll);
      this.#wait = firstWaitMillis;
      return undefined;
    } catch (error) {
      if (mayAsk && codeOf(error) === 'vote-needs-identity' && (await this.#identify(place)))
        return await this.settle(place, false);
      return await this.#fail(error, place);
    } finally {
      this.sent = undefined;
    }
  }

  get #settled(): boolean {
    const { held, wanted } = this.#voter.ballot!;
    return [...held].sort().join() === [...wanted].sort().join();
  }

  #send(place: Place, choice: HeldChoice): Promise<Reacted> {
    const { story } = place;
    const { poll } = this.#voter;
    return choice?.length
      ? place.act('PUT', 'reactions', { body: { story, poll, choice } })
      : place.act('DELETE', 'reactions', { query: { story, poll } });
  }

  /** @returns whether the page has handed over who the reader is */
  async #identify(place: Place): Promise<boolean> {
    try {
      const jwt = await requestSignIn(this.#voter);
      if (!jwt) return false;
      await (await place.site.reader()).signIn(jwt);
    } catch {
      // Whoever turns back from the sign-in, or does not come through it, is told what it takes.
      return false;
    }
    // What the account holds of an earlier time is on its way here; this is newer.
    const { answer, held, wanted } = this.#voter.ballot!;
    this.#voter.ballot = new Ballot(answer, held, [...wanted]);
    return true;
  }

  async #fail(error: unknown, place: Place): Promise<VoteFailure> {
    const { poll, ballot } = this.#voter;
    const words = await this.#words;
    // Only the API can refuse: code that did not come is out of reach like the API.
    if (words && (error as Partial<ApiError>).unreachable !== false) {
      keepWish(place, poll, ballot!.wanted);
      this.#later(place);
      return () => words.waiting;
    }
    keepWish(place, poll);
    this.#voter.ballot = ballot!.undo();
    const code = codeOf(error);
    if (code === 'poll-closed' || code === 'poll-frozen') void this.#voter.refresh();
    return ({ reactions, common }) =>
      words && code === 'vote-needs-identity'
        ? words.identity
        : code === 'rate-limited'
          ? common.rateLimited
          : reactions.notSaved;
  }

  /** Tries again when the browser says that it is online, and now and then. */
  #later(place: Place): void {
    const again = async (): Promise<void> => {
      this.#letBe();
      if (this.sent || !this.#voter.isConnected) return;
      // Another tab may have sent it, or something else since.
      if (!wishIn(place, this.#voter.poll)) return void this.#voter.refresh();
      this.#voter.failure = await this.settle(place);
    };
    this.#again = () => void again();
    addEventListener('online', this.#again);
    this.#timer = setTimeout(this.#again, this.#wait * (0.5 + Math.random() / 2));
    this.#wait = Math.min(mostWaitMillis, this.#wait * 2);
  }

  #letBe(): void {
    clearTimeout(this.#timer);
    if (this.#again) removeEventListener('online', this.#again);
  }
}

const codeOf = (error: unknown) => error instanceof ApiError && error.code;

/** What is said of a choice that the API does not have. */
export const votingWords = (lang: string): Promise<VotingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-voting.js').then(({ viVoting }) => viVoting)
    : import('../../locales/en-voting.js').then(({ enVoting }) => enVoting);
