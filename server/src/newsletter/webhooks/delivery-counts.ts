import { sql, type Kysely } from 'kysely';
import { minIdAt } from '../../ids.js';
import type { Tables } from '../../storage/tables.js';
import { dayMs, type EpochMs } from '../../time.js';

/** Older deliveries are not counted as given up: counting all would take long. */
const givenUpMs = 3 * dayMs;

/** Counts deliveries by state, and paused endpoints. */
export async function countDeliveries(read: Kysely<Tables>, now: EpochMs): Promise<Map<string, number>> {
  const deliveries = read.selectFrom('webhook_deliveries').select(sql<number>`count(*)`.as('count'));
  const count = async (query: typeof deliveries) => Number((await query.executeTakeFirst())?.count ?? 0);
  const paused = read
    .selectFrom('webhooks')
    .select(sql<number>`count(*)`.as('count'))
    .where('isActive', '=', 0);
  const [due, later, givenUp, pausedRow] = await Promise.all([
    count(deliveries.where('dueAt', '<=', now)),
    count(deliveries.where('dueAt', '>', now)),
    count(
      deliveries
        .where('id', '>=', minIdAt(now - givenUpMs))
        .where('dueAt', 'is', null)
        .where('deliveredAt', 'is', null),
    ),
    paused.executeTakeFirst(),
  ]);
  return new Map([
    ['due', due],
    ['waiting', later],
    ['given-up', givenUp],
    ['paused-endpoints', Number(pausedRow?.count ?? 0)],
  ]);
}
