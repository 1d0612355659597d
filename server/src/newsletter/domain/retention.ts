import { sql } from 'kysely';
import { minIdAt } from '../../ids.js';
import { sweep, type RetentionRule } from '../../storage/retention-rule.js';
import { dayMs } from '../../time.js';
import { removalGraceMs } from './list-editing.js';

const expiredTokenMs = dayMs;
const pendingMs = 30 * dayMs;
const endedMs = 30 * dayMs;
const requestMs = 7 * dayMs;

/** Lifetimes of signups, subscriptions and their tokens. The consent log is kept; it contains no addresses. */
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
