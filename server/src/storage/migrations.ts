import { sql, type Kysely, type Migration } from 'kysely';
import { firstTables } from './first-tables.js';

/** In order, never edited once released: a change is a new entry. */
export const migrations: Record<string, Migration> = {
  '0001-first-tables': { up: firstTables },
  '0002-subscription-requests': { up: subscriptionRequests },
  '0003-lighter-posts': { up: lighterPosts },
  '0004-thread-orders': { up: threadOrders },
  '0005-moderation': { up: moderation },
  '0006-changed-comments': { up: changedComments },
  '0007-keys-with-comments': { up: keysWithComments },
  '0008-polls-of-editors': { up: pollsOfEditors },
};

async function subscriptionRequests({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('subscription_requests')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('email_key', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('lists_json', 'text', (c) => c.notNull())
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
}

/** A thread that everybody writes to at once costs as many pages of the disk as its indexes touch. */
async function lighterPosts(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  // The orders by votes and by replies are no index's business: see comments/orders.ts.
  await schema.dropIndex('comments_by_score').execute();
  await schema.dropIndex('comments_by_replies').execute();
  // Moderators ask for what is not shown; what is shown need not be in their list.
  await schema.dropIndex('comments_by_state').execute();
  await schema
    .createIndex('comments_by_state')
    .on('comments')
    .columns(['site_id', 'state', 'created_at', 'id'])
    .where(sql.ref('state'), '!=', sql.lit('visible'))
    .execute();

  // Keys of our own clients begin with the time, so those that come together stand together.
  await schema
    .createTable('idempotent_answers_by_key')
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('reader_id', 'text', (c) => c.notNull())
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('request_hash', 'text', (c) => c.notNull())
    .addColumn('answer_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotent_answers_key', ['key', 'reader_id', 'site_id'])
    .execute();
  await sql`
    insert into idempotent_answers_by_key (key, reader_id, site_id, request_hash, answer_json, created_at)
    select key, reader_id, site_id, request_hash, answer_json, created_at from idempotent_answers
  `.execute(db);
  await schema.dropTable('idempotent_answers').execute();
  await schema.alterTable('idempotent_answers_by_key').renameTo('idempotent_answers').execute();
  await schema.createIndex('idempotent_answers_age').on('idempotent_answers').column('created_at').execute();
}

async function threadOrders({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('thread_orders')
    .addColumn('story_id', 'text', (c) => c.notNull().references('stories.id'))
    .addColumn('sort', 'text', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('thread_version', 'bigint', (c) => c.notNull())
    .addColumn('length', 'integer', (c) => c.notNull())
    .addColumn('newest_at', 'bigint', (c) => c.notNull())
    .addColumn('newest_id', 'text', (c) => c.notNull())
    .addColumn('made_at', 'bigint', (c) => c.notNull())
    .addColumn('superseded_at', 'bigint')
    .addPrimaryKeyConstraint('thread_orders_pk', ['story_id', 'sort', 'version'])
    .execute();
  await schema
    .createTable('thread_order_ids')
    .addColumn('story_id', 'text', (c) => c.notNull())
    .addColumn('sort', 'text', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    .addColumn('first_value', 'double precision', (c) => c.notNull())
    .addColumn('first_id', 'text', (c) => c.notNull())
    .addColumn('ids', 'text', (c) => c.notNull())
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
  await schema
    .createIndex('comments_pinned')
    .on('comments')
    .columns(['story_id', 'parent_id', 'pinned', 'created_at', 'id'])
    .where(sql.ref('pinned'), '=', sql.lit(1))
    .execute();
}

async function moderation({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('comments').addColumn('findings_json', 'text').execute();
  await schema.alterTable('comments').addColumn('decided_at', 'bigint').execute();
  await schema
    .createTable('comment_revisions')
    .addColumn('comment_id', 'text', (c) => c.notNull().references('comments.id'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('nodes_json', 'text', (c) => c.notNull())
    .addColumn('written_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('comment_revisions_pk', ['comment_id', 'number'])
    .execute();
  await schema
    .createTable('comment_reports')
    .addColumn('comment_id', 'text', (c) => c.notNull().references('comments.id'))
    .addColumn('reader_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('note', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('comment_reports_pk', ['comment_id', 'reader_id'])
    .execute();
  await schema
    .createTable('reader_mutes')
    .addColumn('reader_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('muted_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reader_mutes_pk', ['reader_id', 'muted_id'])
    .execute();
  await schema
    .createIndex('readers_with_badges')
    .on('readers')
    .column('site_id')
    .where(sql.ref('badges_json'), '!=', sql.lit('[]'))
    .execute();
}

async function changedComments({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('comments').addColumn('changed_at', 'bigint').execute();
  // Of what is only written, nothing has changed: posts do not touch it.
  await schema
    .createIndex('comments_changed')
    .on('comments')
    .columns(['story_id', 'changed_at'])
    .where(sql.ref('changed_at'), 'is not', sql.lit(null))
    .execute();
}

/** Which comment a request's key is answered with stands with the comment: one row for a post, not two. */
async function keysWithComments(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.alterTable('comments').addColumn('idempotency_key', 'text').execute();
  await schema.alterTable('comments').addColumn('request_hash', 'text').execute();
  await sql`
    update comments set idempotency_key = answers.key, request_hash = answers.request_hash
    from idempotent_answers as answers
    where comments.id = replace(answers.answer_json, '"', '') and comments.author_id = answers.reader_id
  `.execute(db);
  await schema.dropTable('idempotent_answers').execute();
  await schema
    .createIndex('comments_by_idempotency_key')
    .on('comments')
    // Keys of our own clients begin with the time, so those that come together stand together.
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

async function pollsOfEditors({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('polls')
    .addColumn('story_id', 'text', (c) => c.references('stories.id'))
    .execute();
  await schema
    .alterTable('reaction_votes')
    .addColumn('confidence', 'text', (c) => c.notNull().defaultTo('guest'))
    .execute();
  await schema.alterTable('reaction_votes').addColumn('origin', 'text').execute();
  await schema.alterTable('reaction_tallies').addColumn('frozen_at', 'bigint').execute();
  await schema.alterTable('reaction_tallies').addColumn('frozen_why', 'text').execute();
}
