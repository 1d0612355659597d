import type { Kysely } from 'kysely';
import { counter } from './columns.js';

/** Marks signups whose mail has a code and no link. Servers of the version before send both. */
export async function addCodeOnlySignups({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('subscription_requests').addColumn('is_code_only', 'integer', counter).execute();
}
