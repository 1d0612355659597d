import type { HeldChoice, Reactions } from '../../contract/types.js';

/**
 * A poll as one reader sees it: what the API last said, what the reader held then, and what the reader wants now.
 * Counts follow from the three, so an act shows at once and, should it fail, is undone by wanting what was held.
 */
export class Ballot {
  readonly answer: Reactions;
  readonly held: readonly string[];
  readonly wanted: readonly string[];

  constructor(answer: Reactions, held: HeldChoice | undefined | readonly string[], wanted?: readonly string[]) {
    this.answer = answer;
    this.held = held ? [held].flat() : [];
    this.wanted = wanted ?? this.held;
  }

  /** What tapping a choice makes of it: again takes it back; in a poll of one, another replaces it. */
  toggle(choice: string): Ballot {
    const { answer, held, wanted } = this;
    const others = answer.poll.multiple || wanted.includes(choice) ? wanted.filter((id) => id !== choice) : [];
    return new Ballot(answer, held, wanted.includes(choice) ? others : [...others, choice]);
  }

  /** Back to what the API knows. */
  undo(): Ballot {
    return new Ballot(this.answer, this.held);
  }

  /** By choice. A copy out of a cache may not have counted this reader yet. */
  count(id: string): number {
    const wanted = Number(this.wanted.includes(id));
    return Math.max((this.answer.counts?.[id] ?? 0) + wanted - Number(this.held.includes(id)), wanted);
  }

  /** How many readers take part. */
  get total(): number {
    const wanted = Math.sign(this.wanted.length);
    return Math.max((this.answer.total ?? 0) + wanted - Math.sign(this.held.length), wanted);
  }
}
