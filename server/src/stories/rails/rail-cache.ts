import type { Database } from '../../storage/database.js';
import { memoryCache } from '../../storage/memory-cache.js';
import type { StoryRow } from '../../storage/tables.js';
import { dayMs, secondMs, type EpochMs } from '../../time.js';
import { decay, halfLifeMs } from './read-counter.js';

/** Published story with metadata from the publisher, ready to be listed in a rail. */
export interface PublishedStory extends StoryRow {
  readonly title: string;
  readonly publishedAt: EpochMs;
  readonly comments: number;
}

/** Lists of published stories from which rails are built. Sponsored stories are in their own list only. */
export type CandidateList = 'latest' | 'most-read' | 'editor' | 'videos' | 'sponsored';

export interface RailCandidates {
  readonly stories: readonly PublishedStory[];
  readonly readAt: EpochMs;
}

const ttlMs = 5 * secondMs;
const maxCandidates = 300;
/** Excludes old stories that search engines keep sending readers to. */
const maxMostReadAgeMs = 60 * dayMs;
/** Older counters have decayed to nearly zero. */
const maxCounterAgeMs = 14 * halfLifeMs;
const maxCounters = 2000;
/** Reads of different networks or days; fewer are not significant. */
const minReads = 3;

/** Caches the candidate lists of all sites for some seconds, so that most rails need no query. */
export class RailCache {
  readonly #database: Database;
  readonly #cache = memoryCache<Promise<RailCandidates>>(500, ttlMs);

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads a candidate list in its order. */
  read(siteId: string, name: CandidateList): Promise<RailCandidates> {
    const key = `${siteId} ${name}`;
    const known = this.#cache.get(key);
    if (known) return known;
    const reading = this.#read(siteId, name);
    this.#cache.set(key, reading);
    reading.catch(() => this.#cache.delete(key));
    return reading;
  }

  /** Drops a site's lists after its stories changed. */
  invalidate(siteId: string): void {
    for (const key of this.#cache.keys()) if (key.startsWith(`${siteId} `)) this.#cache.delete(key);
  }

  async #read(siteId: string, name: CandidateList): Promise<RailCandidates> {
    const readAt = Date.now();
    const stories =
      name === 'most-read' ? await this.#mostRead(siteId, readAt) : await this.#newest(siteId, name, readAt);
    return { stories, readAt };
  }

  #newest(siteId: string, name: Exclude<CandidateList, 'most-read'>, now: EpochMs): Promise<PublishedStory[]> {
    let query =
      name === 'sponsored'
        ? this.#published(siteId, now).where('stories.sponsorJson', 'is not', null)
        : this.#editorial(siteId, now);
    if (name === 'videos') query = query.where('stories.kind', '=', 'video');
    if (name === 'editor') query = query.where('stories.dontMiss', '=', 1);
    return query.orderBy('stories.publishedAt', 'desc').orderBy('stories.id', 'desc').limit(maxCandidates).execute();
  }

  async #mostRead(siteId: string, now: EpochMs): Promise<PublishedStory[]> {
    const counters = await this.#database.read
      .selectFrom('story_reads')
      .innerJoin('stories', 'stories.id', 'story_reads.storyId')
      .select(['stories.id', 'story_reads.value', 'story_reads.at'])
      .where('stories.siteId', '=', siteId)
      .where('stories.publishedAt', '>=', now - maxMostReadAgeMs)
      .where('story_reads.total', '>=', minReads)
      .where('story_reads.at', '>=', now - maxCounterAgeMs)
      .orderBy('story_reads.at', 'desc')
      .limit(maxCounters)
      .execute();
    const ids = counters
      .map((counter) => ({ id: counter.id, reads: decay(counter, now) }))
      .filter(({ reads }) => reads >= 1)
      .sort((a, b) => b.reads - a.reads)
      .slice(0, maxCandidates)
      .map(({ id }) => id);
    if (ids.length === 0) return [];
    const rows = await this.#editorial(siteId, now).where('stories.id', 'in', ids).execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Selects published stories that are not advertising, neither sponsored ones nor ones of that kind. */
  #editorial(siteId: string, now: EpochMs) {
    return this.#published(siteId, now)
      .where('stories.sponsorJson', 'is', null)
      .where('stories.kind', '!=', 'sponsored');
  }

  #published(siteId: string, now: EpochMs) {
    return this.#database.read
      .selectFrom('stories')
      .leftJoin('threads', 'threads.storyId', 'stories.id')
      .selectAll('stories')
      .$narrowType<{ title: string; publishedAt: EpochMs }>()
      .select((eb) => eb.fn.coalesce('threads.total', eb.lit(0)).as('comments'))
      .where('stories.siteId', '=', siteId)
      .where('stories.title', 'is not', null)
      .where('stories.publishedAt', '<=', now);
  }
}
