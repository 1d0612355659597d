import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { growingCache } from '../growing-cache.js';

/** What a public answer shows, and the tags of what would change it. */
export interface Shown<T> {
  readonly value: T;
  readonly tags: readonly string[];
  /** Whether something of it failed on our side: then nobody may keep it. */
  readonly failed?: boolean;
}

/** A public answer, ready to be sent as it is. */
export class CachedAnswer {
  readonly body: Buffer;
  readonly tags: readonly string[];
  readonly failed: boolean;
  readonly madeAt: number;
  /** Weak, since it stands for the compressed form too. */
  readonly etag: string;
  #gzip: Buffer | undefined;

  constructor({ value, tags, failed = false }: Shown<unknown>, madeAt: number) {
    this.body = Buffer.from(JSON.stringify(value));
    this.tags = tags;
    this.failed = failed;
    this.madeAt = madeAt;
    this.etag = `W/"${createHash('sha1').update(this.body).digest('base64url')}"`;
  }

  /** Compressed at the first request that can read it; small bodies are not worth it. */
  get gzip(): Buffer | undefined {
    if (this.body.length < worthCompressing) return undefined;
    return (this.#gzip ??= gzipSync(this.body, { level: 6 }));
  }
}

const freshMillis = 5000;
const mostBytes = 64 * 1024 * 1024;
const worthCompressing = 1024;

/**
 * Public answers, by the URL as asked.
 *
 * Each carries the tags of what it shows. `drop(tag)` before a write is acknowledged, and no answer that was begun
 * before the drop is served after it, not even one still being made. Entries also age out after five seconds,
 * which is how a change made by another process (a command line, another node) comes through.
 */
export class PublicCache {
  readonly #entries = new LRUCache<string, CachedAnswer>({
    maxSize: mostBytes,
    ttl: freshMillis,
    sizeCalculation: (entry, key) => Math.ceil(entry.body.length * 1.3) + key.length + 200,
  });
  /** When each tag last changed, on a counter of our own; kept longer than any entry lives. */
  readonly #dropped = growingCache<number>(100_000, 4 * freshMillis);
  #clock = 0;

  get(url: string): CachedAnswer | undefined {
    const entry = this.#entries.get(url);
    return entry && this.#isFresh(entry) ? entry : undefined;
  }

  /**
   * Makes an answer and keeps it, unless something of it failed.
   *
   * @param make returns the value to send and the tags of all it shows
   */
  async make(url: string, make: () => Promise<Shown<unknown>>): Promise<CachedAnswer> {
    const madeAt = this.#clock;
    const entry = new CachedAnswer(await make(), madeAt);
    if (!entry.failed && this.#isFresh(entry)) this.#entries.set(url, entry);
    return entry;
  }

  /** Whatever shows this is out of date from now on. */
  drop(tag: string): void {
    this.#dropped.set(tag, ++this.#clock);
  }

  #isFresh(entry: CachedAnswer): boolean {
    return entry.tags.every((tag) => (this.#dropped.get(tag) ?? 0) <= entry.madeAt);
  }
}

/** Tags are made in one place, so that who shows a thing and who changes it mean the same. */
export const tags = {
  site: (site: string) => `site ${site}`,
  story: (site: string, key: string) => `story ${site} ${key}`,
};
