import type { SiteSettings } from '../sites/store.js';
import { memoryCache } from '../storage/memory-cache.js';
import { hourMs, minuteMs, type EpochMs } from '../time.js';

/** Who votes on what. */
export interface CountedGuest {
  /** Key of the tally: one poll on one story, or one comment. */
  readonly tallyKey: string;
  readonly readerId: string;
  /** Network of the client; see {@link ClientAddress}. */
  readonly network: string;
}

/** Vote in a poll that a guest is about to cast. */
export interface GuestVote extends CountedGuest {
  readonly choices: readonly string[];
  readonly settings: SiteSettings['reactions'];
}

/** `identity`: the network has reached its limit of guests. `burst`: the poll should be frozen for a review. */
export type Verdict = 'ok' | 'identity' | 'burst';

interface Minute {
  readonly number: number;
  voters: number;
  readonly choices: Map<string, number>;
}

/** Length of the window before the current minute, from which the baseline is computed. */
const baselineMinutes = 10;
/** A burst has at least this multiple of the baseline … */
const burstFactor = 5;
/** … and at least this share of votes for one choice. Real readers of a popular story hold different opinions. */
const minSameChoiceShare = 0.9;

/**
 * Detects votes of many guests created by one person. Counts guests only, each once an hour, in the memory of this
 * process; identified readers are never refused.
 */
export class BurstDetector {
  readonly #enabled: boolean;
  readonly #countedVotes = memoryCache<number>(200_000, hourMs);
  readonly #guestsByNetwork = memoryCache<{ guests: number }>(100_000, hourMs);
  readonly #minutesByTally = memoryCache<{ minutes: Minute[] }>(10_000, hourMs);

  /** @param enabled `false` accepts every vote: for benchmarks on loopback */
  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  check({ choices, settings, ...guest }: GuestVote, now = Date.now()): Verdict {
    const counted = this.#countGuest(guest, settings.networkGuests, now);
    if (counted === 'before') return 'ok';
    if (counted === 'refused') return 'identity';
    const { burstGuests } = settings;
    const minutes = this.#count(guest.tallyKey, choices, now);
    return burstGuests !== null && isBurst(minutes, burstGuests) ? 'burst' : 'ok';
  }

  /** Counts a guest, and returns false where the guest's network has reached the limit within the hour. */
  allowsGuest(guest: CountedGuest, maxGuests: number | null, now = Date.now()): boolean {
    return this.#countGuest(guest, maxGuests, now) !== 'refused';
  }

  /** Clears the counts of a tally after a review. */
  reset(tallyKey: string): void {
    this.#minutesByTally.delete(tallyKey);
  }

  /** @returns `before` for a guest that was counted, whose vote only changes */
  #countGuest(
    { tallyKey, readerId, network }: CountedGuest,
    maxGuests: number | null,
    now: EpochMs,
  ): 'now' | 'before' | 'refused' {
    const voteKey = `${tallyKey} ${readerId}`;
    if (!this.#enabled || this.#countedVotes.has(voteKey)) return 'before';
    const networkKey = `${tallyKey} ${network}`;
    const known = this.#guestsByNetwork.get(networkKey) ?? { guests: 0 };
    if (maxGuests !== null && known.guests >= maxGuests) return 'refused';
    this.#countedVotes.set(voteKey, now);
    known.guests += 1;
    // The entry keeps its expiry: one hour after the first guest of the network.
    if (known.guests === 1) this.#guestsByNetwork.set(networkKey, known);
    return 'now';
  }

  #count(tallyKey: string, choices: readonly string[], now: EpochMs): readonly Minute[] {
    const number = Math.floor(now / minuteMs);
    let poll = this.#minutesByTally.get(tallyKey);
    if (!poll) this.#minutesByTally.set(tallyKey, (poll = { minutes: [] }));
    poll.minutes = poll.minutes.filter((minute) => minute.number >= number - baselineMinutes);
    let minute = poll.minutes.find((one) => one.number === number);
    if (!minute) poll.minutes.unshift((minute = { number, voters: 0, choices: new Map() }));
    minute.voters += 1;
    for (const choice of choices) minute.choices.set(choice, (minute.choices.get(choice) ?? 0) + 1);
    return poll.minutes;
  }
}

/** @param minutes counts per minute, the current minute first */
function isBurst([current, ...before]: readonly Minute[], minVoters: number): boolean {
  if (!current || current.voters < minVoters) return false;
  const baseline = before.reduce((sum, { voters }) => sum + voters, 0) / baselineMinutes;
  const same = Math.max(0, ...current.choices.values());
  return current.voters >= burstFactor * baseline && same >= minSameChoiceShare * current.voters;
}
