import type { Kysely, Selectable } from 'kysely';
import type { SubscriptionTokenRow, Tables } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { addConsentEvents } from './consent-events.js';
import { addManageToken, type ConsentedList } from './requests.js';
import type { NewsletterSecrets } from './secrets.js';

const codeMillis = 30 * 60_000;
const mostTries = 5;

/** Where a confirmation stands, or how it went. */
export interface Confirmation {
  /** `open`: can be confirmed. `already`: was confirmed before. `gone`: expired, or taken back since. */
  readonly state: 'open' | 'confirmed' | 'already' | 'gone';
  readonly siteId: string;
  readonly lang: string;
  readonly lists: readonly string[];
}

/** What a confirmation link would do. Changes nothing. */
export async function readConfirmation(read: Kysely<Tables>, tokenHash: string): Promise<Confirmation | undefined> {
  const token = await confirmTokens(read).where('tokenHash', '=', tokenHash).executeTakeFirst();
  return token && standing(token, await subscriptionsOf(read, token).execute());
}

/** Confirms what a link's token stands for; `undefined` where there is no such token. Twice is the same as once. */
export function confirmByLink(
  secrets: NewsletterSecrets,
): Command<{ tokenHash: string; manageTokenHash: string }, Confirmation | undefined> {
  return {
    name: 'confirm-by-link',
    async run(transaction, links) {
      const results: (Confirmation | undefined)[] = [];
      for (const { tokenHash, manageTokenHash } of links) {
        const { db, locked } = transaction;
        const token = await locked(confirmTokens(db).where('tokenHash', '=', tokenHash)).executeTakeFirst();
        const result = token && (await confirm(transaction, secrets, token, 'link'));
        if (token && result?.state === 'confirmed')
          await addManageToken(transaction, { ...token, tokenHash: manageTokenHash });
        results.push(result);
      }
      return results;
    },
  };
}

/** Confirms by the code of a mail. @returns whether the code was right */
export function confirmByCode(
  secrets: NewsletterSecrets,
): Command<{ siteId: string; emailKey: string; code: string }, boolean> {
  return {
    name: 'confirm-by-code',
    async run(transaction, tries) {
      const results: boolean[] = [];
      for (const { siteId, emailKey, code } of tries) {
        const { db, locked } = transaction;
        const since = Date.now() - codeMillis;
        const tokens = await locked(
          confirmTokens(db)
            .where('siteId', '=', siteId)
            .where('emailKey', '=', emailKey)
            .where('createdAt', '>', since)
            .where('tries', '<', mostTries)
            .orderBy('tokenHash'),
        ).execute();
        const matching = tokens.find((token) => secrets.isCode(code, token, emailKey));
        if (!matching) {
          // Also where there is nothing to count, so that an unknown address takes no less work.
          await db
            .updateTable('subscription_tokens')
            .set((eb) => ({ tries: eb('tries', '+', 1) }))
            .where('siteId', '=', siteId)
            .where('emailKey', '=', emailKey)
            .where('purpose', '=', 'confirm')
            .where('createdAt', '>', since)
            .execute();
        }
        const result = matching && (await confirm(transaction, secrets, matching, 'code'));
        results.push(result?.state === 'confirmed' || result?.state === 'already');
      }
      return results;
    },
  };
}

async function confirm(
  transaction: Transaction,
  secrets: NewsletterSecrets,
  token: Token,
  method: 'link' | 'code',
): Promise<Confirmation> {
  const { db, locked } = transaction;
  const subscriptions = await locked(subscriptionsOf(db, token).orderBy('newsletterId')).execute();
  const before = standing(token, subscriptions);
  if (before.state !== 'open') return before;
  const pending = subscriptions.filter(({ state }) => state === 'pending');
  const now = Date.now();
  await db
    .updateTable('subscriptions')
    .set({ state: 'confirmed', changedAt: now })
    .where(
      'id',
      'in',
      pending.map(({ id }) => id),
    )
    .execute();
  await db.updateTable('subscription_tokens').set({ usedAt: now }).where('tokenHash', '=', token.tokenHash).execute();
  const { siteId, emailKey } = token;
  const lists = listsOf(token).filter(({ id }) => pending.some(({ newsletterId }) => newsletterId === id));
  await addConsentEvents(transaction, secrets, {
    siteId,
    emailKey,
    lang: before.lang,
    type: 'confirmed',
    method,
    lists,
  });
  return { ...before, state: 'confirmed' };
}

type Token = Selectable<SubscriptionTokenRow>;
type Subscription = Awaited<ReturnType<ReturnType<typeof subscriptionsOf>['execute']>>[number];

function standing(token: Token, subscriptions: readonly Subscription[]): Confirmation {
  const all = (state: Subscription['state']) =>
    subscriptions.length > 0 && subscriptions.every((subscription) => subscription.state === state);
  const waits = subscriptions.some(({ state }) => state === 'pending');
  const usable = token.usedAt === null && (token.expiresAt === null || token.expiresAt > Date.now());
  const state = all('confirmed') ? 'already' : waits && usable ? 'open' : 'gone';
  return {
    state,
    siteId: token.siteId,
    lang: subscriptions[0]?.lang ?? '',
    lists: listsOf(token).map(({ id }) => id),
  };
}

function confirmTokens(db: Kysely<Tables>) {
  return db.selectFrom('subscription_tokens').selectAll().where('purpose', '=', 'confirm');
}

function subscriptionsOf(db: Kysely<Tables>, token: Token) {
  return db
    .selectFrom('subscriptions')
    .select(['id', 'newsletterId', 'state', 'lang'])
    .where('siteId', '=', token.siteId)
    .where('emailKey', '=', token.emailKey)
    .where(
      'newsletterId',
      'in',
      listsOf(token).map(({ id }) => id),
    );
}

function listsOf({ newslettersJson }: Token): ConsentedList[] {
  return JSON.parse(newslettersJson) as ConsentedList[];
}
