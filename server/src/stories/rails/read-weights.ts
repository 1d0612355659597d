import { randomBytes } from 'node:crypto';
import { NetworkHasher } from '../../http/network-hash.js';
import { memoryCache } from '../../storage/memory-cache.js';
import { dayMs } from '../../time.js';

const maxNetworkStories = 100_000;

/**
 * Weighs the reads that a network sends of a story in a day: the first counts 1, the second ½, the n-th 1/n. An office or
 * a mobile carrier counts for more than one reader, but a hundred reads of one network for about five.
 *
 * Counts in the memory of this process, by hashes whose salt is random and changes every day: nothing links networks of
 * two days, and no network is stored.
 */
export class ReadWeights {
  readonly #reads = memoryCache<number>(maxNetworkStories);
  #day = -1;
  #hasher = saltedHasher();

  /** Counts a read, and returns its weight. */
  count(network: string, storyId: string, now = Date.now()): number {
    const day = Math.floor(now / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#reads.clear();
      this.#hasher = saltedHasher();
    }
    const key = this.#hasher.hash(network, storyId);
    const reads = (this.#reads.get(key) ?? 0) + 1;
    this.#reads.set(key, reads);
    return 1 / reads;
  }
}

function saltedHasher(): NetworkHasher {
  return new NetworkHasher([randomBytes(32).toString('base64')]);
}
