import type { Kysely, Selectable } from 'kysely';
import { LimitCounters, resetCounters } from '../../storage/limit-counters.js';
import type { SubscriptionTokenRow, Tables } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { codeLifetimeMs, type CappedRequest, type Caps } from './caps.js';
import { logConsent } from './consent-log.js';
import { addManageToken, type ConsentedList } from './signup-mails.js';
import type { NewsletterTokens } from './tokens.js';

/** State of a signup that is confirmed by link or code. */
export interface Confirmation {
  /**
   * `pending`: can be confirmed. `confirmed`: confirmed by this call. `already-confirmed`: confirmed before. `expired`:
   * link too old, used, or subscription ended since.
   */
  readonly state: 'pending' | 'confirmed' | 'already-confirmed' | 'expired';
  readonly siteId: string;
  readonly lang: string;
  readonly lists: readonly string[];
}

/** Reads the state behind a confirmation link, without changing it. */
export async function readConfirmation(read: Kysely<Tables>, tokenHash: string): Promise<Confirmation | undefined> {
  const token = await confirmTokens(read).where('tokenHash', '=', tokenHash).executeTakeFirst();
  return token && toConfirmation(token, await subscriptionsOf(read, token).execute());
}

/** Confirms by the token of a link; `undefined` for an unknown token. Idempotent. */
export function confirmByLink(
  tokens: NewsletterTokens,
  caps: Caps,
): Command<{ tokenHash: string; manageTokenHash: string }, Confirmation | undefined> {
  return {
    name: 'confirm-by-link',
    async run(transaction, links) {
      const results: (Confirmation | undefined)[] = [];
      for (const { tokenHash, manageTokenHash } of links) {
        const { db, locked } = transaction;
        const token = await locked(confirmTokens(db).where('tokenHash', '=', tokenHash)).executeTakeFirst();
        const result = token && (await confirm(transaction, tokens, caps, token, 'link'));
        if (token && result?.state === 'confirmed')
          await addManageToken(transaction, { ...token, tokenHash: manageTokenHash });
        results.push(result);
      }
      return results;
    },
  };
}

/** A try of a code. */
export interface CodeTry extends CappedRequest {
  readonly code: string;
}

/** Codes of one address that are compared. More are never live at once. */
const maxCandidates = 5;
/** Takes the place of codes that an address does not have, so that the same number is compared for every address. */
const noCandidate = { codeHash: 'A'.repeat(43), tokenHash: 'A'.repeat(43) };

/**
 * Confirms by the code of a mail. A wrong code takes the same statements, writes and hashes for every address, subscribed
 * or not: tries are counted by address, mailbox and network, never in rows that only subscribers have.
 *
 * @returns true if the code is correct
 */
export function confirmByCode(tokens: NewsletterTokens, caps: Caps): Command<CodeTry, boolean> {
  return {
    name: 'confirm-by-code',
    async run(transaction, tries) {
      const counters = await LimitCounters.lock(
        transaction,
        tries.flatMap((each) => caps.tryKeys(each)),
      );
      const results: boolean[] = [];
      for (const each of tries) results.push(await tryCode({ transaction, tokens, caps, counters }, each));
      await counters.save(transaction);
      return results;
    },
  };
}

export interface ConfirmContext {
  readonly transaction: Transaction;
  readonly tokens: NewsletterTokens;
  readonly caps: Caps;
  readonly counters: LimitCounters;
}

async function tryCode(context: ConfirmContext, given: CodeTry): Promise<boolean> {
  const matching = await matchCode(context, 'confirm', given);
  if (!matching) return false;
  const { transaction, tokens, caps } = context;
  const { state } = await confirm(transaction, tokens, caps, matching, 'code');
  return state === 'confirmed' || state === 'already-confirmed';
}

/** Returns the token that a code of a mail belongs to, and counts the try. */
export async function matchCode(
  { transaction, tokens, caps, counters }: ConfirmContext,
  purpose: SubscriptionTokenRow['purpose'],
  given: CodeTry,
): Promise<Token | undefined> {
  const { siteId, emailKey, code } = given;
  // Without a lock, which would write to rows that only subscribers have: the counters of the address are locked.
  const found = await tokensFor(transaction.db, purpose)
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .where('codeHash', 'is not', null)
    .where('createdAt', '>', Date.now() - codeLifetimeMs)
    .orderBy('createdAt', 'desc')
    .limit(maxCandidates)
    .execute();
  const matches = Array.from({ length: maxCandidates }, (_, index) =>
    tokens.matchesCode(code, found[index] ?? noCandidate, emailKey),
  );
  const matching = found[matches.indexOf(true)];
  const isAllowed = caps.allowsTry(counters, given);
  for (const key of caps.tryKeys(given)) counters.add(key);
  if (!matching || !isAllowed) return undefined;
  counters.reset(caps.addressTries(given));
  return matching;
}

async function confirm(
  transaction: Transaction,
  tokens: NewsletterTokens,
  caps: Caps,
  token: Token,
  method: 'link' | 'code',
): Promise<Confirmation> {
  const { db, locked } = transaction;
  const subscriptions = await locked(subscriptionsOf(db, token).orderBy('newsletterId')).execute();
  const before = toConfirmation(token, subscriptions);
  if (before.state !== 'pending') return before;
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
  // The mail was wanted: the next one may follow at once.
  await resetCounters(transaction, [caps.mailbox({ emailKey })]);
  const lists = listsOf(token).filter(({ id }) => pending.some(({ newsletterId }) => newsletterId === id));
  await logConsent(transaction, tokens, {
    siteId,
    emailKey,
    lang: before.lang,
    type: 'confirmed',
    method,
    page: pending[0]?.page ?? null,
    lists,
  });
  return { ...before, state: 'confirmed' };
}

type Token = Selectable<SubscriptionTokenRow>;
type Subscription = Awaited<ReturnType<ReturnType<typeof subscriptionsOf>['execute']>>[number];

function toConfirmation(token: Token, subscriptions: readonly Subscription[]): Confirmation {
  const all = (state: Subscription['state']) =>
    subscriptions.length > 0 && subscriptions.every((subscription) => subscription.state === state);
  const isPending = subscriptions.some(({ state }) => state === 'pending');
  const usable = token.usedAt === null && (token.expiresAt === null || token.expiresAt > Date.now());
  const state = all('confirmed') ? 'already-confirmed' : isPending && usable ? 'pending' : 'expired';
  return {
    state,
    siteId: token.siteId,
    lang: subscriptions[0]?.lang ?? '',
    lists: listsOf(token).map(({ id }) => id),
  };
}

function confirmTokens(db: Kysely<Tables>) {
  return tokensFor(db, 'confirm');
}

function tokensFor(db: Kysely<Tables>, purpose: SubscriptionTokenRow['purpose']) {
  return db.selectFrom('subscription_tokens').selectAll().where('purpose', '=', purpose);
}

function subscriptionsOf(db: Kysely<Tables>, token: Token) {
  return db
    .selectFrom('subscriptions')
    .select(['id', 'newsletterId', 'state', 'lang', 'page'])
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
