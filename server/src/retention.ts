import type { Logger } from 'pino';
import { forgetOldAnswers } from './comments/answers.js';
import { forgetOldOrders } from './comments/orders.js';
import { forgetOldSubscriptions } from './newsletter/retention.js';
import type { Database } from './storage/database.js';

const dayMillis = 24 * 60 * 60_000;
const rules = [forgetOldSubscriptions, forgetOldAnswers, forgetOldOrders];

/** Deletes what is too old to keep: at start, and once a day. */
export class Retention {
  readonly #database: Database;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.forget(Date.now());
    this.#timer = setInterval(() => void this.forget(Date.now()), dayMillis).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What fails is tried again tomorrow: nobody waits for it. */
  async forget(now: number): Promise<void> {
    for (const rule of rules) {
      try {
        await this.#database.writer.submit(rule, now);
      } catch (error) {
        this.#log.error({ err: error, rule: rule.name }, 'what is too old could not be deleted');
      }
    }
  }
}
