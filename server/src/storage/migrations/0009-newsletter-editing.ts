import type { Kysely } from 'kysely';

/** Stores the last issue of a newsletter, and when an editor has removed it. */
export async function addNewsletterEditing({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('newsletters').addColumn('latest_issue_json', 'text').execute();
  await schema.alterTable('newsletters').addColumn('removed_at', 'bigint').execute();
}
