import { CompiledQuery, type Kysely } from 'kysely';
import type { Metric } from '../metric.js';
import { secondMs } from '../time.js';
import type { WriteConnection } from './driver.js';
import type { Tables } from './tables.js';
import { WriteQueue } from './write-queue.js';
import { WriterMetrics } from './writer-metrics.js';

/** An open transaction, and the differences between databases inside one. */
export interface Transaction {
  readonly db: Kysely<Tables>;
  /** Selects rows FOR NO KEY UPDATE (row lock). SQLite has one writer and needs no lock. */
  locked<Query extends { forNoKeyUpdate(): Query }>(query: Query): Query;
  /** Selects rows FOR UPDATE (row lock). Waits for transactions that have inserted rows which refer to them. */
  exclusive<Query extends { forUpdate(): Query }>(query: Query): Query;
  /** Selects rows FOR NO KEY UPDATE SKIP LOCKED: leaves out rows that another node has locked. */
  claimable<Query extends { forNoKeyUpdate(): Query; skipLocked(): Query }>(query: Query): Query;
}

/**
 * One kind of write. Inputs that arrive together run as one batch, so that a hundred votes cost a few statements and one
 * flush to disk.
 */
export interface Command<Input, Output> {
  readonly name: string;
  /**
   * Returns the story of each input whose thread, comments or polls it changes. All stories of a batch are locked before
   * its commands run, in one order. Not called where the database has one writer.
   */
  storyIds?(db: Kysely<Tables>, inputs: readonly Input[]): MaybePromise<readonly (string | undefined)[]>;
  /**
   * Writes all inputs in order.
   *
   * @returns one result per input; an `Error` refuses that input alone, of which nothing may be written
   */
  run(transaction: Transaction, inputs: readonly Input[]): Promise<(Output | Error)[]>;
}

type MaybePromise<T> = T | Promise<T>;

/** Runs inputs one after another, since each may depend on rows written by those before it. */
export async function runSequentially<Input, Output>(
  inputs: readonly Input[],
  run: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const input of inputs) outputs.push(await run(input));
  return outputs;
}

/** Follows writes of requests, and the commits that they share. */
export interface WriteTracing {
  /** @returns undefined for a write that belongs to no trace */
  begin(command: string): WriteTrace | undefined;
  /** Runs what goes on after the write, and for others: the queue. */
  detach(run: () => void): void;
  /** Runs the transaction of a batch. */
  commit<T>(batch: readonly (WriteTrace | undefined)[], run: () => Promise<T>): Promise<T>;
}

/** One write, from when it is submitted until it is durable or has failed. */
export interface WriteTrace {
  end(this: void, error?: unknown): void;
}

interface PendingWrite {
  readonly command: Command<never, unknown>;
  readonly input: unknown;
  /** The story that it changes, once that is known. */
  storyId?: string | undefined;
  readonly trace: WriteTrace | undefined;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

const statements = {
  commit: CompiledQuery.raw('commit'),
  rollback: CompiledQuery.raw('rollback'),
  savepoint: CompiledQuery.raw('savepoint command'),
  rollbackToSavepoint: CompiledQuery.raw('rollback to savepoint command'),
  releaseSavepoint: CompiledQuery.raw('release savepoint command'),
};
const maxBatchWrites = 400;
const maxTries = 5;
const maxRetryDelayMs = 60;
/** A write that has failed within this time may fail again. */
const recentMs = 10 * secondMs;
/** Transactions that may wait for locks at once, beside the main one. */
const maxParallel = 4;

/**
 * Runs writes with group commit: those that arrive while the disk is busy share the next commit.
 *
 * A write resolves after its commit is on disk. A write that throws fails alone: the batch runs again with each kind in a
 * savepoint, and the kind that throws runs one input at a time. After a lock timeout the batch leaves the way for others,
 * and each of its stories gets a transaction of its own; later writes to these stories follow it.
 */
export class Writer {
  readonly #connection: WriteConnection;
  readonly #together = new WriteQueue<PendingWrite>((batch) => this.#commitTogether(batch), maxBatchWrites);
  readonly #byStory = new WriteQueue<PendingWrite>((batch) => this.#commitByStory(batch), maxBatchWrites);
  /** Stories that may be locked by another process. */
  readonly #blockedStoryIds = new Set<string>();
  #isClosed = false;
  #failedAt = -Infinity;
  readonly #metrics = new WriterMetrics();
  readonly #tracing: WriteTracing | undefined;

  constructor(connection: WriteConnection, tracing?: WriteTracing) {
    this.#connection = connection;
    this.#tracing = tracing;
  }

  /** Resolves with the command's output once it is durable. */
  submit<Input, Output>(command: Command<Input, Output>, input: Input): Promise<Output> {
    if (this.#isClosed) return Promise.reject(new Error('The writer is closed.'));
    this.#metrics.submitted();
    const tracing = this.#tracing;
    const trace = tracing?.begin(command.name);
    const written = new Promise<Output>((resolve, reject) => {
      const add = () => this.#together.add({ command, input, trace, ...this.#metrics.settling(resolve, reject) });
      if (tracing) tracing.detach(add);
      else add();
    });
    if (trace) written.then(() => trace.end(), trace.end);
    return written;
  }

  /** Returns whether the database has failed to run a write within the last seconds. */
  get hasFailedLately(): boolean {
    return performance.now() - this.#failedAt < recentMs;
  }

  metrics(): Metric[] {
    return this.#metrics.metrics();
  }

  /** Takes no more writes, and resolves when the writes taken are durable. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#together.drained();
    await this.#byStory.drained();
  }

  async #commitTogether(batch: PendingWrite[]): Promise<void> {
    try {
      await this.#findStories(batch);
    } catch (error) {
      return this.#rejectAll(batch, error);
    }
    const isBlocked = ({ storyId }: PendingWrite) => storyId !== undefined && this.#blockedStoryIds.has(storyId);
    const free = batch.filter((write) => !isBlocked(write));
    for (const write of batch) if (isBlocked(write)) this.#byStory.add(write);
    try {
      if (free.length > 0) await this.#commitTraced(free);
    } catch (error) {
      if (!this.#connection.isLockTimeout(error)) return this.#rejectAll(free, error);
      for (const { storyId } of free) if (storyId !== undefined) this.#blockedStoryIds.add(storyId);
      for (const write of free) this.#byStory.add(write);
    }
  }

  async #commitByStory(batch: PendingWrite[]): Promise<void> {
    const groups = groupBy(batch, ({ storyId, command }) => storyId ?? command);
    const commitNext = async (): Promise<void> => {
      for (let group = groups.shift(); group; group = groups.shift()) {
        try {
          await this.#commitTraced(group);
          this.#blockedStoryIds.delete(group[0]!.storyId ?? '');
        } catch (error) {
          this.#rejectAll(group, error);
        }
      }
    };
    await Promise.all(Array.from({ length: maxParallel }, commitNext));
  }

  async #findStories(batch: PendingWrite[]): Promise<void> {
    if (!this.#connection.locksRows) return;
    for (const group of byCommand(batch)) {
      const { command } = group[0]!;
      const inputs = group.map(({ input }) => input) as never[];
      const storyIds = command.storyIds && (await this.#connection.use(async (db) => command.storyIds!(db, inputs)));
      group.forEach((write, index) => (write.storyId = storyIds?.[index]));
    }
  }

  #commitTraced(batch: PendingWrite[]): Promise<void> {
    if (!this.#tracing) return this.#commit(batch);
    return this.#tracing.commit(
      batch.map(({ trace }) => trace),
      () => this.#commit(batch),
    );
  }

  /**
   * @param usesSavepoints set only after a write has thrown, since savepoints slow down every commit
   * @throws the error that has ended the transaction, of which nothing is written
   */
  async #commit(batch: PendingWrite[], { tries = maxTries, usesSavepoints = false } = {}): Promise<void> {
    const startedAt = performance.now();
    const results = new Map<PendingWrite, unknown>();
    let hasThrown = false;
    const run = async (db: Kysely<Tables>, group: PendingWrite[]) => {
      if (usesSavepoints) return this.#runInSavepoint(db, group, results);
      try {
        await this.#run(db, group, results);
      } catch (error) {
        hasThrown = true;
        throw error;
      }
    };
    try {
      await this.#connection.use(async (db) => {
        await this.#connection.begin(db, storiesOf(batch));
        try {
          for (const group of byCommand(batch)) await run(db, group);
          await db.executeQuery(statements.commit);
        } catch (error) {
          // A broken connection cannot roll back either. The first error is the one to report.
          await db.executeQuery(statements.rollback).catch(() => undefined);
          throw error;
        }
      });
    } catch (error) {
      if (tries > 1 && this.#connection.isTransient(error)) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * maxRetryDelayMs));
        return this.#commit(batch, { tries: tries - 1, usesSavepoints });
      }
      if (hasThrown && batch.length > 1 && !this.#connection.isLockTimeout(error))
        return this.#commit(batch, { tries, usesSavepoints: true });
      throw error;
    }
    this.#metrics.committed(batch.length, performance.now() - startedAt);
    for (const write of batch) {
      const result = results.get(write);
      if (result instanceof Error) write.reject(result);
      else write.resolve(result);
    }
  }

  async #run(db: Kysely<Tables>, group: PendingWrite[], results: Map<PendingWrite, unknown>): Promise<void> {
    const transaction: Transaction = {
      db,
      locked: (query) => (this.#connection.locksRows ? query.forNoKeyUpdate() : query),
      exclusive: (query) => (this.#connection.locksRows ? query.forUpdate() : query),
      claimable: (query) => (this.#connection.locksRows ? query.forNoKeyUpdate().skipLocked() : query),
    };
    const outputs = await group[0]!.command.run(transaction, group.map(({ input }) => input) as never[]);
    group.forEach((write, index) => results.set(write, outputs[index]));
  }

  /** Runs a group in a savepoint. A group that throws is rolled back, and runs again one input at a time. */
  async #runInSavepoint(db: Kysely<Tables>, group: PendingWrite[], results: Map<PendingWrite, unknown>): Promise<void> {
    await db.executeQuery(statements.savepoint);
    try {
      await this.#run(db, group, results);
      await db.executeQuery(statements.releaseSavepoint);
    } catch (error) {
      // A conflict with another node ends the whole transaction.
      if (this.#connection.isTransient(error) || this.#connection.isLockTimeout(error)) throw error;
      await rollBackToSavepoint(db, error);
      if (group.length > 1) for (const write of group) await this.#runInSavepoint(db, [write], results);
      else {
        this.#failedAt = performance.now();
        results.set(group[0]!, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #rejectAll(batch: readonly PendingWrite[], error: unknown): void {
    this.#failedAt = performance.now();
    for (const write of batch) write.reject(error);
  }
}

/** @throws the first error where a full disk or a broken connection has already ended the transaction */
async function rollBackToSavepoint(db: Kysely<Tables>, firstError: unknown): Promise<void> {
  try {
    await db.executeQuery(statements.rollbackToSavepoint);
    await db.executeQuery(statements.releaseSavepoint);
  } catch {
    throw firstError;
  }
}

/** Returns the stories of a batch in the order in which every node locks them. */
function storiesOf(batch: readonly PendingWrite[]): string[] {
  return [...new Set(batch.flatMap(({ storyId }) => storyId ?? []))].sort();
}

/** Groups a batch by kind, in the order in which every node runs the kinds, so that row locks have one order too. */
function byCommand(batch: readonly PendingWrite[]): PendingWrite[][] {
  const groups = groupBy(batch, ({ command }) => command);
  return groups.sort(([a], [b]) => ((a?.command.name ?? '') < (b?.command.name ?? '') ? -1 : 1));
}

function groupBy(batch: readonly PendingWrite[], keyOf: (write: PendingWrite) => unknown): PendingWrite[][] {
  const groups = new Map<unknown, PendingWrite[]>();
  for (const write of batch) {
    const group = groups.get(keyOf(write));
    if (group) group.push(write);
    else groups.set(keyOf(write), [write]);
  }
  return [...groups.values()];
}
