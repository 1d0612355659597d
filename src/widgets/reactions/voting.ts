import { catalogueFor } from '../../base/locale.js';
import { adoptStyles } from '../../base/style-sheets.js';
import { ApiError, type Place } from '../../client/index.js';
import type { HeldChoice, Reacted } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { VotingCatalogue } from '../../locales/vi-voting.js';
import { Ballot } from './ballot.js';
import { ReactEvent } from './events.js';
import { votingStyles } from './voting.styles.js';

/** What voting needs of the widget that it works for. */
export interface Voter extends EventTarget {
  poll: string;
  readonly renderRoot: ShadowRoot;
  /** @internal */
  ballot?: Ballot;
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

/** Brings what the reader wants to the API, one act after another, the last one last. Fetched by the first act. */
export class Voting {
  /** What is on its way. */
  sent?: readonly string[];
  readonly #voter: Voter;

  constructor(voter: Voter) {
    this.#voter = voter;
    adoptStyles(voter.renderRoot, [votingStyles]);
  }

  /** @returns what went wrong, after the ballot is back as it was */
  async settle(place: Place): Promise<VoteFailure | undefined> {
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
      return undefined;
    } catch (error) {
      return await this.#undo(error, place);
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

  async #undo(error: unknown, place: Place): Promise<VoteFailure> {
    this.#voter.ballot = this.#voter.ballot!.undo();
    const code = error instanceof ApiError && error.code;
    if (code === 'poll-closed' || code === 'poll-frozen') void this.#voter.refresh();
    const own = code === 'vote-needs-identity' && (await votingWords(catalogueFor(place.lang)).catch(() => undefined));
    return ({ reactions, common }) =>
      own ? own.identity : code === 'rate-limited' ? common.rateLimited : reactions.notSaved;
  }
}

const votingWords = (lang: string): Promise<VotingCatalogue> =>
  lang === 'vi'
    ? import('../../locales/vi-voting.js').then(({ viVoting }) => viVoting)
    : import('../../locales/en-voting.js').then(({ enVoting }) => enVoting);
