import type { Kysely } from 'kysely';
import type { ConsentEventRow, SubscriptionRow, Tables } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { logConsent } from './consent-log.js';
import type { NewsletterTokens } from './tokens.js';

/** Subscriptions behind an unsubscribe link. */
export interface UnsubscribeTarget {
  readonly siteId: string;
  readonly lang: string;
  readonly lists: readonly string[];
  /** True if all of them have ended. */
  readonly isUnsubscribed: boolean;
}

/** Reads the subscriptions behind an unsubscribe link, without changing them; `undefined` if they were erased. */
export async function readUnsubscribeTarget(
  read: Kysely<Tables>,
  subscriptionIds: readonly string[],
): Promise<UnsubscribeTarget | undefined> {
  const rows = await read.selectFrom('subscriptions').selectAll().where('id', 'in', subscriptionIds).execute();
  const [first] = rows;
  if (!first) return undefined;
  return {
    siteId: first.siteId,
    lang: first.lang,
    lists: rows.map(({ newsletterId }) => newsletterId),
    isUnsubscribed: rows.every(({ state }) => state === 'unsubscribed'),
  };
}

/** Ends pending and confirmed subscriptions. Idempotent. */
export function unsubscribe(
  tokens: NewsletterTokens,
): Command<{ subscriptionIds: readonly string[]; method: ConsentEventRow['method'] }, void> {
  return {
    name: 'unsubscribe',
    async run(transaction, requests) {
      for (const { subscriptionIds, method } of requests) {
        const { db, locked } = transaction;
        const rows = await locked(
          db
            .selectFrom('subscriptions')
            .selectAll()
            .where('id', 'in', subscriptionIds)
            .where('state', '!=', 'unsubscribed')
            .orderBy('newsletterId'),
        ).execute();
        await endSubscriptions(transaction, tokens, rows, method);
      }
      return requests.map(() => undefined);
    },
  };
}

export async function endSubscriptions(
  transaction: Transaction,
  tokens: NewsletterTokens,
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
  for (const { siteId, emailKey, lang, page, newsletterId } of rows) {
    await logConsent(transaction, tokens, {
      siteId,
      emailKey,
      lang,
      type: 'unsubscribed',
      method,
      page,
      lists: [{ id: newsletterId, consent: null }],
    });
  }
}
