import type { Kysely } from 'kysely';
import { newId } from '../../ids.js';
import type { SubscriptionRow, Tables } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { readSuppressedKeys } from '../domain/suppressions.js';
import type { NewsletterTokens } from '../domain/tokens.js';

export interface ImportedAddress {
  readonly emailKey: string;
  readonly email: string;
}

/** Distinct addresses for one newsletter. */
export interface ImportBatch {
  readonly siteId: string;
  readonly newsletterId: string;
  readonly lang: string;
  readonly consentSource: string;
  readonly addresses: readonly ImportedAddress[];
}

/** `added`: was not known. `confirmed`: had not confirmed yet. `kept`: is subscribed. `left`: has unsubscribed,
 * and stays so. `suppressed`: mails to it came back, or it is not to get any. */
export type ImportOutcome = 'added' | 'confirmed' | 'kept' | 'left' | 'suppressed';

type Known = Pick<SubscriptionRow, 'id' | 'emailKey' | 'state'>;

/** Subscribes the addresses of each batch, and logs the consent that the publisher states. */
export function importSubscribers(tokens: NewsletterTokens): Command<ImportBatch, ImportOutcome[]> {
  return {
    name: 'import-subscribers',
    run: (transaction, batches) => runSequentially(batches, (batch) => importBatch(transaction, tokens, batch)),
  };
}

/** Returns what {@link importSubscribers} would do. */
export async function lookUpSubscribers(
  read: Kysely<Tables>,
  tokens: NewsletterTokens,
  batch: ImportBatch,
): Promise<ImportOutcome[]> {
  return outcomesOf(read, tokens, batch, await subscriptionsOf(read, batch).execute());
}

async function importBatch(
  { db, locked }: Transaction,
  tokens: NewsletterTokens,
  batch: ImportBatch,
): Promise<ImportOutcome[]> {
  const { siteId, newsletterId, lang, consentSource, addresses } = batch;
  const outcomes = await outcomesOf(db, tokens, batch, await locked(subscriptionsOf(db, batch)).execute());
  const changed = addresses.filter((_, index) => outcomes[index] === 'added' || outcomes[index] === 'confirmed');
  if (changed.length === 0) return outcomes;
  const now = Date.now();
  const imported = { state: 'confirmed' as const, consentTextId: null, page: null, changedAt: now };
  await db
    .insertInto('subscriptions')
    .values(
      changed.map(({ emailKey, email }) => ({
        ...{ id: newId(), siteId, newsletterId, emailKey, email, lang, createdAt: now, origin: null },
        ...imported,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['siteId', 'newsletterId', 'emailKey'])
        .doUpdateSet(imported)
        .where('subscriptions.state', '=', 'pending'),
    )
    .execute();
  await db
    .insertInto('consent_events')
    .values(
      changed.map(({ emailKey }) => ({
        id: newId(),
        siteId,
        newsletterId,
        emailHash: tokens.hashEmail(emailKey),
        type: 'confirmed' as const,
        method: 'import' as const,
        consentTextId: null,
        lang,
        page: null,
        source: consentSource,
        at: now,
      })),
    )
    .execute();
  return outcomes;
}

function subscriptionsOf(db: Kysely<Tables>, { siteId, newsletterId, addresses }: ImportBatch) {
  return db
    .selectFrom('subscriptions')
    .select(['id', 'emailKey', 'state'])
    .where('siteId', '=', siteId)
    .where('newsletterId', '=', newsletterId)
    .where(
      'emailKey',
      'in',
      addresses.map(({ emailKey }) => emailKey),
    )
    .orderBy('emailKey');
}

async function outcomesOf(
  db: Kysely<Tables>,
  tokens: NewsletterTokens,
  { siteId, addresses }: ImportBatch,
  rows: readonly Known[],
): Promise<ImportOutcome[]> {
  const known = new Map(rows.map((row) => [row.emailKey, row]));
  const keys = addresses.map(({ emailKey }) => emailKey);
  const suppressed = await readSuppressedKeys(db, tokens, siteId, keys);
  return keys.map((key) => {
    const state = known.get(key)?.state;
    if (state === 'confirmed') return 'kept';
    if (suppressed.has(key) || state === 'bounced') return 'suppressed';
    if (state === 'unsubscribed') return 'left';
    return state === 'pending' ? 'confirmed' : 'added';
  });
}
