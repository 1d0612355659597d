import { sql, type Kysely } from 'kysely';
import { counter, primary, references, required } from './columns.js';

/** Stores where changes of subscriptions are sent to, and the outbox of what is sent. */
export async function addWebhooks({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('webhooks')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', required)
    .addColumn('service', 'text', required)
    .addColumn('url', 'text', required)
    .addColumn('secret', 'text', required)
    .addColumn('settings_json', 'text', required)
    .addColumn('events_json', 'text', required)
    .addColumn('is_active', 'integer', (column) => column.notNull().defaultTo(1))
    .addColumn('allows_private', 'integer', counter)
    .addColumn('failure_count', 'integer', counter)
    .addColumn('next_attempt_at', 'bigint', counter)
    .addColumn('created_at', 'bigint', required)
    .execute();
  await schema.createIndex('webhooks_by_site').on('webhooks').columns(['site_id']).execute();
  await schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', required)
    .addColumn('webhook_id', 'text', references('webhooks.id'))
    .addColumn('email_key', 'text', required)
    .addColumn('event', 'text', required)
    .addColumn('payload_json', 'text', required)
    .addColumn('is_erasure', 'integer', counter)
    .addColumn('created_at', 'bigint', required)
    .addColumn('queued_at', 'bigint', required)
    .addColumn('due_at', 'bigint')
    .addColumn('delivered_at', 'bigint')
    .addColumn('tries', 'integer', counter)
    .addColumn('claim_id', 'text')
    .addColumn('last_error', 'text')
    .execute();
  await schema
    .createIndex('webhook_deliveries_queued')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'id'])
    .where(sql.ref('due_at'), 'is not', sql.lit(null))
    .execute();
  await schema
    .createIndex('webhook_deliveries_by_person')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'email_key', 'id'])
    .execute();
}
