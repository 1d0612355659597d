import type { Kysely } from 'kysely';

/** Stores the name that a moderator has rejected, so that its reader is told. */
export async function addRejectedNames({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('readers').addColumn('rejected_name', 'text').execute();
}
