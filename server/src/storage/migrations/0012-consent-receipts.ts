import type { Kysely } from 'kysely';

/** Stores where a reader has agreed, to which text, and where an imported consent comes from; finds a person's rows. */
export async function addConsentReceipts({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('subscription_requests').addColumn('page', 'text').execute();
  await schema.alterTable('subscriptions').addColumn('consent_text_id', 'text').execute();
  await schema.alterTable('subscriptions').addColumn('page', 'text').execute();
  await schema.alterTable('consent_events').addColumn('page', 'text').execute();
  await schema.alterTable('consent_events').addColumn('source', 'text').execute();
  await schema
    .createIndex('subscriptions_by_person')
    .on('subscriptions')
    .columns(['site_id', 'email_key', 'newsletter_id'])
    .execute();
}
