import { LRUCache } from 'lru-cache';

/**
 * Returns a cache that drops its least recently used entries. It grows with its content: with `max` the library would
 * allocate all slots at once, which costs megabytes and milliseconds at start.
 *
 * @param ttlMs after which an entry is stale; without it, entries stay until there are too many
 */
export function memoryCache<Value extends object | number>(maxEntries: number, ttlMs = 0): LRUCache<string, Value> {
  return new LRUCache<string, Value>({ maxSize: maxEntries, sizeCalculation: () => 1, ttl: ttlMs });
}
