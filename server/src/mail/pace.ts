import { minuteMs, type EpochMs } from '../time.js';

/** Spreads mails evenly over each minute, where a mail server allows so many. */
export class Pace {
  readonly #intervalMs: number;
  #nextAt: EpochMs = 0;

  /** @param perMinute undefined for no limit */
  constructor(perMinute: number | undefined) {
    this.#intervalMs = perMinute === undefined ? 0 : minuteMs / perMinute;
  }

  /** The time of the next mail. */
  get nextAt(): EpochMs {
    return this.#nextAt;
  }

  /** Takes the turn of one mail. @returns false before the next is due */
  take(now: EpochMs): boolean {
    if (now < this.#nextAt) return false;
    this.#nextAt = now + this.#intervalMs;
    return true;
  }

  /** Gives a turn back that no mail was sent in. */
  giveBack(): void {
    this.#nextAt = 0;
  }
}
