import type { MailComposer } from '../../mail/queue.js';
import { readMailSite } from '../../mail/style.js';
import { catalogueFor } from '../../locales/registry.js';
import { resetCounters } from '../../storage/limit-counters.js';
import type { Transaction } from '../../storage/writer.js';
import { dayMs } from '../../time.js';
import { alreadySubscribedMail, confirmMail, type MailContext } from '../messages.js';
import type { Caps } from './caps.js';
import { readStoredNewsletters } from './lists.js';
import type { NewsletterTokens } from './tokens.js';

const confirmLinkLifetimeMs = 7 * dayMs;
const manageLinkLifetimeMs = 30 * dayMs;

/** Requested list and the id of the accepted consent text. */
export interface ConsentedList {
  readonly id: string;
  readonly consent: string;
}

/** What is stored of a mail until it is sent. */
export interface SignupMail {
  readonly emailKey: string;
  readonly lang: string;
  /** The lists to confirm; empty in a notice. */
  readonly lists: readonly ConsentedList[];
  /** The mail has no link to confirm by. Missing in mails stored by versions before. */
  readonly isCodeOnly?: boolean;
}

/**
 * Makes the composers of mails to subscribers. Links and codes are made when a mail is sent: a mail that waited for its
 * mail server carries a live code, and the database never holds one.
 *
 * @param url base of all links
 */
export function signupMailComposers(tokens: NewsletterTokens, caps: Caps, url: string): Record<string, MailComposer> {
  return {
    'newsletter-confirm': async (transaction, { id: mailId, siteId, content }) => {
      const { db } = transaction;
      const { emailKey, lang, lists, isCodeOnly } = content as unknown as SignupMail;
      const pending = await db
        .selectFrom('subscriptions')
        .select(['id', 'newsletterId'])
        .where('siteId', '=', siteId)
        .where('emailKey', '=', emailKey)
        .where(
          'newsletterId',
          'in',
          lists.map((list) => list.id),
        )
        .where('state', '=', 'pending')
        .orderBy('newsletterId')
        .execute();
      const wanted = lists.filter((list) => pending.some(({ newsletterId }) => newsletterId === list.id));
      if (wanted.length === 0) return undefined;
      const { token, tokenHash } = tokens.newToken();
      const code = tokens.newCode();
      const now = Date.now();
      // Of several attempts to send a mail, the last code is live. The links of all are, since any may have arrived.
      await db.updateTable('subscription_tokens').set({ codeHash: null }).where('mailId', '=', mailId).execute();
      await db
        .insertInto('subscription_tokens')
        .values({
          tokenHash,
          purpose: 'confirm',
          siteId,
          emailKey,
          newslettersJson: JSON.stringify(wanted),
          codeHash: tokens.hashCode(code, tokenHash, emailKey),
          createdAt: now,
          expiresAt: now + confirmLinkLifetimeMs,
          usedAt: null,
          mailId,
        })
        .execute();
      await resetCounters(transaction, [caps.addressTries({ siteId, emailKey })]);
      return confirmMail(await readMailContext(transaction, siteId, lang, url), {
        lists: wanted.map((list) => list.id),
        code,
        token: isCodeOnly ? undefined : token,
        unsubscribeToken: tokens.signUnsubscribeToken(pending.map(({ id }) => id)),
      });
    },

    'newsletter-known': async (transaction, { siteId, content }) => {
      const { emailKey, lang } = content as unknown as SignupMail;
      const unsubscribeToken = await makeUnsubscribeToken(transaction, tokens, { siteId, emailKey });
      // Ended since: nothing to tell, and nothing to unsubscribe from.
      if (unsubscribeToken === undefined) return undefined;
      const { token, tokenHash } = tokens.newToken();
      await addManageToken(transaction, { siteId, emailKey, tokenHash });
      return alreadySubscribedMail(await readMailContext(transaction, siteId, lang, url), {
        token,
        unsubscribeToken,
      });
    },
  };
}

/** Returns a token that ends the confirmed subscriptions of an address; `undefined` where it has none. */
export async function makeUnsubscribeToken(
  { db }: Transaction,
  tokens: NewsletterTokens,
  { siteId, emailKey }: { siteId: string; emailKey: string },
): Promise<string | undefined> {
  const subscriptions = await db
    .selectFrom('subscriptions')
    .select('id')
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .where('state', '=', 'confirmed')
    .orderBy('newsletterId')
    .execute();
  return subscriptions.length > 0 ? tokens.signUnsubscribeToken(subscriptions.map(({ id }) => id)) : undefined;
}

/** Stores the token of a link to the preferences. */
export async function addManageToken(
  { db }: Transaction,
  { siteId, emailKey, tokenHash }: { siteId: string; emailKey: string; tokenHash: string },
): Promise<void> {
  const now = Date.now();
  await db
    .insertInto('subscription_tokens')
    .values({
      tokenHash,
      purpose: 'manage',
      siteId,
      emailKey,
      newslettersJson: '[]',
      codeHash: null,
      createdAt: now,
      expiresAt: now + manageLinkLifetimeMs,
      usedAt: null,
      mailId: null,
    })
    .execute();
}

export async function readMailContext(
  { db }: Transaction,
  siteId: string,
  lang: string,
  url: string,
): Promise<MailContext> {
  const site = await readMailSite(db, siteId, lang);
  if (!site) throw new Error(`There is no site ${siteId}.`);
  return {
    site,
    newsletters: await readStoredNewsletters(db, siteId),
    lang,
    catalogue: catalogueFor(lang, site.lang),
    url,
  };
}
