import type { Kysely } from 'kysely';
import { primary, required } from './columns.js';

/** Stores addresses that get no mail, and the mail services whose bounce reports are accepted. */
export async function addSuppressions({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('suppressions')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', required)
    .addColumn('email_hash', 'text', required)
    .addColumn('reason', 'text', required)
    .addColumn('source', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addUniqueConstraint('suppressions_address', ['site_id', 'email_hash'])
    .execute();
  await schema
    .createTable('bounce_sources')
    .addColumn('site_id', 'text', required)
    .addColumn('provider', 'text', required)
    .addColumn('secret', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('bounce_sources_key', ['site_id', 'provider'])
    .execute();
}
