import { sql } from 'kysely';
import { minIdAt } from '../../ids.js';
import { sweep, type RetentionRule } from '../../storage/retention-rule.js';
import { dayMs } from '../../time.js';
import { removalGraceMs } from './list-editing.js';

const expiredTokenMs = dayMs;
const pendingMs = 30 * dayMs;
const endedMs = 30 * dayMs;
/** A bounced subscription is restored where its suppression is removed. */
const bouncedMs = 90 * dayMs;
/** A mailbox that was closed may be opened again, by another person. */
const hardBounceMs = 365 * dayMs;
const requestMs = 7 * dayMs;

/** Lifetimes of signups, subscriptions and their tokens. The consent log is kept; it contains no addresses. Suppressions
 * by a complaint, an erasure or an operator are kept until they are removed. */
export const newsletterRetention: readonly RetentionRule[] = [
  sweep({
    name: 'subscription-tokens',
    table: 'subscription_tokens',
    key: 'tokenHash',
    isExpired: (now) => sql`expires_at < ${now - expiredTokenMs}`,
  }),
  sweep({
    name: 'unconfirmed-subscriptions',
    table: 'subscriptions',
    key: 'id',
    endKey: (now) => minIdAt(now - pendingMs),
    isExpired: (now) => sql`state = 'pending' and changed_at < ${now - pendingMs}`,
  }),
  sweep({
    name: 'ended-subscriptions',
    table: 'subscriptions',
    key: 'id',
    endKey: (now) => minIdAt(now - endedMs),
    isExpired: (now) => sql`state = 'unsubscribed' and changed_at < ${now - endedMs}`,
  }),
  sweep({
    name: 'bounced-subscriptions',
    table: 'subscriptions',
    key: 'id',
    endKey: (now) => minIdAt(now - bouncedMs),
    isExpired: (now) => sql`state = 'bounced' and changed_at < ${now - bouncedMs}`,
  }),
  sweep({
    name: 'suppressions-of-hard-bounces',
    table: 'suppressions',
    key: 'id',
    endKey: (now) => minIdAt(now - hardBounceMs),
    isExpired: (now) => sql`reason = 'hard-bounce' and created_at < ${now - hardBounceMs}`,
  }),
  sweep({
    name: 'subscriptions-of-removed-newsletters',
    table: 'subscriptions',
    key: 'id',
    isExpired: (now) => sql`exists (
      select 1 from newsletters
      where newsletters.site_id = subscriptions.site_id and newsletters.id = subscriptions.newsletter_id
        and newsletters.removed_at < ${now - removalGraceMs}
    )`,
  }),
  sweep({
    name: 'unprocessed-signups',
    table: 'subscription_requests',
    key: 'id',
    endKey: (now) => minIdAt(now - requestMs),
    isExpired: (now) => sql`created_at < ${now - requestMs}`,
  }),
];
