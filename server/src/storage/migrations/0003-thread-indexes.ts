import { sql, type Kysely } from 'kysely';
import { counter } from './columns.js';

/**
 * Adds the versions of comments, by which live updates find changes without comparing clocks, and the indexes of a page
 * of roots and of replies: PostgreSQL sorts the whole thread where `parent_id is null` is only a part of the index.
 */
export async function addThreadIndexes(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.alterTable('comments').addColumn('version', 'bigint', counter).execute();
  await schema
    .alterTable('comments')
    .addColumn('visible_since', 'bigint', (column) => column.defaultTo(0))
    .execute();
  await sql`update comments set visible_since = null where state = 'pending' and decided_at is null`.execute(db);
  await schema.createIndex('comments_by_version').on('comments').columns(['story_id', 'version']).execute();
  await schema
    .createIndex('comments_roots')
    .on('comments')
    .columns(['story_id', 'created_at', 'id'])
    .where(sql.ref('parent_id'), 'is', sql.lit(null))
    .execute();
  await schema
    .createIndex('comments_replies')
    .on('comments')
    .columns(['parent_id', 'created_at', 'id'])
    .where(sql.ref('parent_id'), 'is not', sql.lit(null))
    .execute();
  await schema.dropIndex('comments_by_time').execute();
  await schema.dropIndex('comments_changed').execute();
}
