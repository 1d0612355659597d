import { hash } from 'node:crypto';
import { growingCache } from '../../growing-cache.js';
import type { Database } from '../../storage/database.js';

/** What the rules want to know of a writer's other comments. */
export interface Standing {
  /** The last ones, newest first. */
  readonly recent: readonly Recent[];
  /** How many are shown; counted no further than {@link mostCounted}. */
  readonly shown: number;
}

interface Recent {
  readonly storyId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A hash of the words it says. */
  readonly says: string;
}

const nothing: Standing = { recent: [], shown: 0 };
const mostRecent = 20;
export const mostCounted = 20;
/** Another node may have taken a comment meanwhile. */
const freshMillis = 5000;

/** How the writers of the last moments stand. Kept in memory: a thread that boils must not ask for every comment. */
export class Standings {
  readonly #database: Database;
  readonly #known = growingCache<Standing>(50_000, freshMillis);
  readonly #loading = new Map<string, Promise<void>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes {@link of} know a reader. */
  async load(readerId: string): Promise<void> {
    if (this.#known.has(readerId)) return;
    let loading = this.#loading.get(readerId);
    if (!loading) {
      loading = this.#read(readerId).finally(() => this.#loading.delete(readerId));
      this.#loading.set(readerId, loading);
    }
    await loading;
  }

  /** Told at once, so that of two comments in the same moment the second is judged by the first. */
  of(readerId: string): Standing {
    return this.#known.get(readerId) ?? nothing;
  }

  /** Remembers what a reader is writing just now. */
  note(readerId: string, storyId: string, says: string): void {
    const { recent, shown } = this.of(readerId);
    const now = { storyId, at: Date.now(), says };
    // What was known stays as old as it was.
    const ttl = this.#known.getRemainingTTL(readerId) || freshMillis;
    this.#known.set(readerId, { recent: [now, ...recent].slice(0, mostRecent), shown }, { ttl });
  }

  /** What was noted did not come to be. */
  forget(readerId: string): void {
    this.#known.delete(readerId);
  }

  async #read(readerId: string): Promise<void> {
    const { read } = this.#database;
    const recent = await read
      .selectFrom('comments')
      .select(['storyId', 'createdAt', 'text'])
      .where('authorId', '=', readerId)
      .orderBy('createdAt', 'desc')
      .limit(mostRecent)
      .execute();
    const shown = await read
      .selectFrom('comments')
      .select('id')
      .where('authorId', '=', readerId)
      .where('state', '=', 'visible')
      .limit(mostCounted)
      .execute();
    this.#known.set(readerId, {
      recent: recent.map(({ storyId, createdAt, text }) => ({ storyId, at: createdAt, says: saying(text) })),
      shown: shown.length,
    });
  }
}

/** A hash of what a comment says, whatever its case and spaces. */
export function saying(text: string): string {
  return hash('sha256', text.toLowerCase().replace(/\s+/g, ' '), 'base64url').slice(0, 16);
}
