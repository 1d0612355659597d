import type { Logger } from 'pino';
import type { Database } from '../../storage/database.js';
import type { Command } from '../../storage/writer.js';
import { secondMs } from '../../time.js';
import { postponeSignups } from './signup.js';

/** Delay between the response and the processing, so that the response is sent first. */
const processingDelayMs = 20;
/** Interval of queries for signups that another node has stored and not processed. */
const pollIntervalMs = 5 * secondMs;
const maxBatch = 100;

/**
 * Processes stored signups soon after their response, whichever node stored them. One that fails is tried again after a
 * delay that doubles; one that a process left when it died is taken by the next poll of any node.
 */
export class SignupWorker {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #process: Command<string, void>;
  readonly #onProcessed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #nextAt = Infinity;
  #isStarted = false;
  #isStopped = false;
  #working: Promise<void> | undefined;

  /** @param onProcessed called after signups were processed, of which mails may be due */
  constructor(database: Database, log: Logger, process: Command<string, void>, onProcessed: () => void) {
    this.#database = database;
    this.#log = log;
    this.#process = process;
    this.#onProcessed = onProcessed;
  }

  /** Processes what was stored before, and polls from now on. */
  start(): void {
    this.#isStarted = true;
    this.#isStopped = false;
    this.#schedule(0);
  }

  /** Processes soon. Called after a signup was stored. */
  wake(): void {
    this.#schedule(processingDelayMs);
  }

  /** Waits for running work. Unprocessed signups stay stored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#nextAt = Infinity;
    await this.#working;
  }

  #schedule(delayMs: number): void {
    const at = Date.now() + delayMs;
    if (this.#isStopped || at >= this.#nextAt) return;
    clearTimeout(this.#timer);
    this.#nextAt = at;
    this.#timer = setTimeout(() => {
      this.#nextAt = Infinity;
      this.#working = (this.#working ?? Promise.resolve()).then(() => this.#work());
    }, delayMs).unref();
  }

  async #work(): Promise<void> {
    let delayMs = pollIntervalMs;
    try {
      let ids: string[];
      do {
        ids = await this.#readDue();
        await Promise.all(ids.map((id) => this.#processOne(id)));
      } while (ids.length === maxBatch && !this.#isStopped);
      const next = await this.#database.read
        .selectFrom('subscription_requests')
        .select('dueAt')
        .orderBy('dueAt')
        .limit(1)
        .executeTakeFirst();
      if (next) delayMs = Math.min(delayMs, Math.max(processingDelayMs, next.dueAt - Date.now()));
    } catch (error) {
      this.#log.error({ err: error }, 'signups could not be processed; they are tried again');
    }
    // Without `start`, as in commands, only what is stored here is processed.
    if (this.#isStarted || delayMs < pollIntervalMs) this.#schedule(delayMs);
  }

  async #readDue(): Promise<string[]> {
    const rows = await this.#database.read
      .selectFrom('subscription_requests')
      .select('id')
      .where('dueAt', '<=', Date.now())
      .orderBy('dueAt')
      .orderBy('id')
      .limit(maxBatch)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** @throws Error where the database can store nothing, as in an outage */
  async #processOne(id: string): Promise<void> {
    try {
      await this.#database.writer.submit(this.#process, id);
      this.#onProcessed();
    } catch (error) {
      this.#log.error({ err: error, request: id }, 'a signup could not be processed; it is tried again');
      await this.#database.writer.submit(postponeSignups, id);
    }
  }
}
