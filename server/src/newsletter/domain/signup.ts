import type { Selectable } from 'kysely';
import { newId } from '../../ids.js';
import { queueMail } from '../../mail/queue.js';
import { siteSettingsSchema } from '../../sites/store.js';
import { LimitCounters } from '../../storage/limit-counters.js';
import type { SubscriptionRequestRow, SubscriptionRow } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { minuteMs, secondMs } from '../../time.js';
import type { Caps, MailCaps } from './caps.js';
import { logConsent } from './consent-log.js';
import type { ConsentedList, SignupMail } from './signup-mails.js';
import { isSuppressed } from './suppressions.js';
import type { NewsletterTokens } from './tokens.js';

const minRetryMs = secondMs;
const maxRetryMs = 5 * minuteMs;

type SignupRow = Selectable<SubscriptionRequestRow>;

/** Stores signups. Takes the same time for every address, so that the response reveals nothing about it. */
export const storeSignups: Command<SignupRow, void> = {
  name: 'store-signups',
  async run({ db }, requests) {
    await db
      .insertInto('subscription_requests')
      .values([...requests])
      .execute();
    return requests.map(() => undefined);
  },
};

/** Puts off signups that could not be processed. The delay doubles with every try. */
export const postponeSignups: Command<string, void> = {
  name: 'postpone-signups',
  async run({ db }, ids) {
    const rows = await db.selectFrom('subscription_requests').select(['id', 'tries']).where('id', 'in', ids).execute();
    for (const { id, tries } of rows) {
      const dueAt = Date.now() + Math.min(minRetryMs * 2 ** tries, maxRetryMs);
      await db
        .updateTable('subscription_requests')
        .set({ dueAt, tries: tries + 1 })
        .where('id', '=', id)
        .execute();
    }
    return ids.map(() => undefined);
  },
};

/**
 * Processes stored signups after their response was sent. A new address gets a mail to confirm, a subscribed one a mail
 * that says so; one that is suppressed gets none, nor one whose mailbox, network or site has had its share. Never changes confirmed subscriptions.
 */
export function processSignups(tokens: NewsletterTokens, caps: Caps): Command<string, void> {
  return {
    name: 'process-signups',
    async run(transaction, ids) {
      const { db, claimable } = transaction;
      // Those that another node processes are left out.
      const requests = await claimable(
        db.selectFrom('subscription_requests').selectAll().where('id', 'in', ids).orderBy('id'),
      ).execute();
      const counters = await LimitCounters.lock(
        transaction,
        requests.flatMap((request) => caps.mailKeys(request)),
      );
      for (const request of requests) await processSignup({ transaction, tokens, caps, counters }, request);
      await counters.save(transaction);
      return ids.map(() => undefined);
    },
  };
}

interface SignupContext {
  readonly transaction: Transaction;
  readonly tokens: NewsletterTokens;
  readonly caps: Caps;
  readonly counters: LimitCounters;
}

async function processSignup(context: SignupContext, request: SignupRow): Promise<void> {
  const { transaction, tokens, caps, counters } = context;
  const { db } = transaction;
  const { siteId, emailKey, email, lang, isCodeOnly } = request;
  const requested = JSON.parse(request.listsJson) as ConsentedList[];
  const mailCaps = await readMailCaps(transaction, siteId);
  const getsMail = !(await isSuppressed(db, tokens, request));
  const known = await lockSubscriptions(transaction, request, requested);
  const isConfirmed = ({ id }: ConsentedList) =>
    known.some(({ newsletterId, state }) => newsletterId === id && state === 'confirmed');
  const wanted = requested.filter((list) => !isConfirmed(list));
  const queue = (kind: string, lists: readonly ConsentedList[]) => {
    const content: SignupMail = { emailKey, lang, lists, ...(isCodeOnly === 1 && { isCodeOnly: true }) };
    return queueMail(db, { siteId, kind, to: email, content: { ...content } });
  };
  if (!getsMail) {
    // Nothing is stored either: it could not be confirmed.
  } else if (wanted.length > 0 && caps.allowsConfirmMail(counters, request, mailCaps)) {
    await storePending(context, request, wanted);
    await queue('newsletter-confirm', wanted);
    caps.addConfirmMail(counters, request);
  } else if (wanted.length === 0 && caps.allowsNotice(counters, request, mailCaps)) {
    await queue('newsletter-known', []);
    caps.addNotice(counters, request);
  }
  await db.deleteFrom('subscription_requests').where('id', '=', request.id).execute();
}

/** Reads the settings of a site that cap its mails. */
export async function readMailCaps({ db }: Transaction, siteId: string): Promise<MailCaps> {
  const { settingsJson } = await db
    .selectFrom('sites')
    .select('settingsJson')
    .where('id', '=', siteId)
    .executeTakeFirstOrThrow();
  return siteSettingsSchema.parse(JSON.parse(settingsJson)).newsletter;
}

/** Selects the subscriptions of the address to the requested lists FOR NO KEY UPDATE (row lock). */
function lockSubscriptions(
  { db, locked }: Transaction,
  { siteId, emailKey }: SignupRow,
  requested: readonly ConsentedList[],
): Promise<SubscriptionRow[]> {
  return locked(
    db
      .selectFrom('subscriptions')
      .selectAll()
      .where('siteId', '=', siteId)
      .where('emailKey', '=', emailKey)
      .where(
        'newsletterId',
        'in',
        requested.map(({ id }) => id),
      )
      .orderBy('newsletterId'),
  ).execute();
}

/** Stores the wanted subscriptions as pending, and the consent to each. */
async function storePending(
  { transaction, tokens }: SignupContext,
  { siteId, emailKey, email, lang, method, origin, page }: SignupRow,
  wanted: readonly ConsentedList[],
): Promise<void> {
  const now = Date.now();
  const pending = { state: 'pending' as const, email, lang, page, changedAt: now };
  await transaction.db
    .insertInto('subscriptions')
    .values(
      [...wanted]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id: newsletterId, consent: consentTextId }) => ({
          ...{ id: newId(), siteId, newsletterId, emailKey, consentTextId, createdAt: now, origin },
          ...pending,
        })),
    )
    // One that was confirmed meanwhile stays so.
    .onConflict((conflict) =>
      conflict
        .columns(['siteId', 'newsletterId', 'emailKey'])
        .doUpdateSet((eb) => ({ ...pending, consentTextId: eb.ref('excluded.consentTextId') }))
        .where('subscriptions.state', '!=', 'confirmed'),
    )
    .execute();
  await logConsent(transaction, tokens, { siteId, emailKey, lang, type: 'requested', method, page, lists: wanted });
}
