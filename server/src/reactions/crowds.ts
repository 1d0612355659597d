import type { SiteSettings } from '../sites/store.js';
import { growingCache } from '../growing-cache.js';

/** A guest who is about to take part in a poll. */
export interface GuestVote {
  /** The poll on one story. */
  readonly tally: string;
  readonly readerId: string;
  /** As {@link ClientAddress} tells networks apart. */
  readonly network: string;
  readonly choices: readonly string[];
  readonly settings: SiteSettings['reactions'];
}

/** `identity`: its network has brought enough guests; `burst`: the poll should be looked at by a person first. */
export type Verdict = 'fine' | 'identity' | 'burst';

interface Minute {
  readonly number: number;
  voters: number;
  readonly choices: Map<string, number>;
}

const minuteMillis = 60_000;
const hourMillis = 60 * minuteMillis;
/** What is usual is learnt from so many minutes before. */
const usualMinutes = 10;
/** A burst is so many times what is usual … */
const timesUsual = 5;
/** … and wants, by so large a part of it, the same thing. A story that goes round brings all opinions. */
const sameShare = 0.9;

/**
 * Tells guests who come in crowds from votes that one person has made guests for. It counts in this process's memory, only
 * guests, each once an hour, and never refuses anybody whom somebody vouches for.
 */
export class Crowds {
  readonly #on: boolean;
  readonly #seen = growingCache<number>(200_000, hourMillis);
  readonly #networks = growingCache<{ guests: number }>(100_000, hourMillis);
  readonly #polls = growingCache<{ minutes: Minute[] }>(10_000, hourMillis);

  /** @param on false judges everybody fine: for measurements on loopback */
  constructor(on: boolean) {
    this.#on = on;
  }

  judge({ tally, readerId, network, choices, settings }: GuestVote, now = Date.now()): Verdict {
    const name = `${tally} ${readerId}`;
    // Who changes their mind was counted when they came.
    if (!this.#on || this.#seen.has(name)) return 'fine';
    const place = `${tally} ${network}`;
    const known = this.#networks.get(place) ?? { guests: 0 };
    const { networkGuests, burstGuests } = settings;
    if (networkGuests !== null && known.guests >= networkGuests) return 'identity';
    this.#seen.set(name, now);
    known.guests += 1;
    // Its hour goes on from the first of them.
    if (known.guests === 1) this.#networks.set(place, known);
    const minutes = this.#note(tally, choices, now);
    return burstGuests !== null && isBurst(minutes, burstGuests) ? 'burst' : 'fine';
  }

  /** After a review, what came before it is no longer held against the poll. */
  forget(tally: string): void {
    this.#polls.delete(tally);
  }

  #note(tally: string, choices: readonly string[], now: number): readonly Minute[] {
    const number = Math.floor(now / minuteMillis);
    let poll = this.#polls.get(tally);
    if (!poll) this.#polls.set(tally, (poll = { minutes: [] }));
    poll.minutes = poll.minutes.filter((minute) => minute.number >= number - usualMinutes);
    let minute = poll.minutes.find((one) => one.number === number);
    if (!minute) poll.minutes.unshift((minute = { number, voters: 0, choices: new Map() }));
    minute.voters += 1;
    for (const choice of choices) minute.choices.set(choice, (minute.choices.get(choice) ?? 0) + 1);
    return poll.minutes;
  }
}

/** @param minutes the current one first */
function isBurst([now, ...before]: readonly Minute[], least: number): boolean {
  if (!now || now.voters < least) return false;
  const usual = before.reduce((sum, { voters }) => sum + voters, 0) / usualMinutes;
  const same = Math.max(0, ...now.choices.values());
  return now.voters >= timesUsual * usual && same >= sameShare * now.voters;
}
