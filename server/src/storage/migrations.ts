import { sql, type Kysely, type Migration } from 'kysely';

/** In order, never edited once released: a change is a new entry. */
export const migrations: Record<string, Migration> = {
  '0001-first-tables': { up: firstTables },
  '0002-subscription-requests': { up: subscriptionRequests },
  '0003-lighter-posts': { up: lighterPosts },
  '0004-thread-orders': { up: threadOrders },
  '0005-moderation': { up: moderation },
  '0006-changed-comments': { up: changedComments },
};

async function firstTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('sites')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('origins_json', 'text', (c) => c.notNull())
    .addColumn('settings_json', 'text', (c) => c.notNull())
    .addColumn('server_key_hash', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('readers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('verified', 'integer', (c) => c.notNull())
    .addColumn('badges_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('erased_at', 'bigint')
    .execute();

  await schema
    .createTable('stories')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('title', 'text')
    .addColumn('published_at', 'bigint')
    .addColumn('summary', 'text')
    .addColumn('image_json', 'text')
    .addColumn('section', 'text')
    .addColumn('kicker', 'text')
    .addColumn('byline', 'text')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('duration_sec', 'integer')
    .addColumn('access', 'text')
    .addColumn('sponsor_json', 'text')
    .addColumn('lang', 'text')
    .addColumn('dont_miss', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('stories_key', ['site_id', 'key'])
    .execute();
  await schema.createIndex('stories_latest').on('stories').columns(['site_id', 'published_at', 'id']).execute();

  await schema
    .createTable('story_aliases')
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('story_id', 'text', (c) => c.notNull().references('stories.id'))
    .addPrimaryKeyConstraint('story_aliases_pk', ['site_id', 'key'])
    .execute();

  await schema
    .createTable('story_reads')
    .addColumn('story_id', 'text', (c) => c.primaryKey().references('stories.id'))
    .addColumn('value', 'double precision', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('total', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('polls')
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('question_json', 'text', (c) => c.notNull())
    .addColumn('multiple', 'integer', (c) => c.notNull())
    .addColumn('results', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('opens_at', 'bigint')
    .addColumn('closes_at', 'bigint')
    .addPrimaryKeyConstraint('polls_pk', ['site_id', 'id'])
    .execute();

  await schema
    .createTable('poll_choices')
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('poll_id', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('label_json', 'text', (c) => c.notNull())
    .addColumn('icon', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('retired', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('poll_choices_pk', ['site_id', 'poll_id', 'id'])
    .addForeignKeyConstraint('poll_choices_poll', ['site_id', 'poll_id'], 'polls', ['site_id', 'id'])
    .execute();

  await schema
    .createTable('reaction_votes')
    .addColumn('story_id', 'text', (c) => c.notNull().references('stories.id'))
    .addColumn('poll_id', 'text', (c) => c.notNull())
    .addColumn('reader_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('choices_json', 'text', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reaction_votes_pk', ['story_id', 'poll_id', 'reader_id'])
    .execute();
  await schema.createIndex('reaction_votes_reader').on('reaction_votes').columns(['reader_id', 'story_id']).execute();

  await schema
    .createTable('reaction_tallies')
    .addColumn('story_id', 'text', (c) => c.notNull().references('stories.id'))
    .addColumn('poll_id', 'text', (c) => c.notNull())
    .addColumn('counts_json', 'text', (c) => c.notNull())
    .addColumn('voters', 'bigint', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reaction_tallies_pk', ['story_id', 'poll_id'])
    .execute();

  await schema
    .createTable('threads')
    .addColumn('story_id', 'text', (c) => c.primaryKey().references('stories.id'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('closes_at', 'bigint')
    .addColumn('question', 'text')
    .addColumn('total', 'bigint', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('comments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('story_id', 'text', (c) => c.notNull().references('stories.id'))
    .addColumn('parent_id', 'text', (c) => c.references('comments.id'))
    .addColumn('root_id', 'text', (c) => c.notNull())
    .addColumn('depth', 'integer', (c) => c.notNull())
    .addColumn('author_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('nodes_json', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reasons_json', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('edited_at', 'bigint')
    .addColumn('up', 'bigint', (c) => c.notNull())
    .addColumn('down', 'bigint', (c) => c.notNull())
    .addColumn('score', 'double precision', (c) => c.notNull())
    .addColumn('replies', 'bigint', (c) => c.notNull())
    .addColumn('pinned', 'integer', (c) => c.notNull())
    .addColumn('featured', 'integer', (c) => c.notNull())
    .execute();
  // One index per order of a thread; `parent_id` first makes a page of roots or of replies one range.
  await schema
    .createIndex('comments_by_time')
    .on('comments')
    .columns(['story_id', 'parent_id', 'created_at', 'id'])
    .execute();
  await schema
    .createIndex('comments_by_score')
    .on('comments')
    .columns(['story_id', 'parent_id', 'score', 'id'])
    .execute();
  await schema
    .createIndex('comments_by_replies')
    .on('comments')
    .columns(['story_id', 'parent_id', 'replies', 'id'])
    .execute();
  await schema.createIndex('comments_by_author').on('comments').columns(['author_id', 'created_at']).execute();
  await schema
    .createIndex('comments_by_state')
    .on('comments')
    .columns(['site_id', 'state', 'created_at', 'id'])
    .execute();

  await schema
    .createTable('comment_votes')
    .addColumn('comment_id', 'text', (c) => c.notNull().references('comments.id'))
    .addColumn('reader_id', 'text', (c) => c.notNull().references('readers.id'))
    .addColumn('value', 'integer', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('comment_votes_pk', ['comment_id', 'reader_id'])
    .execute();
  await schema.createIndex('comment_votes_reader').on('comment_votes').column('reader_id').execute();

  await schema
    .createTable('idempotent_answers')
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('reader_id', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('request_hash', 'text', (c) => c.notNull())
    .addColumn('answer_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotent_answers_pk', ['site_id', 'reader_id', 'key'])
    .execute();
  await schema.createIndex('idempotent_answers_age').on('idempotent_answers').column('created_at').execute();

  await schema
    .createTable('newsletters')
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name_json', 'text', (c) => c.notNull())
    .addColumn('description_json', 'text', (c) => c.notNull())
    .addColumn('frequency_json', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('newsletters_pk', ['site_id', 'id'])
    .execute();

  await schema
    .createTable('consent_texts')
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('newsletter_id', 'text', (c) => c.notNull())
    .addColumn('text_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('consent_texts_pk', ['site_id', 'id'])
    .addForeignKeyConstraint('consent_texts_newsletter', ['site_id', 'newsletter_id'], 'newsletters', ['site_id', 'id'])
    .execute();

  await schema
    .createTable('subscriptions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('newsletter_id', 'text', (c) => c.notNull())
    .addColumn('email_key', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('subscriptions_address', ['site_id', 'newsletter_id', 'email_key'])
    .execute();

  await schema
    .createTable('subscription_tokens')
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('site_id', 'text', (c) => c.notNull().references('sites.id'))
    .addColumn('email_key', 'text', (c) => c.notNull())
    .addColumn('newsletters_json', 'text', (c) => c.notNull())
    .addColumn('code_hash', 'text')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('used_at', 'bigint')
    .execute();
  await schema
    .createIndex('subscription_tokens_address')
    .on('subscription_tokens')
    .columns(['site_id', 'email_key'])
    .execute();

  await schema
    .createTable('consent_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('newsletter_id', 'text', (c) => c.notNull())
    .addColumn('email_hash', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('consent_text_id', 'text')
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('mails')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('site_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('to_address', 'text', (c) => c.notNull())
    .addColumn('message_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('sent_at', 'bigint')
    .execute();
  await schema.createIndex('mails_due').on('mails').column('due_at').execute();
}

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
