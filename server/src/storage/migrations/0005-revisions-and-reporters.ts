import { sql, type Kysely } from 'kysely';

/** Numbers the revisions of comments, stores the networks of reports, and the names that are held for a moderator. */
export async function addRevisionsAndReporters({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('comments')
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
  await schema.alterTable('comment_reports').addColumn('network_hash', 'text').execute();
  await schema.alterTable('readers').addColumn('pending_name', 'text').execute();
  await schema.alterTable('readers').addColumn('pending_name_at', 'bigint').execute();
  await schema.alterTable('readers').addColumn('pending_name_findings_json', 'text').execute();
  await schema
    .alterTable('readers')
    .addColumn('name_revision', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await schema
    .createIndex('readers_pending_name')
    .on('readers')
    .columns(['site_id', 'pending_name_at'])
    .where(sql.ref('pending_name'), 'is not', sql.lit(null))
    .execute();
}
