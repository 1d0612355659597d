import type { Kysely, Selectable, Updateable } from 'kysely';
import { newId } from '../../ids.js';
import type { Tables, WebhookDeliveryRow } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import { dayMs, hourMs, secondMs, type EpochMs } from '../../time.js';
import type { EndpointState, Webhook } from './destination.js';

const minRetryMs = 5 * secondMs;
const maxRetryMs = 4 * hourMs;
/** Nodes and endpoints that failed at the same time do not all try again at the same time. */
const jitter = 0.2;
const giveUpMs = 3 * dayMs;
/** Failures in a row after which an endpoint is paused: about a day and a half. */
const maxFailures = 20;

/** A delivery that this process has leased, with its endpoint. */
export interface ClaimedDelivery extends Selectable<WebhookDeliveryRow> {
  readonly claimId: string;
  readonly webhook: Webhook;
}

/** Reads the endpoints that deliveries are due for. */
export async function readDueWebhooks(read: Kysely<Tables>, now: EpochMs): Promise<string[]> {
  const rows = await read
    .selectFrom('webhooks')
    .select('webhooks.id')
    .where('isActive', '=', 1)
    .where('nextAttemptAt', '<=', now)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('webhook_deliveries')
          .select('webhook_deliveries.id')
          .whereRef('webhookId', '=', 'webhooks.id')
          .where('dueAt', '<=', now),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Leases the next delivery of an endpoint. A delivery waits for earlier ones of the same address, so that nobody who has
 * left is subscribed again. When the lease ends, as after a crash, another attempt may take it.
 */
export const claimDelivery: Command<{ webhookId: string; leaseMs: number }, ClaimedDelivery | undefined> = {
  name: 'claim-webhook-delivery',
  run: ({ db, claimable }, claims) =>
    runSequentially(claims, async ({ webhookId, leaseMs }) => {
      const now = Date.now();
      const webhook = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('id', '=', webhookId)
        .where('isActive', '=', 1)
        .where('nextAttemptAt', '<=', now)
        .executeTakeFirst();
      if (!webhook) return undefined;
      const due = db
        .selectFrom('webhook_deliveries as delivery')
        .selectAll('delivery')
        .where('delivery.webhookId', '=', webhookId)
        .where('delivery.dueAt', '<=', now)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('webhook_deliveries as earlier')
                .select('earlier.id')
                .whereRef('earlier.webhookId', '=', 'delivery.webhookId')
                .whereRef('earlier.emailKey', '=', 'delivery.emailKey')
                .whereRef('earlier.id', '<', 'delivery.id')
                .where('earlier.dueAt', 'is not', null),
            ),
          ),
        )
        .orderBy('delivery.id')
        .limit(1);
      const row = await claimable(due).executeTakeFirst();
      if (!row) return undefined;
      const claim = { claimId: newId(), tries: row.tries + 1, dueAt: now + leaseMs };
      await db.updateTable('webhook_deliveries').set(claim).where('id', '=', row.id).execute();
      return { ...row, ...claim, webhook };
    }),
};

/** The outcome of an attempt. `released` undoes the claim: the process stops. */
export type DeliveryOutcome =
  | { readonly state: 'delivered' }
  | { readonly state: 'released' }
  | {
      readonly state: 'failed';
      readonly error: string;
      readonly endpoint: EndpointState;
      readonly isPermanent: boolean;
      readonly retryAfterMs?: number | undefined;
    };

/** `given-up` deliveries can be replayed. `paused`: the endpoint is tried no more until an operator resumes it. */
export type SettledState = 'delivered' | 'released' | 'queued' | 'given-up' | 'paused' | 'lost';

/** Stores outcomes, unless the lease has ended and another attempt has taken the delivery. */
export const settleDeliveries: Command<{ delivery: ClaimedDelivery; outcome: DeliveryOutcome }, SettledState> = {
  name: 'settle-webhook-deliveries',
  run: (transaction, settled) =>
    runSequentially(settled, async ({ delivery, outcome }) => {
      const { db, locked } = transaction;
      const { id, claimId, tries, webhookId } = delivery;
      const now = Date.now();
      const webhook = await locked(
        db.selectFrom('webhooks').selectAll().where('id', '=', webhookId),
      ).executeTakeFirst();
      const held = db.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).where('claimId', '=', claimId);
      const row = await locked(held).executeTakeFirst();
      if (!webhook || !row) return 'lost';
      const set = (values: Updateable<WebhookDeliveryRow>) =>
        db
          .updateTable('webhook_deliveries')
          .set({ claimId: null, ...values })
          .where('id', '=', id)
          .execute();
      if (outcome.state === 'released') {
        await set({ dueAt: now, tries: tries - 1 });
        return 'released';
      }
      if (outcome.state === 'delivered') {
        if (row.isErasure) await db.deleteFrom('webhook_deliveries').where('id', '=', id).execute();
        else await set({ dueAt: null, deliveredAt: now, lastError: null });
        if (webhook.failureCount > 0) await setWebhook(transaction, webhookId, { failureCount: 0, nextAttemptAt: 0 });
        return 'delivered';
      }
      const { error, endpoint, isPermanent, retryAfterMs = 0 } = outcome;
      const isOver = isPermanent || now - row.queuedAt > giveUpMs;
      const delayMs = (failures: number) => Math.min(Math.max(retryDelayMs(failures), retryAfterMs), maxRetryMs);
      if (endpoint === 'up') {
        await set({ dueAt: isOver ? null : now + delayMs(tries), lastError: error });
        return isOver ? 'given-up' : 'queued';
      }
      const failureCount = webhook.failureCount + 1;
      const nextAttemptAt = now + delayMs(failureCount);
      const isPaused = endpoint === 'gone' || failureCount >= maxFailures;
      await set({ dueAt: isOver ? null : nextAttemptAt, lastError: error });
      await setWebhook(transaction, webhookId, { failureCount, nextAttemptAt, isActive: isPaused ? 0 : 1 });
      return isPaused ? 'paused' : isOver ? 'given-up' : 'queued';
    }),
};

/** Doubles the delay with every failure. */
function retryDelayMs(failures: number): number {
  return Math.round(Math.min(minRetryMs * 2 ** (failures - 1), maxRetryMs) * (1 + Math.random() * jitter));
}

async function setWebhook(
  { db }: Transaction,
  id: string,
  values: Partial<Pick<Webhook, 'failureCount' | 'nextAttemptAt' | 'isActive'>>,
): Promise<void> {
  await db.updateTable('webhooks').set(values).where('id', '=', id).execute();
}
