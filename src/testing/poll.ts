import type { HeldChoice, Poll, Reacted, Reactions } from '../contract/types.js';
import { createPoll } from './fixtures.js';

/** A poll with its votes: those of all readers as numbers, and the choice of the one reader. */
export class InMemoryPoll {
  /** Fields that differ from those of `createPoll`. */
  settings: Partial<Poll> = {};
  counts: Record<string, number> = { great: 1203, like: 418, fun: 95, improve: 37 };
  /** The reader's own choice, which `counts` includes. */
  choice: HeldChoice = null;
  version = 1;

  /** Returns what `GET /reactions` answers. */
  reactions(lang?: string): Reactions {
    const poll = createPoll(this.settings, lang);
    const isHidden = poll.results === 'after-closing' && poll.state !== 'closed';
    const total = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    return { poll, version: this.version, ...(!isHidden && { counts: { ...this.counts }, total }) };
  }

  /** Replaces the reader's choice and counts it. */
  react(choice: HeldChoice, lang?: string): Reacted {
    for (const id of [this.choice ?? []].flat()) this.counts[id] = (this.counts[id] ?? 0) - 1;
    for (const id of [choice ?? []].flat()) this.counts[id] = (this.counts[id] ?? 0) + 1;
    this.choice = choice;
    this.version++;
    return { ...this.reactions(lang), choice };
  }
}
