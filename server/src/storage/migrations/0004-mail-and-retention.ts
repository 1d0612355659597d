import { sql, type Kysely } from 'kysely';
import { counter, primary, required } from './columns.js';

/** Adds what leases of mails, caps on mails and retention need. Their columns are described in `tables.ts`. */
export async function addMailAndRetention(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  // Servers of the version before send the mails in `due_at`, and leave those in `send_at` alone.
  await schema.alterTable('mails').addColumn('send_at', 'bigint').execute();
  await schema.alterTable('mails').addColumn('claim_id', 'text').execute();
  await schema.alterTable('mails').addColumn('last_error', 'text').execute();
  await schema.createIndex('mails_send_at').on('mails').column('send_at').execute();
  await sql`update mails set send_at = due_at, due_at = null where due_at <= ${Date.now()}`.execute(db);

  await schema.alterTable('subscription_requests').addColumn('network_hash', 'text').execute();
  await schema.alterTable('subscription_requests').addColumn('due_at', 'bigint', counter).execute();
  await schema.alterTable('subscription_requests').addColumn('tries', 'integer', counter).execute();
  await schema.createIndex('subscription_requests_due').on('subscription_requests').columns(['due_at', 'id']).execute();
  await schema.alterTable('subscription_tokens').addColumn('mail_id', 'text').execute();

  await schema
    .createTable('limit_counters')
    .addColumn('key', 'text', primary)
    .addColumn('count', 'integer', required)
    .addColumn('since', 'bigint', required)
    .addColumn('last_at', 'bigint', required)
    .addColumn('expires_at', 'bigint', required)
    .execute();
  await schema
    .createTable('leases')
    .addColumn('name', 'text', primary)
    .addColumn('holder', 'text')
    .addColumn('expires_at', 'bigint', required)
    .addColumn('done_at', 'bigint', required)
    .execute();
  // Deleting a reader looks for rows that refer to it.
  await schema.createIndex('comment_reports_reader').on('comment_reports').column('reader_id').execute();
  await schema.createIndex('reader_mutes_muted').on('reader_mutes').column('muted_id').execute();
}
