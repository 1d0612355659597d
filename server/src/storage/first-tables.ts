import type { Kysely } from 'kysely';

/** The schema as it was released first. */
export async function firstTables(db: Kysely<unknown>): Promise<void> {
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
