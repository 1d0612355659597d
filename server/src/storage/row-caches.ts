import { NoResultError } from 'kysely';
import type { Database } from './database.js';

/** A cache of rows that retention or another process may delete. */
interface RowCache {
  clearCache(): void;
}

/** The caches of rows that requests refer to: readers and stories. */
export class RowCaches {
  readonly #database: Pick<Database, 'isMissingReference'>;
  readonly #caches: readonly RowCache[];

  constructor(database: Pick<Database, 'isMissingReference'>, caches: readonly RowCache[]) {
    this.#database = database;
    this.#caches = caches;
  }

  /**
   * Runs a request again, once and with empty caches, where it refers to a row that was deleted after it was cached. A
   * deleted reader is then refused, and the key of a merged story leads to the one it was merged into.
   *
   * @param work repeats all reads; nothing of the first run was written
   */
  async retry<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#database.isMissingReference(error) && !(error instanceof NoResultError)) throw error;
      for (const cache of this.#caches) cache.clearCache();
      return work();
    }
  }
}
