import { newId } from '../ids.js';
import { queueMail } from '../mail/queue.js';
import type { Transaction, Command } from '../storage/writer.js';
import type { SubscriptionRequestRow, SubscriptionRow } from '../storage/tables.js';
import { addConsentEvents } from './consent-events.js';
import { readStoredNewsletters } from './lists.js';
import { confirmMail, knownMail, type MailContext } from './mails.js';
import type { NewsletterSecrets } from './secrets.js';
import { wordsIn } from './words.js';

/** A list asked for, and the wording its reader agreed to. */
export interface ConsentedList {
  readonly id: string;
  readonly consent: string;
}

export const confirmMillis = 7 * 24 * 60 * 60_000;
export const manageMillis = 30 * 24 * 60 * 60_000;
const dayMillis = 24 * 60 * 60_000;
/** A little less than the widget makes its reader wait before "send again". */
const pauseMillis = 55_000;
const mostPerDay = 3;

/** Stores what was asked for. The same work for every address, so that the answer tells nothing about it. */
export const storeRequests: Command<SubscriptionRequestRow, void> = {
  name: 'store-subscription-requests',
  async run({ db }, requests) {
    await db
      .insertInto('subscription_requests')
      .values([...requests])
      .execute();
    return requests.map(() => undefined);
  },
};

/**
 * Looks at stored requests, after their answer: a new address gets a mail to confirm, a known one a mail that says
 * so, and one that was written to a moment ago gets none. A confirmed subscription is never changed by asking again.
 */
export function handleRequests(secrets: NewsletterSecrets, url: string): Command<string, void> {
  return {
    name: 'handle-subscription-requests',
    async run(transaction, ids) {
      for (const id of ids) await handleRequest(transaction, id, secrets, url);
      return ids.map(() => undefined);
    },
  };
}

async function handleRequest(transaction: Transaction, id: string, secrets: NewsletterSecrets, url: string) {
  const { db, locked } = transaction;
  const request = await locked(
    db.selectFrom('subscription_requests').selectAll().where('id', '=', id),
  ).executeTakeFirst();
  // Another node was faster.
  if (!request) return;
  const asked = JSON.parse(request.listsJson) as ConsentedList[];
  const subscriptions = await lockSubscriptions(transaction, request, asked);
  const open = subscriptions.filter(({ state }) => state !== 'confirmed');
  if (open.length > 0) await askToConfirm(transaction, request, asked, open, secrets, url);
  else await sayKnown(transaction, request, secrets, url);
  await db.deleteFrom('subscription_requests').where('id', '=', id).execute();
}

/** The address's subscriptions to the lists, made where missing; ours until the commit. */
async function lockSubscriptions(
  { db, locked }: Transaction,
  { siteId, emailKey, email, lang }: SubscriptionRequestRow,
  asked: readonly ConsentedList[],
): Promise<SubscriptionRow[]> {
  const now = Date.now();
  const lists = asked.map(({ id }) => id).sort();
  await db
    .insertInto('subscriptions')
    .values(
      lists.map((newsletterId) => ({
        id: newId(),
        siteId,
        newsletterId,
        emailKey,
        email,
        lang,
        state: 'pending' as const,
        createdAt: now,
        changedAt: now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['siteId', 'newsletterId', 'emailKey']).doNothing())
    .execute();
  return locked(
    db
      .selectFrom('subscriptions')
      .selectAll()
      .where('siteId', '=', siteId)
      .where('emailKey', '=', emailKey)
      .where('newsletterId', 'in', lists)
      .orderBy('newsletterId'),
  ).execute();
}

async function askToConfirm(
  transaction: Transaction,
  request: SubscriptionRequestRow,
  asked: readonly ConsentedList[],
  open: readonly SubscriptionRow[],
  secrets: NewsletterSecrets,
  url: string,
): Promise<void> {
  const { db } = transaction;
  const { siteId, emailKey, email, lang } = request;
  const now = Date.now();
  // Mails that led to a confirmation came to somebody who wanted them: only the others count.
  const unanswered = await db
    .selectFrom('subscription_tokens')
    .select('createdAt')
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .where('purpose', '=', 'confirm')
    .where('usedAt', 'is', null)
    .where('createdAt', '>', now - dayMillis)
    .execute();
  if (unanswered.length >= mostPerDay || unanswered.some(({ createdAt }) => createdAt > now - pauseMillis)) return;

  const ids = open.map(({ id }) => id);
  await db
    .updateTable('subscriptions')
    .set({ state: 'pending', email, lang, changedAt: now })
    .where('id', 'in', ids)
    .execute();
  const wanted = asked.filter(({ id }) => open.some(({ newsletterId }) => newsletterId === id));
  await addConsentEvents(transaction, secrets, {
    siteId,
    emailKey,
    lang,
    type: 'requested',
    method: request.method,
    lists: wanted,
  });
  const { token, tokenHash } = secrets.newToken();
  const code = secrets.newCode();
  await db
    .insertInto('subscription_tokens')
    .values({
      tokenHash,
      purpose: 'confirm',
      siteId,
      emailKey,
      newslettersJson: JSON.stringify(wanted),
      codeHash: secrets.hashOfCode(code, tokenHash, emailKey),
      createdAt: now,
      expiresAt: now + confirmMillis,
      usedAt: null,
    })
    .execute();
  const context = await mailContext(transaction, request, url);
  const message = await confirmMail(context, {
    lists: wanted.map(({ id }) => id),
    code,
    token,
    unsubscribeToken: secrets.unsubscribeToken(ids),
  });
  await queueMail(db, { siteId, kind: 'newsletter-confirm', to: email, message });
}

/** Tells who is subscribed already, once a day at most, and where to change that. */
async function sayKnown(
  transaction: Transaction,
  request: SubscriptionRequestRow,
  secrets: NewsletterSecrets,
  url: string,
): Promise<void> {
  const { db } = transaction;
  const { siteId, emailKey, email } = request;
  const now = Date.now();
  const told = await db
    .selectFrom('subscription_tokens')
    .select('tokenHash')
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .where('purpose', '=', 'manage')
    .where('createdAt', '>', now - dayMillis)
    .executeTakeFirst();
  if (told) return;
  const { token, tokenHash } = secrets.newToken();
  await addManageToken(transaction, { siteId, emailKey, tokenHash });
  const message = await knownMail(await mailContext(transaction, request, url), { token });
  await queueMail(db, { siteId, kind: 'newsletter-known', to: email, message });
}

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
      expiresAt: now + manageMillis,
      usedAt: null,
    })
    .execute();
}

async function mailContext(
  { db }: Transaction,
  { siteId, lang }: SubscriptionRequestRow,
  url: string,
): Promise<MailContext> {
  const site = await db.selectFrom('sites').select(['name', 'lang']).where('id', '=', siteId).executeTakeFirstOrThrow();
  return { site, newsletters: await readStoredNewsletters(db, siteId), lang, words: wordsIn(lang, site.lang), url };
}
