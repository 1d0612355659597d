import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { newId } from '../ids.js';
import { releaseLease, renewLease, takeLease } from '../storage/leases.js';
import type { Database } from '../storage/database.js';
import type { PurgedBatch, RetentionBatch, RetentionRule } from '../storage/retention-rule.js';
import { runSequentially, type Command } from '../storage/writer.js';
import { dayMs, hourMs, minuteMs, secondMs, type EpochMs } from '../time.js';

const leaseName = 'retention';
/** Renewed with every batch. After a crash, another process can go on when it ends. */
const leaseMs = minuteMs;
const maxBatchRows = 500;
const checkIntervalMs = hourMs;
/** The pause after a batch is as long as the batch took, so that other writes have half of the time. */
const maxPauseMs = secondMs;

/** Rows deleted by each rule of a run. */
export type DeletedByRule = ReadonlyMap<string, number>;

/**
 * Deletes what has expired, by the rules of the features, once a day in the whole cluster. Each batch is a small
 * transaction of its own, between which other writes run.
 */
export class Retention {
  readonly #database: Pick<Database, 'writer'>;
  readonly #log: Logger;
  readonly #rules: readonly RetentionRule[];
  readonly #onDeleted: (rule: string, count: number) => void;
  readonly #holder = newId();
  readonly #stopping = new AbortController();
  readonly #deletedByRule: Map<string, number>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  /** @param onDeleted receives the count of each batch that deleted rows */
  constructor(
    database: Pick<Database, 'writer'>,
    log: Logger,
    rules: readonly RetentionRule[],
    onDeleted: (rule: string, count: number) => void = () => undefined,
  ) {
    this.#database = database;
    this.#log = log;
    this.#rules = rules;
    this.#onDeleted = onDeleted;
    this.#deletedByRule = new Map(rules.map(({ name }) => [name, 0]));
  }

  /** Rows that this process has deleted by each rule, for metrics. */
  get deletedByRule(): DeletedByRule {
    return this.#deletedByRule;
  }

  /** Runs in the background: now, unless a process of the cluster has run within a day, and once a day from now on. */
  start(): void {
    const runIfDue = () => void this.run(Date.now(), { unlessDoneSince: Date.now() - dayMs + minuteMs });
    this.#timer = setInterval(runIfDue, checkIntervalMs).unref();
    runIfDue();
  }

  /** Ends after the current batch. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  /** Runs every rule now. */
  async purge(now: EpochMs): Promise<void> {
    await this.run(now);
  }

  /**
   * Runs every rule, unless another process does. A rule that fails is logged and runs again the next day.
   *
   * @returns the rows deleted by each rule; `undefined` where another process runs, or has run since the given time
   */
  async run(now: EpochMs, options: { readonly unlessDoneSince?: EpochMs } = {}): Promise<DeletedByRule | undefined> {
    const running = this.#running.then(() => this.#run(now, options));
    this.#running = running.catch(() => undefined);
    try {
      return await running;
    } catch (error) {
      this.#log.error({ err: error }, 'expired rows could not be deleted');
      return undefined;
    }
  }

  async #run(now: EpochMs, options: { readonly unlessDoneSince?: EpochMs }): Promise<DeletedByRule | undefined> {
    const { writer } = this.#database;
    const lease = { name: leaseName, holder: this.#holder, durationMs: leaseMs };
    if (this.#stopping.signal.aborted || (await writer.submit(takeLease, { ...lease, ...options })) !== 'taken')
      return undefined;
    const deleted = new Map<string, number>();
    let isDone = false;
    try {
      for (const rule of this.#rules) deleted.set(rule.name, await this.#runRule(rule, now));
      isDone = !this.#stopping.signal.aborted;
    } finally {
      await writer.submit(releaseLease, { ...lease, isDone });
    }
    return deleted;
  }

  /** @throws LeaseLost where another process has taken over */
  async #runRule(rule: RetentionRule, now: EpochMs): Promise<number> {
    let count = 0;
    let after: string | undefined = '';
    while (after !== undefined && !this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const batch: RetentionBatch = { now, after, maxRows: maxBatchRows };
      try {
        const purged: PurgedBatch = await this.#database.writer.submit(purgeBatch, {
          rule,
          batch,
          holder: this.#holder,
        });
        after = purged.next;
        count += purged.count;
        this.#report(rule.name, purged.count);
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        this.#log.error({ err: error, rule: rule.name }, 'expired rows could not be deleted');
        break;
      }
      await this.#pause(Math.min(performance.now() - startedAt, maxPauseMs));
    }
    return count;
  }

  #report(rule: string, count: number): void {
    if (count === 0) return;
    this.#deletedByRule.set(rule, (this.#deletedByRule.get(rule) ?? 0) + count);
    this.#onDeleted(rule, count);
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Another process has taken the lease, because this one did not renew it in time. */
class LeaseLost extends Error {}

interface RuleBatch {
  readonly rule: RetentionRule;
  readonly batch: RetentionBatch;
  readonly holder: string;
}

/** Runs one batch of a rule, while this process holds the lease. */
const purgeBatch: Command<RuleBatch, PurgedBatch> = {
  name: 'purge-batch',
  run: (transaction, batches) =>
    runSequentially(batches, async ({ rule, batch, holder }): Promise<PurgedBatch> => {
      const isHeld = await renewLease(transaction, { name: leaseName, holder, durationMs: leaseMs });
      if (!isHeld) throw new LeaseLost('Another process deletes expired rows.');
      return rule.purge(transaction, batch);
    }),
};
