import { memoryCache } from '../../storage/memory-cache.js';
import { minuteMs } from '../../time.js';

interface OrderKey {
  readonly storyId: string;
  readonly sort: string;
}

const maxOrders = 50;
/** As long as the database keeps a version that readers may still page through. */
const retentionMs = 15 * minuteMs;

/**
 * Sort orders that could not be saved, because the disk is full or the database is read-only. Their versions are times, so
 * that no saved version has the same number. Other nodes do not have them: there, a cursor of one is expired.
 */
export class UnsavedOrders<Order extends OrderKey> {
  readonly #orders = memoryCache<Order & { readonly version: number }>(maxOrders, retentionMs);

  keep(order: Order): Order & { readonly version: number } {
    const kept = { ...order, version: Date.now() };
    this.#orders.set(keyOf(order), kept);
    return kept;
  }

  /** Returns the latest version. */
  latest(key: OrderKey): (Order & { readonly version: number }) | undefined {
    return this.#orders.get(keyOf(key));
  }

  find({ version, ...key }: OrderKey & { readonly version: number }) {
    const latest = this.latest(key);
    return latest?.version === version ? latest : undefined;
  }
}

function keyOf({ storyId, sort }: OrderKey): string {
  return `${sort} ${storyId}`;
}
