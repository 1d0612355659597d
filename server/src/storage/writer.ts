import { CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** An open transaction, and what differs between the databases inside one. */
export interface Transaction {
  readonly db: Kysely<Tables>;
  /** Keeps the selected rows to ourselves until the commit. SQLite has one writer and needs no such clause. */
  locked<Query extends { forUpdate(): Query }>(query: Query): Query;
}

/**
 * One kind of write. All inputs of a kind that arrive together are run as one, so that a hundred votes cost
 * a few statements and one disk flush.
 */
export interface Command<Input, Output> {
  readonly name: string;
  /**
   * Writes all inputs in order.
   *
   * @returns one result per input; an `Error` refuses that input alone and must leave nothing of it written
   */
  run(transaction: Transaction, inputs: readonly Input[]): Promise<(Output | Error)[]>;
}

/** What the writer needs from a database: one connection and how to begin on it. */
export interface WriteConnection {
  readonly beginStatement: string;
  readonly locksRows: boolean;
  /** Whether the same transaction may succeed when run again: another node was in the way. */
  isTransient(error: unknown): boolean;
  use<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly command: Command<never, unknown>;
  readonly input: unknown;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

/** Made once: they are a part of every commit. */
const statement = {
  commit: CompiledQuery.raw('commit'),
  rollback: CompiledQuery.raw('rollback'),
  guard: CompiledQuery.raw('savepoint command'),
  undo: CompiledQuery.raw('rollback to savepoint command'),
  release: CompiledQuery.raw('release savepoint command'),
};
const mostInOneCommit = 400;
const mostTries = 3;

/**
 * Group commit: writes that arrive while the disk is busy share the next commit.
 *
 * A write is answered after its commit is on disk, and a write that fails takes none of its neighbours with it: where one
 * throws, all are run again, each kind in a savepoint, and the kind that throws one input at a time.
 */
export class Writer {
  readonly #connection: WriteConnection;
  readonly #begin: CompiledQuery;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(connection: WriteConnection) {
    this.#connection = connection;
    this.#begin = CompiledQuery.raw(connection.beginStatement);
  }

  /** Resolves with the command's output once it is durable. */
  submit<Input, Output>(command: Command<Input, Output>, input: Input): Promise<Output> {
    if (this.#closed) return Promise.reject(new Error('The writer is closed.'));
    return new Promise<Output>((resolve, reject) => {
      this.#waiting.push({
        command,
        input,
        resolve,
        reject,
      });
      this.#running ??= this.#drain();
    });
  }

  /** Takes no more writes, and resolves when those taken are durable. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let every request that has already reached the socket join this commit.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit(this.#waiting.splice(0, mostInOneCommit));
    }
    this.#running = undefined;
  }

  /**
   * @param guarded whether each kind runs in a savepoint: asked for only when one has thrown, since nearly none does and
   *   every savepoint costs every commit
   */
  async #commit(batch: Waiting[], { tries = mostTries, guarded = false } = {}): Promise<void> {
    const results = new Map<Waiting, unknown>();
    let thrown = false;
    const run = async (db: Kysely<Tables>, group: Waiting[]) => {
      if (guarded) return this.#runGuarded(db, group, results);
      try {
        await this.#run(db, group, results);
      } catch (error) {
        thrown = true;
        throw error;
      }
    };
    try {
      await this.#connection.use(async (db) => {
        await db.executeQuery(this.#begin);
        try {
          for (const group of byCommand(batch)) await run(db, group);
          await db.executeQuery(statement.commit);
        } catch (error) {
          // The first error is the one worth telling; a connection that is gone cannot roll back either.
          await db.executeQuery(statement.rollback).catch(() => undefined);
          throw error;
        }
      });
    } catch (error) {
      if (tries > 1 && this.#connection.isTransient(error)) return this.#commit(batch, { tries: tries - 1, guarded });
      if (thrown && batch.length > 1) return this.#commit(batch, { tries, guarded: true });
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    for (const waiting of batch) {
      const result = results.get(waiting);
      if (result instanceof Error) waiting.reject(result);
      else waiting.resolve(result);
    }
  }

  async #run(db: Kysely<Tables>, group: Waiting[], results: Map<Waiting, unknown>): Promise<void> {
    const transaction: Transaction = {
      db,
      locked: (query) => (this.#connection.locksRows ? query.forUpdate() : query),
    };
    const outputs = await group[0]!.command.run(transaction, group.map(({ input }) => input) as never[]);
    group.forEach((waiting, index) => results.set(waiting, outputs[index]));
  }

  /** A group that throws is undone, and run again one input at a time. */
  async #runGuarded(db: Kysely<Tables>, group: Waiting[], results: Map<Waiting, unknown>): Promise<void> {
    await db.executeQuery(statement.guard);
    try {
      await this.#run(db, group, results);
      await db.executeQuery(statement.release);
    } catch (error) {
      // The whole transaction is lost to another node's: nothing is gained by undoing a part of it.
      if (this.#connection.isTransient(error)) throw error;
      await undo(db, error);
      if (group.length > 1) for (const waiting of group) await this.#runGuarded(db, [waiting], results);
      else results.set(group[0]!, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** A full disk or a dead connection has undone more than that already; then the first error is the one to tell. */
async function undo(db: Kysely<Tables>, first: unknown): Promise<void> {
  try {
    await db.executeQuery(statement.undo);
    await db.executeQuery(statement.release);
  } catch {
    throw first;
  }
}

function byCommand(batch: Waiting[]): Waiting[][] {
  const groups = new Map<unknown, Waiting[]>();
  for (const waiting of batch) {
    const group = groups.get(waiting.command);
    if (group) group.push(waiting);
    else groups.set(waiting.command, [waiting]);
  }
  // Always in the same order, so that two nodes lock rows in the same order.
  return [...groups.values()].sort(([a], [b]) => ((a?.command.name ?? '') < (b?.command.name ?? '') ? -1 : 1));
}
