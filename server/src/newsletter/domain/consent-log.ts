import { newId } from '../../ids.js';
import type { ConsentEventRow } from '../../storage/tables.js';
import type { Transaction } from '../../storage/writer.js';
import { queueDeliveries, webhookEventOf } from '../webhooks/events.js';
import type { NewsletterTokens } from './tokens.js';

export interface NewConsentEvents extends Pick<ConsentEventRow, 'siteId' | 'lang' | 'type' | 'method'> {
  readonly emailKey: string;
  /** Lists, with the id of the accepted consent text if there is one. */
  readonly lists: readonly { readonly id: string; readonly consent: string | null }[];
  readonly page?: string | null;
}

/**
 * Appends to the consent log: who agreed to what, when and how. Append-only; contains hashes instead of addresses. Queues
 * the change for the webhooks of the site.
 */
export async function logConsent(
  { db }: Transaction,
  tokens: NewsletterTokens,
  { siteId, emailKey, lang, type, method, lists, page = null }: NewConsentEvents,
): Promise<void> {
  if (lists.length === 0) return;
  const at = Date.now();
  const emailHash = tokens.hashEmail(emailKey);
  await db
    .insertInto('consent_events')
    .values(
      lists.map(({ id, consent }) => ({
        id: newId(),
        siteId,
        newsletterId: id,
        emailHash,
        type,
        method,
        consentTextId: consent,
        lang,
        page,
        source: null,
        at,
      })),
    )
    .execute();
  await queueDeliveries(db, { siteId, emailKey, lang, method, lists, page, event: webhookEventOf(type), reason: type });
}
