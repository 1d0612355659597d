import { sql, type Kysely } from 'kysely';
import { minIdAt } from '../../ids.js';
import { sweep } from '../../storage/retention-rule.js';
import type { Tables } from '../../storage/tables.js';
import { dayMs } from '../../time.js';

const deliveryMs = 30 * dayMs;

/** Deletes deliveries 30 days after the change, delivered or not. */
export const expiredDeliveries = sweep({
  name: 'webhook-deliveries',
  table: 'webhook_deliveries',
  key: 'id',
  endKey: (now) => minIdAt(now - deliveryMs),
  isExpired: (now) => sql`created_at < ${now - deliveryMs}`,
});

/** Deletes the deliveries of an address. */
export async function deleteDeliveriesOf(
  db: Kysely<Tables>,
  { siteId, emailKey }: { readonly siteId: string; readonly emailKey: string },
): Promise<void> {
  await db
    .deleteFrom('webhook_deliveries')
    .where('webhookId', 'in', (eb) => eb.selectFrom('webhooks').select('id').where('webhooks.siteId', '=', siteId))
    .where('emailKey', '=', emailKey)
    .execute();
}
