import { minuteMs, secondMs, type EpochMs } from '../time.js';

const minPauseMs = 5 * secondMs;
const maxPauseMs = 5 * minuteMs;
/** Nodes whose mail server went down at the same time do not all probe it at the same time. */
const jitter = 0.2;

/**
 * Keeps the mailer from a mail server that is down. Open, no mail is claimed. After a pause that doubles with every
 * failure, one probe decides; only a mail that was taken closes it.
 */
export class CircuitBreaker {
  #failureCount = 0;
  #openUntil: EpochMs = 0;

  /** True after a failure, until a mail is taken. */
  get isOpen(): boolean {
    return this.#failureCount > 0;
  }

  /** The time of the next probe. */
  get probeAt(): EpochMs {
    return this.#openUntil;
  }

  recordFailure(now: EpochMs): void {
    const pauseMs = Math.min(minPauseMs * 2 ** this.#failureCount, maxPauseMs);
    this.#failureCount += 1;
    this.#openUntil = now + pauseMs * (1 + Math.random() * jitter);
  }

  recordSuccess(): void {
    this.#failureCount = 0;
    this.#openUntil = 0;
  }
}
