import { sql, type Kysely } from 'kysely';
import { primary, references, required } from './columns.js';

/** Creates threads, comments and what readers and moderators do with them. */
export async function createComments({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('threads')
    .addColumn('story_id', 'text', (column) => column.primaryKey().references('stories.id'))
    .addColumn('state', 'text', required)
    .addColumn('closes_at', 'bigint')
    .addColumn('question', 'text')
    .addColumn('total', 'bigint', required)
    .addColumn('version', 'bigint', required)
    .execute();
  await schema
    .createTable('comments')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('story_id', 'text', references('stories.id'))
    .addColumn('parent_id', 'text', (column) => column.references('comments.id'))
    .addColumn('root_id', 'text', required)
    .addColumn('depth', 'integer', required)
    .addColumn('author_id', 'text', references('readers.id'))
    .addColumn('text', 'text', required)
    .addColumn('nodes_json', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('reasons_json', 'text')
    .addColumn('findings_json', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('changed_at', 'bigint')
    .addColumn('created_at', 'bigint', required)
    .addColumn('edited_at', 'bigint')
    .addColumn('up', 'bigint', required)
    .addColumn('down', 'bigint', required)
    .addColumn('score', 'double precision', required)
    .addColumn('replies', 'bigint', required)
    .addColumn('pinned', 'integer', required)
    .addColumn('featured', 'integer', required)
    .addColumn('idempotency_key', 'text')
    .addColumn('request_hash', 'text')
    .execute();
  await createCommentIndexes({ schema });
  await schema
    .createTable('comment_votes')
    .addColumn('comment_id', 'text', references('comments.id'))
    .addColumn('reader_id', 'text', references('readers.id'))
    .addColumn('value', 'integer', required)
    .addColumn('changed_at', 'bigint', required)
    .addPrimaryKeyConstraint('comment_votes_pk', ['comment_id', 'reader_id'])
    .execute();
  await schema.createIndex('comment_votes_reader').on('comment_votes').column('reader_id').execute();
  await schema
    .createTable('comment_revisions')
    .addColumn('comment_id', 'text', references('comments.id'))
    .addColumn('number', 'integer', required)
    .addColumn('text', 'text', required)
    .addColumn('nodes_json', 'text', required)
    .addColumn('written_at', 'bigint', required)
    .addPrimaryKeyConstraint('comment_revisions_pk', ['comment_id', 'number'])
    .execute();
  await schema
    .createTable('comment_reports')
    .addColumn('comment_id', 'text', references('comments.id'))
    .addColumn('reader_id', 'text', references('readers.id'))
    .addColumn('reason', 'text', required)
    .addColumn('note', 'text')
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('comment_reports_pk', ['comment_id', 'reader_id'])
    .execute();
}

/**
 * Creates the indexes of comments. Every page of an index that a post touches is written to disk, so most of them are
 * partial and leave new comments out. The orders by votes and by replies have none: see `thread_orders`.
 */
async function createCommentIndexes({ schema }: Pick<Kysely<unknown>, 'schema'>): Promise<void> {
  // A page of roots or of replies is one range.
  await schema
    .createIndex('comments_by_time')
    .on('comments')
    .columns(['story_id', 'parent_id', 'created_at', 'id'])
    .execute();
  await schema.createIndex('comments_by_author').on('comments').columns(['author_id', 'created_at']).execute();
  await schema
    .createIndex('comments_by_state')
    .on('comments')
    .columns(['site_id', 'state', 'created_at', 'id'])
    .where(sql.ref('state'), '!=', sql.lit('visible'))
    .execute();
  await schema
    .createIndex('comments_pinned')
    .on('comments')
    .columns(['story_id', 'parent_id', 'pinned', 'created_at', 'id'])
    .where(sql.ref('pinned'), '=', sql.lit(1))
    .execute();
  await schema
    .createIndex('comments_changed')
    .on('comments')
    .columns(['story_id', 'changed_at'])
    .where(sql.ref('changed_at'), 'is not', sql.lit(null))
    .execute();
  // The key first: our client's keys begin with the time, so concurrent keys share a page of the index.
  await schema
    .createIndex('comments_by_idempotency_key')
    .on('comments')
    .columns(['idempotency_key', 'author_id'])
    .unique()
    .where(sql.ref('idempotency_key'), 'is not', sql.lit(null))
    .execute();
  await schema
    .createIndex('comments_idempotency_key_age')
    .on('comments')
    .column('created_at')
    .where(sql.ref('idempotency_key'), 'is not', sql.lit(null))
    .execute();
}

/** Creates the stored orders of threads: see comments/reading/sort-orders.ts. */
export async function createThreadOrders({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('thread_orders')
    .addColumn('story_id', 'text', references('stories.id'))
    .addColumn('sort', 'text', required)
    .addColumn('version', 'bigint', required)
    .addColumn('thread_version', 'bigint', required)
    .addColumn('length', 'integer', required)
    .addColumn('newest_at', 'bigint', required)
    .addColumn('newest_id', 'text', required)
    .addColumn('made_at', 'bigint', required)
    .addColumn('superseded_at', 'bigint')
    .addPrimaryKeyConstraint('thread_orders_pk', ['story_id', 'sort', 'version'])
    .execute();
  await schema
    .createTable('thread_order_ids')
    .addColumn('story_id', 'text', required)
    .addColumn('sort', 'text', required)
    .addColumn('version', 'bigint', required)
    .addColumn('part', 'integer', required)
    .addColumn('first_value', 'double precision', required)
    .addColumn('first_id', 'text', required)
    .addColumn('ids', 'text', required)
    .addPrimaryKeyConstraint('thread_order_ids_pk', ['story_id', 'sort', 'version', 'part'])
    .addForeignKeyConstraint(
      'thread_order_ids_order',
      ['story_id', 'sort', 'version'],
      'thread_orders',
      ['story_id', 'sort', 'version'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
  await schema
    .createIndex('thread_order_ids_by_value')
    .on('thread_order_ids')
    .columns(['story_id', 'sort', 'version', 'first_value', 'first_id'])
    .execute();
}
