import type { HeldChoice, Reactions } from '../../contract/types.js';

type Tally = Pick<Reactions, 'counts' | 'total' | 'version'>;
type Choices = HeldChoice | readonly string[] | undefined;

/**
 * A poll as one reader sees it: the API's latest answer, the choices that the reader holds by then, and those that the
 * reader wants. Counts follow from the three, so that a vote shows optimistically and can be undone. Immutable.
 */
export class Ballot {
  readonly answer: Reactions;
  readonly held: readonly string[];
  readonly wanted: readonly string[];

  constructor(answer: Reactions, held?: Choices, wanted?: Choices) {
    this.answer = answer;
    this.held = toArray(held);
    this.wanted = wanted === undefined ? this.held : toArray(wanted);
  }

  /** A vote is on its way. */
  get isPending(): boolean {
    return this.wanted !== this.held;
  }

  /** Adds a choice, in place of another one unless the poll takes several; removes a choice that is already set. */
  toggle(choice: string): Ballot {
    const { answer, held, wanted } = this;
    const isWanted = wanted.includes(choice);
    const others = answer.poll.multiple || isWanted ? wanted.filter((id) => id !== choice) : [];
    return new Ballot(answer, held, isWanted ? others : [...others, choice]);
  }

  /** Replaces what the reader wants. */
  want(choices: Choices): Ballot {
    return new Ballot(this.answer, this.held, choices);
  }

  /** Replaces what the reader holds; a pending vote stays. */
  hold(choices: Choices): Ballot {
    return new Ballot(this.answer, choices, this.isPending ? this.wanted : undefined);
  }

  /** Returns to what the reader holds. */
  undo(): Ballot {
    return new Ballot(this.answer, this.held);
  }

  /** Takes over the answer of another load. The choices stay, and so do newer counts. */
  renew(answer: Reactions): Ballot {
    const { held, wanted } = this;
    const renewed = new Ballot(answer, held, wanted);
    return this.answer.version > answer.version ? renewed.merge(this.answer, undefined, held, wanted) : renewed;
  }

  /** Takes over counts, unless they are older, and the state. The poll's texts stay: they are in the widget's language. */
  merge(
    { counts, total, version }: Tally,
    state?: Reactions['poll']['state'],
    held: Choices = this.held,
    wanted?: Choices,
  ): Ballot {
    const { answer } = this;
    const tally = version >= answer.version && { counts, total, version };
    const poll = { ...answer.poll, state: state ?? answer.poll.state };
    return new Ballot({ ...answer, ...tally, poll }, held, wanted);
  }

  /** Returns choices in the form in which the API takes them. */
  toHeldChoice(choices: readonly string[]): HeldChoice {
    return this.answer.poll.multiple ? [...choices] : (choices[0] ?? null);
  }

  /** Returns the count of a choice. A cached answer may not include this reader yet. */
  count(id: string): number {
    const wanted = Number(this.wanted.includes(id));
    return Math.max((this.answer.counts?.[id] ?? 0) + wanted - Number(this.held.includes(id)), wanted);
  }

  /** The number of readers who take part. */
  get total(): number {
    const wanted = Math.sign(this.wanted.length);
    return Math.max((this.answer.total ?? 0) + wanted - Math.sign(this.held.length), wanted);
  }
}

function toArray(choices: Choices): readonly string[] {
  return typeof choices === 'string' ? [choices] : (choices ?? []);
}
