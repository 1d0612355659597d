import { growingCache } from '../../growing-cache.js';
import type { Database } from '../../storage/database.js';
import { runKept } from '../../storage/kept-queries.js';
import { fingerprint } from '../../text.js';

/** What the rules want to know of a writer's other comments. */
export interface Standing {
  /** The last ones, newest first. */
  readonly recent: Recent[];
  /** How many are shown; counted no further than {@link mostCounted}. */
  readonly shown?: number | undefined;
}

interface Recent {
  readonly storyId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The words it says, as {@link saying} tells them apart. */
  readonly says: number;
}

const mostRecent = 20;
export const mostCounted = 20;
/** Another node may have taken a comment meanwhile: a minute later it counts here too. */
const freshMillis = 60_000;

/** How the writers of the last moments stand. Kept in memory: a thread that boils must not ask for every comment. */
export class Standings {
  readonly #database: Database;
  readonly #known = growingCache<Standing>(50_000, freshMillis);
  readonly #loading = new Map<string, Promise<void>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param counted whether it matters how many comments are shown */
  knows(readerId: string, counted: boolean): boolean {
    const known = this.#known.get(readerId);
    return known !== undefined && (!counted || known.shown !== undefined);
  }

  /** Makes {@link of} know a reader. */
  async load(readerId: string, counted: boolean): Promise<void> {
    const key = `${readerId} ${counted}`;
    let loading = this.#loading.get(key);
    if (!loading) {
      loading = this.#read(readerId, counted).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    await loading;
  }

  /** Told at once, so that of two comments in the same moment the second is judged by the first. */
  of(readerId: string): Standing {
    return this.#known.get(readerId) ?? { recent: [] };
  }

  /** What was noted did not come to be. */
  forget(readerId: string): void {
    this.#known.delete(readerId);
  }

  async #read(readerId: string, counted: boolean): Promise<void> {
    const { read } = this.#database;
    const { rows: recent } = await runKept(
      read,
      'recent comments',
      () =>
        read
          .selectFrom('comments')
          .select(['storyId', 'createdAt', 'text'])
          .where('authorId', '=', readerId)
          .orderBy('createdAt', 'desc')
          .limit(mostRecent),
      [readerId, mostRecent],
    );
    const shown = counted
      ? await read
          .selectFrom('comments')
          .select('id')
          .where('authorId', '=', readerId)
          .where('state', '=', 'visible')
          .limit(mostCounted)
          .execute()
      : undefined;
    this.#known.set(readerId, {
      recent: recent.map(({ storyId, createdAt, text }) => ({ storyId, at: createdAt, says: saying(text) })),
      shown: shown?.length,
    });
  }
}

/** Remembers what a reader is writing just now. */
export function note({ recent }: Standing, storyId: string, says: number): void {
  recent.unshift({ storyId, at: Date.now(), says });
  if (recent.length > mostRecent) recent.pop();
}

/** A number for what a comment says, whatever its case and spaces. */
export function saying(text: string): number {
  return fingerprint(text.toLowerCase().replace(/\s+/g, ' '));
}
