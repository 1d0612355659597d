import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import { Problem } from '../problem.js';
import { secondMs } from '../time.js';

/** Requests (`points`) per seconds (`duration`) and key: generous for people, who share addresses on mobile networks. */
const rules = {
  'new-reader': { points: 120, duration: 60 },
  rename: { points: 10, duration: 60 },
  reaction: { points: 60, duration: 60 },
  comment: { points: 20, duration: 60 },
  'comment-vote': { points: 120, duration: 60 },
  preview: { points: 120, duration: 60 },
  'preview-network': { points: 240, duration: 60 },
  report: { points: 20, duration: 60 },
  mute: { points: 30, duration: 60 },
  'comment-network': { points: 200, duration: 60 },
  subscription: { points: 60, duration: 60 },
  code: { points: 30, duration: 60 },
  'bounce-webhook': { points: 3000, duration: 60 },
  signal: { points: 240, duration: 60 },
} as const;

export type RateRule = keyof typeof rules;

/** Limits request rates, in the memory of this process. */
export class RateLimits {
  readonly #limiters: ReadonlyMap<RateRule, RateLimiterMemory> | undefined;

  /** @param isOn false lifts all limits, for measurements on loopback */
  constructor(isOn: boolean) {
    if (!isOn) return;
    const names = Object.keys(rules) as RateRule[];
    this.#limiters = new Map(names.map((name) => [name, new RateLimiterMemory({ keyPrefix: name, ...rules[name] })]));
  }

  /** @throws Problem `rate-limited` with the time until the next try */
  async take(rule: RateRule, key: string): Promise<void> {
    try {
      await this.#limiters?.get(rule)?.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new Problem('rate-limited', undefined, { retryAfter: refused.msBeforeNext / secondMs });
    }
  }
}
