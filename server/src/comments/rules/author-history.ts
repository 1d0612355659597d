import type { Database } from '../../storage/database.js';
import { memoryCache } from '../../storage/memory-cache.js';
import { runCached } from '../../storage/statement-cache.js';
import { fingerprint } from '../../text.js';
import { minuteMs, type EpochMs } from '../../time.js';

/** Recent activity of an author, as far as the rules need it. */
export interface AuthorHistory {
  /** Most recent comments, newest first. */
  readonly recent: RecentComment[];
  /** Number of visible comments, capped at {@link maxVisibleCount}; `undefined` if not counted. */
  readonly visibleCount?: number | undefined;
}

interface RecentComment {
  readonly storyId: string;
  readonly at: EpochMs;
  /** Hash of the text; see {@link hashText}. */
  readonly textHash: number;
}

const maxRecent = 20;
export const maxVisibleCount = 20;
/** Bounds the staleness where another node has accepted comments of the same author. */
const ttlMs = minuteMs;

/** Caches the recent comments of active authors in memory, so that a busy thread needs no query per comment. */
export class AuthorHistories {
  readonly #database: Database;
  readonly #cache = memoryCache<AuthorHistory>(50_000, ttlMs);
  readonly #loading = new Map<string, Promise<void>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param counted true if `visibleCount` must be known */
  has(readerId: string, counted: boolean): boolean {
    const known = this.#cache.get(readerId);
    return known !== undefined && (!counted || known.visibleCount !== undefined);
  }

  /** Reads an author's history into the cache. Concurrent calls share one query. */
  async load(readerId: string, counted: boolean): Promise<void> {
    const key = `${readerId} ${counted}`;
    let loading = this.#loading.get(key);
    if (!loading) {
      loading = this.#read(readerId, counted).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    await loading;
  }

  /** Returns the history synchronously, so that of two concurrent comments the second sees the first. */
  get(readerId: string): AuthorHistory {
    return this.#cache.get(readerId) ?? { recent: [] };
  }

  /** Drops an author's history, because a recorded comment was not stored. */
  invalidate(readerId: string): void {
    this.#cache.delete(readerId);
  }

  async #read(readerId: string, counted: boolean): Promise<void> {
    const { read } = this.#database;
    const { rows: recent } = await runCached(
      read,
      'recent comments',
      () =>
        read
          .selectFrom('comments')
          .select(['storyId', 'createdAt', 'text'])
          .where('authorId', '=', readerId)
          .orderBy('createdAt', 'desc')
          .limit(maxRecent),
      [readerId, maxRecent],
    );
    const shown = counted
      ? await read
          .selectFrom('comments')
          .select('id')
          .where('authorId', '=', readerId)
          .where('state', '=', 'visible')
          .limit(maxVisibleCount)
          .execute()
      : undefined;
    this.#cache.set(readerId, {
      recent: recent.map(({ storyId, createdAt, text }) => ({ storyId, at: createdAt, textHash: hashText(text) })),
      visibleCount: shown?.length,
    });
  }
}

/** Records a comment before it is stored. */
export function addRecentComment({ recent }: AuthorHistory, storyId: string, textHash: number): void {
  recent.unshift({ storyId, at: Date.now(), textHash });
  if (recent.length > maxRecent) recent.pop();
}

/** Returns a hash of the text that ignores case and white space. */
export function hashText(text: string): number {
  return fingerprint(text.toLowerCase().replace(/\s+/g, ' '));
}
