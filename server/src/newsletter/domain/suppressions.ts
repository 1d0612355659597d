import type { Kysely } from 'kysely';
import { newId } from '../../ids.js';
import type { MailComposer } from '../../mail/queue.js';
import type { ConsentEventRow, SubscriptionRow, SuppressionRow, Tables } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { logConsent } from './consent-log.js';
import { parseEmailAddress } from './email-address.js';
import type { NewsletterTokens } from './tokens.js';

/** An address of a site, by its key. */
export interface SiteAddress {
  readonly siteId: string;
  readonly emailKey: string;
}

/** An address that is to get no mail from a site. */
export interface NewSuppression extends SiteAddress, Pick<SuppressionRow, 'reason' | 'source'> {}

interface SubscriptionChange extends Pick<SubscriptionRow, 'state'>, Pick<ConsentEventRow, 'type'> {
  readonly from: readonly SubscriptionRow['state'][];
}
const unended = ['pending', 'confirmed', 'bounced'] as const;
/** Changes of the subscriptions of an address, by the reason. */
const subscriptionChanges: Readonly<Record<SuppressionRow['reason'], SubscriptionChange>> = {
  'hard-bounce': { from: ['confirmed'], state: 'bounced', type: 'bounced' },
  complaint: { from: unended, state: 'unsubscribed', type: 'complained' },
  manual: { from: unended, state: 'unsubscribed', type: 'unsubscribed' },
};
/** Bound of the parameters of one statement. */
const maxKeys = 500;

/** Returns those of the addresses that get no mail from the site. */
export async function readSuppressedKeys(
  db: Kysely<Tables>,
  tokens: NewsletterTokens,
  siteId: string,
  emailKeys: readonly string[],
): Promise<Set<string>> {
  const keyByHash = new Map(emailKeys.flatMap((key) => tokens.hashEmailByAll(key).map((hash) => [hash, key])));
  const hashes = [...keyByHash.keys()];
  const suppressed = new Set<string>();
  for (let start = 0; start < hashes.length; start += maxKeys) {
    const rows = await db
      .selectFrom('suppressions')
      .select('emailHash')
      .where('siteId', '=', siteId)
      .where('emailHash', 'in', hashes.slice(start, start + maxKeys))
      .execute();
    for (const { emailHash } of rows) suppressed.add(keyByHash.get(emailHash)!);
  }
  return suppressed;
}

/** Returns whether an address gets no mail from the site. */
export async function isSuppressed(
  db: Kysely<Tables>,
  tokens: NewsletterTokens,
  { siteId, emailKey }: SiteAddress,
): Promise<boolean> {
  return (await readSuppressedKeys(db, tokens, siteId, [emailKey])).has(emailKey);
}

/** Makes composers refuse mails to suppressed addresses, those queued before included. */
export function withoutSuppressed(
  composers: Readonly<Record<string, MailComposer>>,
  tokens: NewsletterTokens,
): Record<string, MailComposer> {
  const guard =
    (compose: MailComposer): MailComposer =>
    async (transaction, mail) => {
      const emailKey = parseEmailAddress(mail.to)?.key;
      if (emailKey !== undefined && (await isSuppressed(transaction.db, tokens, { siteId: mail.siteId, emailKey })))
        return undefined;
      return compose(transaction, mail);
    };
  return Object.fromEntries(Object.entries(composers).map(([kind, compose]) => [kind, guard(compose)]));
}

/**
 * Suppresses an address, and ends its subscriptions or marks them as bounced. Idempotent. A later reason replaces a hard bounce, which
 * alone expires.
 *
 * @returns whether the address got mail before
 */
export async function suppress(
  transaction: Transaction,
  tokens: NewsletterTokens,
  { siteId, emailKey, reason, source }: NewSuppression,
): Promise<boolean> {
  const { db } = transaction;
  const wasSuppressed = await isSuppressed(db, tokens, { siteId, emailKey });
  const createdAt = Date.now();
  await db
    .insertInto('suppressions')
    .values({ id: newId(), siteId, emailHash: tokens.hashEmail(emailKey), reason, source, createdAt })
    .onConflict((conflict) =>
      conflict
        .columns(['siteId', 'emailHash'])
        .doUpdateSet({ reason, source, createdAt })
        .where('suppressions.reason', '=', 'hard-bounce'),
    )
    .execute();
  const change = subscriptionChanges[reason];
  const isByOperator = source === 'file' || source === 'command';

  await changeSubscriptions(
    transaction,
    tokens,
    { siteId, emailKey },
    {
      ...change,
      method: isByOperator ? 'command' : 'webhook',
    },
  );
  return !wasSuppressed;
}

/** Suppresses addresses. Returns whether each got mail before. */
export function suppressAddresses(tokens: NewsletterTokens): Command<NewSuppression, boolean> {
  return {
    name: 'suppress-addresses',
    run: (transaction, inputs) => runSequentially(inputs, (input) => suppress(transaction, tokens, input)),
  };
}

/**
 * Lets addresses get mail again, and restores subscriptions that had bounced. Those that were ended stay so.
 *
 * Returns whether each address was suppressed.
 */
export function removeSuppressions(tokens: NewsletterTokens): Command<SiteAddress, boolean> {
  return {
    name: 'remove-suppressions',
    run: (transaction, inputs) =>
      runSequentially(inputs, async ({ siteId, emailKey }) => {
        const { numDeletedRows } = await transaction.db
          .deleteFrom('suppressions')
          .where('siteId', '=', siteId)
          .where('emailHash', 'in', tokens.hashEmailByAll(emailKey))
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const restored = { from: ['bounced'], state: 'confirmed', type: 'restored', method: 'command' } as const;
        await changeSubscriptions(transaction, tokens, { siteId, emailKey }, restored);
        return true;
      }),
  };
}

async function changeSubscriptions(
  transaction: Transaction,
  tokens: NewsletterTokens,
  { siteId, emailKey }: SiteAddress,
  { from, state, type, method }: SubscriptionChange & Pick<ConsentEventRow, 'method'>,
): Promise<void> {
  const { db, locked } = transaction;
  const found = db
    .selectFrom('subscriptions')
    .select(['id', 'newsletterId', 'lang', 'page'])
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .where('state', 'in', from)
    .orderBy('newsletterId');
  const rows = await locked(found).execute();
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await db.updateTable('subscriptions').set({ state, changedAt: Date.now() }).where('id', 'in', ids).execute();
  for (const { lang, page, newsletterId } of rows)
    await logConsent(transaction, tokens, {
      ...{ siteId, emailKey, lang, type, method, page },
      lists: [{ id: newsletterId, consent: null }],
    });
}
