import type { RetentionRule } from '../../storage/retention-rule.js';
import { dayMs } from '../../time.js';
import { idsPerRow, supersededRetentionMs, type StoredSort } from './sort-orders.js';

const unusedRetentionMs = dayMs;

/** Deletes superseded versions after 15 minutes and all versions after a day. The next read builds a new one. */
export const expiredSortOrders: RetentionRule = {
  name: 'sort-orders',
  async purge({ db }, { now, after, maxRows }) {
    const [storyId = '', sort = '', version = '0'] = after.split(' ');
    const orders = await db
      .selectFrom('thread_orders')
      .select(['storyId', 'sort', 'version', 'length', 'madeAt', 'supersededAt'])
      .where((eb) =>
        eb(eb.refTuple('storyId', 'sort', 'version'), '>', eb.tuple(storyId, sort as StoredSort, Number(version))),
      )
      .orderBy('storyId')
      .orderBy('sort')
      .orderBy('version')
      .limit(maxRows)
      .execute();
    let last: (typeof orders)[number] | undefined;
    let rowCount = 0;
    let count = 0;
    for (const order of orders) {
      const isExpired =
        (order.supersededAt ?? now) < now - supersededRetentionMs || order.madeAt < now - unusedRetentionMs;
      if (isExpired) {
        // An order is deleted with all of its rows, since readers may page through it. The first of a batch always is.
        const orderRows = 1 + Math.ceil(order.length / idsPerRow);
        if (rowCount > 0 && rowCount + orderRows > maxRows) break;
        rowCount += orderRows;
        count += 1;
        await db
          .deleteFrom('thread_orders')
          .where('storyId', '=', order.storyId)
          .where('sort', '=', order.sort)
          .where('version', '=', order.version)
          .execute();
      }
      last = order;
    }
    const isEnd = orders.length < maxRows && last === orders.at(-1);
    return { count, next: isEnd || !last ? undefined : `${last.storyId} ${last.sort} ${last.version}` };
  },
};
