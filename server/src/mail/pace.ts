import { setTimeout as sleep } from 'node:timers/promises';
import { minuteMs, type EpochMs } from '../time.js';

/** Spreads mails evenly over each minute, where a mail server allows so many. Connections take turns. */
export class Pace {
  readonly #intervalMs: number;
  #nextAt: EpochMs = 0;

  /** @param perMinute undefined for no limit */
  constructor(perMinute: number | undefined) {
    this.#intervalMs = perMinute === undefined ? 0 : minuteMs / perMinute;
  }

  /** Takes the turn of one mail, and waits for it. @returns false where the signal ends the wait */
  async take(signal: AbortSignal): Promise<boolean> {
    const now = Date.now();
    const turnAt = Math.max(now, this.#nextAt);
    this.#nextAt = turnAt + this.#intervalMs;
    if (turnAt === now) return true;
    try {
      await sleep(turnAt - now, undefined, { signal, ref: false });
      return true;
    } catch {
      return false;
    }
  }

  /** Gives a turn back that no mail was sent in. */
  giveBack(): void {
    this.#nextAt -= this.#intervalMs;
  }
}
