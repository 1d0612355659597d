import { newId } from '../ids.js';
import type { ConsentEventRow } from '../storage/tables.js';
import type { Transaction } from '../storage/writer.js';
import type { NewsletterSecrets } from './secrets.js';

export interface NewConsentEvents extends Pick<ConsentEventRow, 'siteId' | 'lang' | 'type' | 'method'> {
  readonly emailKey: string;
  /** The lists, each with the wording agreed to where something was. */
  readonly lists: readonly { readonly id: string; readonly consent: string | null }[];
}

/** Adds to the record of who agreed to what, when and how. Nothing in it is ever changed, and no address is in it. */
export async function addConsentEvents(
  { db }: Transaction,
  secrets: NewsletterSecrets,
  { siteId, emailKey, lang, type, method, lists }: NewConsentEvents,
): Promise<void> {
  if (lists.length === 0) return;
  const at = Date.now();
  const emailHash = secrets.hashOfEmail(emailKey);
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
        at,
      })),
    )
    .execute();
}
