import { sql, type Kysely } from 'kysely';
import { createComments, createThreadOrders } from './0001-comments.js';
import { counter, primary, references, required } from './columns.js';

/** Creates the tables. Their columns are described in `tables.ts`. */
export async function createInitialSchema(db: Kysely<unknown>): Promise<void> {
  await createSites(db);
  await createStories(db);
  await createPolls(db);
  await createComments(db);
  await createThreadOrders(db);
  await createNewsletters(db);
  await createSubscriptions(db);
  await createMails(db);
}

async function createSites({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('sites')
    .addColumn('id', 'text', primary)
    .addColumn('name', 'text', required)
    .addColumn('lang', 'text', required)
    .addColumn('origins_json', 'text', required)
    .addColumn('settings_json', 'text', required)
    .addColumn('server_key_hash', 'text')
    .addColumn('created_at', 'bigint', required)
    .execute();
  await schema
    .createTable('readers')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('name', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('verified', 'integer', required)
    .addColumn('badges_json', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('erased_at', 'bigint')
    .execute();
  await schema
    .createIndex('readers_with_badges')
    .on('readers')
    .column('site_id')
    .where(sql.ref('badges_json'), '!=', sql.lit('[]'))
    .execute();
  await schema
    .createTable('reader_mutes')
    .addColumn('reader_id', 'text', references('readers.id'))
    .addColumn('muted_id', 'text', references('readers.id'))
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('reader_mutes_pk', ['reader_id', 'muted_id'])
    .execute();
}

async function createStories({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('stories')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('key', 'text', required)
    .addColumn('url', 'text', required)
    .addColumn('title', 'text')
    .addColumn('published_at', 'bigint')
    .addColumn('summary', 'text')
    .addColumn('image_json', 'text')
    .addColumn('section', 'text')
    .addColumn('kicker', 'text')
    .addColumn('byline', 'text')
    .addColumn('kind', 'text', required)
    .addColumn('duration_sec', 'integer')
    .addColumn('access', 'text')
    .addColumn('sponsor_json', 'text')
    .addColumn('lang', 'text')
    .addColumn('dont_miss', 'integer', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .addUniqueConstraint('stories_key', ['site_id', 'key'])
    .execute();
  await schema.createIndex('stories_latest').on('stories').columns(['site_id', 'published_at', 'id']).execute();
  await schema
    .createTable('story_aliases')
    .addColumn('site_id', 'text', required)
    .addColumn('key', 'text', required)
    .addColumn('story_id', 'text', references('stories.id'))
    .addPrimaryKeyConstraint('story_aliases_pk', ['site_id', 'key'])
    .execute();
  await schema
    .createTable('story_reads')
    .addColumn('story_id', 'text', (column) => column.primaryKey().references('stories.id'))
    .addColumn('value', 'double precision', required)
    .addColumn('at', 'bigint', required)
    .addColumn('total', 'bigint', required)
    .execute();
}

async function createPolls({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('polls')
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('id', 'text', required)
    .addColumn('question_json', 'text', required)
    .addColumn('multiple', 'integer', required)
    .addColumn('results', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('opens_at', 'bigint')
    .addColumn('closes_at', 'bigint')
    .addColumn('story_id', 'text', (column) => column.references('stories.id'))
    .addPrimaryKeyConstraint('polls_pk', ['site_id', 'id'])
    .execute();
  await schema
    .createTable('poll_choices')
    .addColumn('site_id', 'text', required)
    .addColumn('poll_id', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('label_json', 'text', required)
    .addColumn('icon', 'text', required)
    .addColumn('position', 'integer', required)
    .addColumn('retired', 'integer', required)
    .addPrimaryKeyConstraint('poll_choices_pk', ['site_id', 'poll_id', 'id'])
    .addForeignKeyConstraint('poll_choices_poll', ['site_id', 'poll_id'], 'polls', ['site_id', 'id'])
    .execute();
  await schema
    .createTable('reaction_votes')
    .addColumn('story_id', 'text', references('stories.id'))
    .addColumn('poll_id', 'text', required)
    .addColumn('reader_id', 'text', references('readers.id'))
    .addColumn('choices_json', 'text', required)
    .addColumn('changed_at', 'bigint', required)
    .addColumn('confidence', 'text', required)
    .addColumn('origin', 'text')
    .addPrimaryKeyConstraint('reaction_votes_pk', ['story_id', 'poll_id', 'reader_id'])
    .execute();
  await schema.createIndex('reaction_votes_reader').on('reaction_votes').columns(['reader_id', 'story_id']).execute();
  await schema
    .createTable('reaction_tallies')
    .addColumn('story_id', 'text', references('stories.id'))
    .addColumn('poll_id', 'text', required)
    .addColumn('counts_json', 'text', required)
    .addColumn('voters', 'bigint', required)
    .addColumn('version', 'bigint', required)
    .addColumn('frozen_at', 'bigint')
    .addColumn('frozen_why', 'text')
    .addPrimaryKeyConstraint('reaction_tallies_pk', ['story_id', 'poll_id'])
    .execute();
}

async function createNewsletters({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('newsletters')
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('id', 'text', required)
    .addColumn('name_json', 'text', required)
    .addColumn('description_json', 'text', required)
    .addColumn('frequency_json', 'text', required)
    .addColumn('position', 'integer', required)
    .addPrimaryKeyConstraint('newsletters_pk', ['site_id', 'id'])
    .execute();
  await schema
    .createTable('consent_texts')
    .addColumn('site_id', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('newsletter_id', 'text', required)
    .addColumn('text_json', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('consent_texts_pk', ['site_id', 'id'])
    .addForeignKeyConstraint('consent_texts_newsletter', ['site_id', 'newsletter_id'], 'newsletters', ['site_id', 'id'])
    .execute();
  await schema
    .createTable('consent_events')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', required)
    .addColumn('newsletter_id', 'text', required)
    .addColumn('email_hash', 'text', required)
    .addColumn('type', 'text', required)
    .addColumn('method', 'text', required)
    .addColumn('consent_text_id', 'text')
    .addColumn('lang', 'text', required)
    .addColumn('at', 'bigint', required)
    .execute();
}

async function createSubscriptions({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('subscription_requests')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('email_key', 'text', required)
    .addColumn('email', 'text', required)
    .addColumn('lists_json', 'text', required)
    .addColumn('lang', 'text', required)
    .addColumn('method', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .execute();
  await schema
    .createTable('subscriptions')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('newsletter_id', 'text', required)
    .addColumn('email_key', 'text', required)
    .addColumn('email', 'text', required)
    .addColumn('lang', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('changed_at', 'bigint', required)
    .addUniqueConstraint('subscriptions_address', ['site_id', 'newsletter_id', 'email_key'])
    .execute();
  await schema
    .createTable('subscription_tokens')
    .addColumn('token_hash', 'text', primary)
    .addColumn('purpose', 'text', required)
    .addColumn('site_id', 'text', references('sites.id'))
    .addColumn('email_key', 'text', required)
    .addColumn('newsletters_json', 'text', required)
    .addColumn('code_hash', 'text')
    .addColumn('tries', 'integer', counter)
    .addColumn('created_at', 'bigint', required)
    .addColumn('expires_at', 'bigint')
    .addColumn('used_at', 'bigint')
    .execute();
  await schema
    .createIndex('subscription_tokens_address')
    .on('subscription_tokens')
    .columns(['site_id', 'email_key'])
    .execute();
}

async function createMails({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('mails')
    .addColumn('id', 'text', primary)
    .addColumn('site_id', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('to_address', 'text', required)
    .addColumn('message_json', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('due_at', 'bigint')
    .addColumn('tries', 'integer', counter)
    .addColumn('sent_at', 'bigint')
    .execute();
  await schema.createIndex('mails_due').on('mails').column('due_at').execute();
}
