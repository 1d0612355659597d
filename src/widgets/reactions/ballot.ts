import type { HeldChoice, Reacted, Reactions } from '../../contract/types.js';

/**
 * A poll as one reader sees it: what the API last said, what the reader held then, and what the reader wants now.
 * Counts follow from the three, so an act shows at once and, should it fail, is undone by wanting what was held.
 */
export class Ballot {
  readonly answer: Reactions;
  readonly held: readonly string[];
  readonly wanted: readonly string[];

  constructor(answer: Reactions, held: readonly string[] = [], wanted = held) {
    this.answer = answer;
    this.held = held;
    this.wanted = wanted;
  }

  /** What tapping a choice makes of it: again takes it back; in a poll of one, another replaces it. */
  toggle(choice: string): Ballot {
    const without = this.wanted.filter((id) => id !== choice);
    const taken = without.length < this.wanted.length;
    const rest = this.answer.poll.multiple ? without : [];
    return new Ballot(this.answer, this.held, taken ? without : [...rest, choice]);
  }

  /** Back to what the API knows. */
  undo(): Ballot {
    return new Ballot(this.answer, this.held);
  }

  /** The API's newer word, with the poll's own words kept: another widget may have asked in another language. */
  merge(reacted: Reacted, wanted?: readonly string[]): Ballot {
    const older = reacted.version < this.answer.version;
    const { counts, total, version } = older ? this.answer : reacted;
    const poll = { ...this.answer.poll, state: reacted.poll.state };
    return new Ballot({ poll, counts, total, version }, listed(reacted.choice), wanted);
  }

  get settled(): boolean {
    return sorted(this.held) === sorted(this.wanted);
  }

  get counts(): Record<string, number> | undefined {
    const { counts, poll } = this.answer;
    return counts && Object.fromEntries(poll.choices.map(({ id }) => [id, this.#corrected(counts[id] ?? 0, id)]));
  }

  /** How many readers take part. */
  get total(): number | undefined {
    const { total } = this.answer;
    if (total === undefined) return undefined;
    return Math.max(total + Math.sign(this.wanted.length) - Math.sign(this.held.length), Math.sign(this.wanted.length));
  }

  /** A copy out of a cache may not have counted this reader yet. */
  #corrected(count: number, id: string): number {
    const wanted = Number(this.wanted.includes(id));
    return Math.max(count + wanted - Number(this.held.includes(id)), wanted);
  }
}

export function listed(choice: HeldChoice | undefined): string[] {
  return choice ? [choice].flat() : [];
}

function sorted(ids: readonly string[]): string {
  return [...ids].sort().join();
}
