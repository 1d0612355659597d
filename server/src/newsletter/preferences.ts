import type { Kysely } from 'kysely';
import { newId } from '../ids.js';
import type { Tables } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { addConsentEvents } from './consent-events.js';
import { endSubscriptions } from './leaving.js';
import { readStoredNewsletters } from './lists.js';
import type { NewsletterSecrets } from './secrets.js';

/** What an address is subscribed to on a site. */
export interface Preferences {
  readonly siteId: string;
  readonly lang: string;
  /** The lists it gets. */
  readonly lists: readonly string[];
}

export interface Choice {
  readonly tokenHash: string;
  /** The lists to get from now on. */
  readonly lists: readonly string[];
  /** The wordings that stood beside the lists when they were chosen. */
  readonly consents: readonly string[];
}

/** What the holder of a link may choose from; `undefined` where the link is unknown or too old. Changes nothing. */
export async function readPreferences(read: Kysely<Tables>, tokenHash: string): Promise<Preferences | undefined> {
  const holder = await readHolder(read, tokenHash);
  if (!holder) return undefined;
  const rows = await subscriptionsOf(read, holder).execute();
  return {
    siteId: holder.siteId,
    lang: rows[0]?.lang ?? '',
    lists: rows.filter(({ state }) => state === 'confirmed').map(({ newsletterId }) => newsletterId),
  };
}

/** Makes what an address gets what its holder chose. The link came by mail, so nothing is left to confirm. */
export function choosePreferences(secrets: NewsletterSecrets): Command<Choice, Preferences | undefined> {
  return {
    name: 'choose-preferences',
    async run(transaction, choices) {
      const results: (Preferences | undefined)[] = [];
      for (const choice of choices) {
        await choose(transaction, secrets, choice);
        results.push(await readPreferences(transaction.db, choice.tokenHash));
      }
      return results;
    },
  };
}

async function choose(transaction: Transaction, secrets: NewsletterSecrets, choice: Choice): Promise<void> {
  const { db, locked } = transaction;
  const holder = await readHolder(db, choice.tokenHash);
  if (!holder) return;
  const { siteId, emailKey } = holder;
  const rows = await locked(subscriptionsOf(db, holder)).execute();
  const [known] = rows;
  // An address that was erased since has nothing to choose.
  if (!known) return;
  const gets = (list: string) => rows.some(({ newsletterId, state }) => newsletterId === list && state === 'confirmed');
  const left = rows.filter(({ newsletterId, state }) => state === 'confirmed' && !choice.lists.includes(newsletterId));
  await endSubscriptions(transaction, secrets, left, 'form');

  const now = Date.now();
  const added = (await readStoredNewsletters(db, siteId)).filter(
    ({ id, consent }) => choice.lists.includes(id) && !gets(id) && choice.consents.includes(consent.id),
  );
  for (const { id } of added) {
    const confirmed = { state: 'confirmed' as const, changedAt: now };
    const { email, lang } = known;
    await db
      .insertInto('subscriptions')
      .values({ id: newId(), siteId, newsletterId: id, emailKey, email, lang, createdAt: now, ...confirmed })
      .onConflict((conflict) => conflict.columns(['siteId', 'newsletterId', 'emailKey']).doUpdateSet(confirmed))
      .execute();
  }
  await addConsentEvents(transaction, secrets, {
    siteId,
    emailKey,
    lang: known.lang,
    type: 'confirmed',
    method: 'form',
    lists: added.map(({ id, consent }) => ({ id, consent: consent.id })),
  });
}

interface Holder {
  readonly siteId: string;
  readonly emailKey: string;
}

function readHolder(db: Kysely<Tables>, tokenHash: string): Promise<Holder | undefined> {
  return db
    .selectFrom('subscription_tokens')
    .select(['siteId', 'emailKey'])
    .where('tokenHash', '=', tokenHash)
    .where('purpose', '=', 'manage')
    .where('expiresAt', '>', Date.now())
    .executeTakeFirst();
}

function subscriptionsOf(db: Kysely<Tables>, { siteId, emailKey }: Holder) {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .orderBy('newsletterId');
}
