import type { Millis } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

const dayMillis = 24 * 60 * 60_000;
const pendingMillis = 30 * dayMillis;

/** Deletes links that have ended, and addresses that never confirmed. The record of consent stays, without addresses. */
export const forgetOldSubscriptions: Command<Millis, void> = {
  name: 'forget-old-subscriptions',
  async run({ db }, times) {
    const now = Math.max(...times);
    await db
      .deleteFrom('subscription_tokens')
      .where('expiresAt', '<', now - dayMillis)
      .execute();
    await db
      .deleteFrom('subscriptions')
      .where('state', '=', 'pending')
      .where('changedAt', '<', now - pendingMillis)
      .execute();
    return times.map(() => undefined);
  },
};
