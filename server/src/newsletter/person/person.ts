import type { Kysely } from 'kysely';
import type { Site } from '../../sites/store.js';
import type { ConsentEventRow, SubscriptionRow, Tables } from '../../storage/tables.js';
import { runSequentially, type Command } from '../../storage/writer.js';
import { localize, type LocalizedText } from '../../text.js';
import { toIsoTime } from '../../time.js';
import { consentTexts } from '../domain/lists.js';
import type { NewsletterTokens } from '../domain/tokens.js';
import { queueDeliveries } from '../webhooks/events.js';
import { deleteDeliveriesOf } from '../webhooks/retention.js';

/** An address of a site, by its key. */
export interface PersonAddress {
  readonly siteId: string;
  readonly emailKey: string;
}

/** A consent text in the language in which it was shown. */
interface ShownConsent {
  readonly id: string;
  readonly text: string;
}

/** All that a site stores about an address, and the receipts of its consents. */
export interface PersonData {
  readonly site: string;
  readonly email: string;
  readonly subscriptions: readonly {
    readonly newsletter: string;
    readonly state: SubscriptionRow['state'];
    readonly lang: string;
    readonly signedUpAt: string;
    readonly changedAt: string;
    readonly page: string | null;
  }[];
  /** What was agreed to and ended: when, how, where, in which language, and which text. Oldest first. */
  readonly receipts: readonly {
    readonly at: string;
    readonly newsletter: string;
    readonly type: ConsentEventRow['type'];
    readonly method: ConsentEventRow['method'];
    readonly lang: string;
    readonly page: string | null;
    readonly consent: ShownConsent | null;
    /** How the publisher proves an imported consent. */
    readonly source: string | null;
  }[];
  /** Signups that are not processed yet. */
  readonly signups: readonly { readonly at: string; readonly newsletters: readonly string[] }[];
}

/** Reads all that a site stores about an address; `undefined` where that is nothing. */
export async function readPerson(
  read: Kysely<Tables>,
  tokens: NewsletterTokens,
  site: Pick<Site, 'id' | 'name' | 'lang'>,
  emailKey: string,
): Promise<PersonData | undefined> {
  const ofPerson = { siteId: site.id, emailKey };
  const subscriptions = await rowsOf(read.selectFrom('subscriptions').selectAll(), ofPerson).execute();
  const signups = await rowsOf(read.selectFrom('subscription_requests').selectAll(), ofPerson).execute();
  const events = await read
    .selectFrom('consent_events')
    .selectAll()
    .where('siteId', '=', site.id)
    .where('emailHash', 'in', tokens.hashEmailByAll(emailKey))
    .orderBy('id')
    .execute();
  if (subscriptions.length + signups.length + events.length === 0) return undefined;
  const texts = new Map((await consentTexts(read, site.id).execute()).map((text) => [text.id, text]));
  const consentOf = ({ consentTextId, lang }: ConsentEventRow): ShownConsent | null => {
    const text = texts.get(consentTextId ?? '');
    if (!text) return null;
    return { id: text.id, text: localize(JSON.parse(text.textJson) as LocalizedText, lang, site.lang) };
  };
  return {
    site: site.name,
    email: subscriptions[0]?.email ?? signups[0]?.email ?? emailKey,
    subscriptions: subscriptions.map((row) => ({
      newsletter: row.newsletterId,
      state: row.state,
      lang: row.lang,
      signedUpAt: toIsoTime(row.createdAt),
      changedAt: toIsoTime(row.changedAt),
      page: row.page,
    })),
    receipts: events.map((event) => ({
      at: toIsoTime(event.at),
      newsletter: event.newsletterId,
      type: event.type,
      method: event.method,
      lang: event.lang,
      page: event.page,
      consent: consentOf(event),
      source: event.source,
    })),
    signups: signups.map(({ createdAt, listsJson }) => ({
      at: toIsoTime(createdAt),
      newsletters: (JSON.parse(listsJson) as { id: string }[]).map(({ id }) => id),
    })),
  };
}

/**
 * Erases an address: its subscriptions, signups, links, codes, queued mails and webhook deliveries. Its receipts stay without
 * the hash of the address and without the page, so that counts stay right and nothing leads to the person. Webhooks get a `left`
 * that is deleted once it is delivered.
 */
export function erasePeople(tokens: NewsletterTokens): Command<PersonAddress, void> {
  return {
    name: 'erase-people',
    run: ({ db }, people) =>
      runSequentially(people, async (person) => {
        const { siteId, emailKey } = person;
        const subscriptions = await rowsOf(db.selectFrom('subscriptions').selectAll(), person).execute();
        const signups = await rowsOf(db.selectFrom('subscription_requests').select('email'), person).execute();
        const spellings = new Set([emailKey, ...[...subscriptions, ...signups].map(({ email }) => email)]);
        await deleteDeliveriesOf(db, person);
        const [first] = subscriptions;
        if (first)
          await queueDeliveries(db, {
            ...{ siteId, emailKey, event: 'left', reason: 'erased', method: 'command', lang: first.lang },
            lists: subscriptions.map(({ newsletterId }) => ({ id: newsletterId, consent: null })),
          });
        for (const table of ['subscriptions', 'subscription_requests', 'subscription_tokens'] as const)
          await db.deleteFrom(table).where('siteId', '=', siteId).where('emailKey', '=', emailKey).execute();
        await db
          .deleteFrom('mails')
          .where('siteId', '=', siteId)
          .where('toAddress', 'in', [...spellings])
          .execute();
        await db
          .updateTable('consent_events')
          .set({ emailHash: '', page: null })
          .where('siteId', '=', siteId)
          .where('emailHash', 'in', tokens.hashEmailByAll(emailKey))
          .execute();
      }),
  };
}

function rowsOf<Query extends { where(column: 'siteId' | 'emailKey', operator: '=', value: string): Query }>(
  query: Query,
  { siteId, emailKey }: PersonAddress,
): Query {
  return query.where('siteId', '=', siteId).where('emailKey', '=', emailKey);
}
