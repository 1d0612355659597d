import { LRUCache } from 'lru-cache';

/**
 * A cache of at most so many entries, which forgets those that were not used for longest. It counts by size: told a
 * `max`, the library takes room for all of them at once, megabytes and milliseconds of every start.
 *
 * @param most how many entries
 * @param freshMillis how long each is good for; without it until it is forgotten
 */
export function growingCache<Value extends object | number>(most: number, freshMillis = 0): LRUCache<string, Value> {
  return new LRUCache<string, Value>({ maxSize: most, sizeCalculation: () => 1, ttl: freshMillis });
}
