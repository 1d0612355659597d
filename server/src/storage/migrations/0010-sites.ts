import type { Kysely } from 'kysely';

/**
 * Stores the server key that a rotation has replaced, the removal of a site, and the origins of comments and signups.
 * Servers of the version before leave the new columns empty.
 */
export async function addSiteColumns({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('sites').addColumn('previous_server_key_hash', 'text').execute();
  await schema.alterTable('sites').addColumn('previous_server_key_until', 'bigint').execute();
  await schema.alterTable('sites').addColumn('removed_at', 'bigint').execute();
  await schema.alterTable('comments').addColumn('origin', 'text').execute();
  await schema.alterTable('subscription_requests').addColumn('origin', 'text').execute();
  await schema.alterTable('subscriptions').addColumn('origin', 'text').execute();
}
