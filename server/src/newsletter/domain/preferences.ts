import type { Kysely } from 'kysely';
import { newId } from '../../ids.js';
import type { Tables } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { queueDeliveries } from '../webhooks/events.js';
import { logConsent } from './consent-log.js';
import { readStoredNewsletters } from './lists.js';
import { isSuppressed } from './suppressions.js';
import type { NewsletterTokens } from './tokens.js';
import { endSubscriptions } from './unsubscribe.js';

/** Subscriptions of an address on a site. */
export interface Preferences {
  readonly siteId: string;
  readonly lang: string;
  /** Ids of confirmed lists. */
  readonly lists: readonly string[];
}

export interface PreferenceUpdate {
  readonly tokenHash: string;
  /** Ids of the lists to be subscribed to. */
  readonly lists: readonly string[];
  /** Ids of the consent texts shown with the lists. */
  readonly consents: readonly string[];
}

/** Reads the preferences behind a link, without changing them; `undefined` if the link is unknown or expired. */
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

/** Subscribes and unsubscribes according to the form. Needs no confirmation, since the link was sent by mail. */
export function updatePreferences(tokens: NewsletterTokens): Command<PreferenceUpdate, Preferences | undefined> {
  return {
    name: 'update-preferences',
    async run(transaction, choices) {
      const results: (Preferences | undefined)[] = [];
      for (const choice of choices) {
        await applyUpdate(transaction, tokens, choice);
        results.push(await readPreferences(transaction.db, choice.tokenHash));
      }
      return results;
    },
  };
}

async function applyUpdate(
  transaction: Transaction,
  tokens: NewsletterTokens,
  update: PreferenceUpdate,
): Promise<void> {
  const { db, locked } = transaction;
  const holder = await readHolder(db, update.tokenHash);
  if (!holder) return;
  const { siteId, emailKey } = holder;
  const rows = await locked(subscriptionsOf(db, holder)).execute();
  const [known] = rows;
  // The address was erased since the link was sent.
  if (!known) return;
  const isSubscribed = (list: string) =>
    rows.some(({ newsletterId, state }) => newsletterId === list && state === 'confirmed');
  const removed = rows.filter(
    ({ newsletterId, state }) => state === 'confirmed' && !update.lists.includes(newsletterId),
  );
  await endSubscriptions(transaction, tokens, removed, 'form');

  const now = Date.now();
  const getsMail = !(await isSuppressed(db, tokens, holder));
  const added = (await readStoredNewsletters(db, siteId)).filter(
    ({ id, consent }) =>
      getsMail && update.lists.includes(id) && !isSubscribed(id) && update.consents.includes(consent.id),
  );
  for (const { id, consent } of added) {
    const confirmed = { state: 'confirmed' as const, consentTextId: consent.id, page: null, changedAt: now };
    const { email, lang } = known;
    await db
      .insertInto('subscriptions')
      .values({ id: newId(), siteId, newsletterId: id, emailKey, email, lang, createdAt: now, ...confirmed })
      .onConflict((conflict) => conflict.columns(['siteId', 'newsletterId', 'emailKey']).doUpdateSet(confirmed))
      .execute();
  }
  await logConsent(transaction, tokens, {
    siteId,
    emailKey,
    lang: known.lang,
    type: 'confirmed',
    method: 'form',
    lists: added.map(({ id, consent }) => ({ id, consent: consent.id })),
  });
  if (added.length + removed.length === 0) return;
  const after = (await subscriptionsOf(db, holder).execute()).filter(({ state }) => state === 'confirmed');
  await queueDeliveries(db, {
    ...{ siteId, emailKey, event: 'changed', reason: 'preferences', method: 'form', lang: known.lang },
    lists: after.map(({ newsletterId, consentTextId }) => ({ id: newsletterId, consent: consentTextId })),
  });
}

export interface TokenHolder {
  readonly siteId: string;
  readonly emailKey: string;
}

/** Reads the address of a preferences link; `undefined` where the link is unknown or expired. */
export function readHolder(db: Kysely<Tables>, tokenHash: string): Promise<TokenHolder | undefined> {
  return db
    .selectFrom('subscription_tokens')
    .select(['siteId', 'emailKey'])
    .where('tokenHash', '=', tokenHash)
    .where('purpose', '=', 'manage')
    .where('expiresAt', '>', Date.now())
    .executeTakeFirst();
}

function subscriptionsOf(db: Kysely<Tables>, { siteId, emailKey }: TokenHolder) {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .orderBy('newsletterId');
}
