import { growingCache } from '../growing-cache.js';
import type { Database } from '../storage/database.js';
import { decayed, halfLifeMillis } from './reads.js';
import type { PublishedStory } from './story-shape.js';

/** A list of a site's published stories, from which rails are drawn. Advertising stands on its own shelf only. */
export type ShelfName = 'latest' | 'most-read' | 'editor' | 'videos' | 'sponsored';

export interface Shelf {
  readonly stories: readonly PublishedStory[];
  readonly madeAt: number;
}

const freshMillis = 5000;
const most = 300;
const dayMillis = 24 * 60 * 60 * 1000;
/** Older stories are not what people mean by "most read", however often they are found by a search. */
const oldestMostReadMillis = 60 * dayMillis;
/** After so many half-lives nothing is left of what a large site's readers do in a day. */
const forgottenMillis = 14 * halfLifeMillis;
const mostCounted = 2000;
/** Fewer reads than this say nothing about a story. */
const leastReads = 3;

/** The shelves of all sites, kept for some seconds, so that drawing a rail seldom costs a query. */
export class Shelves {
  readonly #database: Database;
  readonly #known = growingCache<Promise<Shelf>>(500, freshMillis);

  constructor(database: Database) {
    this.#database = database;
  }

  /** The stories of a shelf, in its order. */
  read(siteId: string, name: ShelfName): Promise<Shelf> {
    const key = `${siteId} ${name}`;
    const known = this.#known.get(key);
    if (known) return known;
    const reading = this.#read(siteId, name);
    this.#known.set(key, reading);
    reading.catch(() => this.#known.delete(key));
    return reading;
  }

  /** Forgets a site's shelves, after its stories changed. */
  forget(siteId: string): void {
    for (const key of this.#known.keys()) if (key.startsWith(`${siteId} `)) this.#known.delete(key);
  }

  async #read(siteId: string, name: ShelfName): Promise<Shelf> {
    const madeAt = Date.now();
    const stories =
      name === 'most-read' ? await this.#mostRead(siteId, madeAt) : await this.#newest(siteId, name, madeAt);
    return { stories, madeAt };
  }

  #newest(siteId: string, name: Exclude<ShelfName, 'most-read'>, now: number): Promise<PublishedStory[]> {
    let query =
      name === 'sponsored'
        ? this.#published(siteId, now).where('stories.sponsorJson', 'is not', null)
        : this.#newsroom(siteId, now);
    if (name === 'videos') query = query.where('stories.kind', '=', 'video');
    if (name === 'editor') query = query.where('stories.dontMiss', '=', 1);
    return query.orderBy('stories.publishedAt', 'desc').orderBy('stories.id', 'desc').limit(most).execute();
  }

  async #mostRead(siteId: string, now: number): Promise<PublishedStory[]> {
    const counters = await this.#database.read
      .selectFrom('story_reads')
      .innerJoin('stories', 'stories.id', 'story_reads.storyId')
      .select(['stories.id', 'story_reads.value', 'story_reads.at'])
      .where('stories.siteId', '=', siteId)
      .where('stories.publishedAt', '>=', now - oldestMostReadMillis)
      .where('story_reads.total', '>=', leastReads)
      .where('story_reads.at', '>=', now - forgottenMillis)
      .orderBy('story_reads.at', 'desc')
      .limit(mostCounted)
      .execute();
    const ids = counters
      .map((counter) => ({ id: counter.id, reads: decayed(counter, now) }))
      .filter(({ reads }) => reads >= 1)
      .sort((a, b) => b.reads - a.reads)
      .slice(0, most)
      .map(({ id }) => id);
    if (ids.length === 0) return [];
    const rows = await this.#newsroom(siteId, now).where('stories.id', 'in', ids).execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** What may stand in every rail: advertising, labelled or not, may not. */
  #newsroom(siteId: string, now: number) {
    return this.#published(siteId, now)
      .where('stories.sponsorJson', 'is', null)
      .where('stories.kind', '!=', 'sponsored');
  }

  #published(siteId: string, now: number) {
    return this.#database.read
      .selectFrom('stories')
      .leftJoin('threads', 'threads.storyId', 'stories.id')
      .selectAll('stories')
      .$narrowType<{ title: string; publishedAt: number }>()
      .select((eb) => eb.fn.coalesce('threads.total', eb.lit(0)).as('comments'))
      .where('stories.siteId', '=', siteId)
      .where('stories.title', 'is not', null)
      .where('stories.publishedAt', '<=', now);
  }
}
