import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { memoryCache } from '../storage/memory-cache.js';
import { siteKey, type KeySite } from '../sites/site-key.js';
import { secondMs } from '../time.js';

/** The content of a public response, with the tags of everything in it that may change. */
export interface PublicData<T> {
  readonly value: T;
  readonly tags: readonly string[];
  /** Set where a part could not be read. Such a response is not cached. */
  readonly hasFailed?: boolean;
}

/** A serialized public response. */
export class CachedResponse {
  readonly body: Buffer;
  readonly tags: readonly string[];
  readonly hasFailed: boolean;
  /** The name of the route that made it, for metrics. */
  readonly route: string;
  /** By the counter of the cache. */
  readonly madeAt: number;
  /** Weak, since the compressed form has the same. */
  readonly etag: string;
  #gzip: Buffer | undefined;

  constructor({ value, tags, hasFailed = false }: PublicData<unknown>, route: string, madeAt: number) {
    this.body = Buffer.from(JSON.stringify(value));
    this.tags = tags;
    this.hasFailed = hasFailed;
    this.route = route;
    this.madeAt = madeAt;
    this.etag = `W/"${hash('sha1', this.body, 'base64url')}"`;
  }

  /** Compressed at the first request that accepts it. Small bodies are not. */
  get gzip(): Buffer | undefined {
    if (this.body.length < minCompressedBytes) return undefined;
    return (this.#gzip ??= gzipSync(this.body, { level: 6 }));
  }
}

const ttlMs = 5 * secondMs;
const maxCacheBytes = 64 * 1024 * 1024;
const maxTags = 100_000;
const minCompressedBytes = 1024;

/**
 * Caches public responses by their URL.
 *
 * A write calls `drop(tag)` before it is acknowledged. A response with that tag that was begun before the drop, even one
 * still being made, is not served after it. Entries also expire after five seconds, so that changes by other processes
 * (the command line, another node) show.
 */
export class PublicCache {
  readonly #entries = new LRUCache<string, CachedResponse>({
    maxSize: maxCacheBytes,
    ttl: ttlMs,
    sizeCalculation: (entry, key) => Math.ceil(entry.body.length * 1.3) + key.length + 200,
  });
  /** The counter at the last drop of each tag. Kept longer than any entry lives. */
  readonly #droppedAt = memoryCache<number>(maxTags, 4 * ttlMs);
  #counter = 0;
  #hitCount = 0;
  #missCount = 0;

  get hitCount(): number {
    return this.#hitCount;
  }

  get missCount(): number {
    return this.#missCount;
  }

  get entryCount(): number {
    return this.#entries.size;
  }

  get(url: string): CachedResponse | undefined {
    const entry = this.#entries.get(url);
    if (!entry || !this.#isFresh(entry)) return undefined;
    this.#hitCount++;
    return entry;
  }

  /**
   * Makes a response, and caches it unless a part of it failed.
   *
   * @param make reads the value and its tags
   * @param route the name of the route, for metrics
   */
  async make(url: string, make: () => Promise<PublicData<unknown>>, route = ''): Promise<CachedResponse> {
    this.#missCount++;
    const madeAt = this.#counter;
    const entry = new CachedResponse(await make(), route, madeAt);
    if (!entry.hasFailed && this.#isFresh(entry)) this.#entries.set(url, entry);
    return entry;
  }

  /** Invalidates all responses with a tag. */
  drop(tag: string): void {
    this.#droppedAt.set(tag, ++this.#counter);
  }

  #isFresh(entry: CachedResponse): boolean {
    return entry.tags.every((tag) => (this.#droppedAt.get(tag) ?? 0) <= entry.madeAt);
  }
}

/** Makes tags, for reads and writes alike. */
export const tags = {
  site: (site: string) => `site ${site}`,
  story: (site: KeySite, key: string) => `story ${site.id} ${siteKey(site, key)}`,
};
