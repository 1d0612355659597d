import type { Kysely } from 'kysely';
import type { ConsentEventRow, SubscriptionRow, Tables } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { addConsentEvents } from './consent-events.js';
import type { NewsletterSecrets } from './secrets.js';

/** What an unsubscribe link stands for. */
export interface Leaving {
  readonly siteId: string;
  readonly lang: string;
  readonly lists: readonly string[];
  /** Whether none of them is subscribed to any longer. */
  readonly left: boolean;
}

/** What an unsubscribe link would end; `undefined` where the subscriptions were erased. Changes nothing. */
export async function readLeaving(
  read: Kysely<Tables>,
  subscriptionIds: readonly string[],
): Promise<Leaving | undefined> {
  const rows = await read.selectFrom('subscriptions').selectAll().where('id', 'in', subscriptionIds).execute();
  const [first] = rows;
  if (!first) return undefined;
  return {
    siteId: first.siteId,
    lang: first.lang,
    lists: rows.map(({ newsletterId }) => newsletterId),
    left: rows.every(({ state }) => state === 'unsubscribed'),
  };
}

/** Ends subscriptions, confirmed or not. Twice is the same as once. */
export function unsubscribe(
  secrets: NewsletterSecrets,
): Command<{ subscriptionIds: readonly string[]; method: ConsentEventRow['method'] }, void> {
  return {
    name: 'unsubscribe',
    async run(transaction, leavings) {
      for (const { subscriptionIds, method } of leavings) {
        const { db, locked } = transaction;
        const rows = await locked(
          db
            .selectFrom('subscriptions')
            .selectAll()
            .where('id', 'in', subscriptionIds)
            .where('state', '!=', 'unsubscribed')
            .orderBy('newsletterId'),
        ).execute();
        await endSubscriptions(transaction, secrets, rows, method);
      }
      return leavings.map(() => undefined);
    },
  };
}

export async function endSubscriptions(
  transaction: Transaction,
  secrets: NewsletterSecrets,
  rows: readonly SubscriptionRow[],
  method: ConsentEventRow['method'],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction.db
    .updateTable('subscriptions')
    .set({ state: 'unsubscribed', changedAt: Date.now() })
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  for (const { siteId, emailKey, lang, newsletterId } of rows) {
    await addConsentEvents(transaction, secrets, {
      siteId,
      emailKey,
      lang,
      type: 'unsubscribed',
      method,
      lists: [{ id: newsletterId, consent: null }],
    });
  }
}
