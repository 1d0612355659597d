import type { Kysely } from 'kysely';
import { OperatorError } from '../../config.js';
import { newId } from '../../ids.js';
import type { Tables, WebhookRow } from '../../storage/tables.js';
import { runSequentially, type Command } from '../../storage/writer.js';
import type { Webhook } from './destination.js';
import type { WebhookEvent } from './events.js';
import type { ServiceSettings } from './settings.js';

/** An endpoint to add. */
export interface NewEndpoint extends Pick<WebhookRow, 'siteId' | 'service' | 'url' | 'secret'> {
  readonly events: readonly WebhookEvent[];
  readonly settings: ServiceSettings;
  readonly allowsPrivate: boolean;
}

/** @throws OperatorError where there is no such endpoint */
export async function readEndpoint(read: Kysely<Tables>, id: string): Promise<Webhook> {
  const row = await read.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw noSuchEndpoint(id);
  return row;
}

/** Adds endpoints, and returns their ids. */
export const addEndpoint: Command<NewEndpoint, string> = {
  name: 'add-webhook',
  run: ({ db }, endpoints) =>
    runSequentially(endpoints, async ({ siteId, service, url, secret, events, settings, allowsPrivate }) => {
      const id = newId();
      await db
        .insertInto('webhooks')
        .values({
          ...{ id, siteId, service, url, secret, createdAt: Date.now(), allowsPrivate: allowsPrivate ? 1 : 0 },
          settingsJson: JSON.stringify(settings),
          eventsJson: JSON.stringify(events),
        })
        .execute();
      return id;
    }),
};

/** Removes endpoints with their deliveries. */
export const removeEndpoint: Command<string, undefined> = {
  name: 'remove-webhook',
  run: ({ db, exclusive }, ids) =>
    runSequentially<string, undefined | OperatorError>(ids, async (id) => {
      // Waits for transactions that queue deliveries for it.
      const found = await exclusive(db.selectFrom('webhooks').select('id').where('id', '=', id)).executeTakeFirst();
      if (!found) return noSuchEndpoint(id);
      await db.deleteFrom('webhook_deliveries').where('webhookId', '=', id).execute();
      await db.deleteFrom('webhooks').where('id', '=', id).execute();
      return undefined;
    }),
};

/** Ends the pauses of endpoints. Their queued deliveries get three days from now. */
export const resumeEndpoint: Command<string, undefined> = {
  name: 'resume-webhook',
  run: ({ db }, ids) =>
    runSequentially<string, undefined | OperatorError>(ids, async (id) => {
      const now = Date.now();
      const { numUpdatedRows } = await db
        .updateTable('webhooks')
        .set({ isActive: 1, failureCount: 0, nextAttemptAt: 0 })
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return noSuchEndpoint(id);
      await db
        .updateTable('webhook_deliveries')
        .set({ queuedAt: now, dueAt: now })
        .where('webhookId', '=', id)
        .where('dueAt', 'is not', null)
        .where('claimId', 'is', null)
        .execute();
      return undefined;
    }),
};

/**
 * Queues deliveries again, with three days from now. Refuses those to a service that has got a later change of the address:
 * nobody who has left is subscribed again.
 */
export const replayDelivery: Command<string, 'queued'> = {
  name: 'replay-webhook-delivery',
  run: ({ db, locked }, ids) =>
    runSequentially(ids, async (id) => {
      const found = db.selectFrom('webhook_deliveries').selectAll().where('id', '=', id);
      const row = await locked(found).executeTakeFirst();
      const now = Date.now();
      if (!row) return new OperatorError(`${id}: There is no such delivery. They are deleted after 30 days.`);
      if (row.claimId !== null && (row.dueAt ?? 0) > now)
        return new OperatorError(`${id}: The delivery is being sent. Try again in a minute.`);
      const { service } = await readEndpoint(db, row.webhookId);
      const later = await db
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('webhookId', '=', row.webhookId)
        .where('emailKey', '=', row.emailKey)
        .where('id', '>', id)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (service !== 'webhook' && later)
        return new OperatorError(`${id}: There is a later change of the same address. Replay that one: ${later.id}`);
      await db
        .updateTable('webhook_deliveries')
        .set({ queuedAt: now, dueAt: now, deliveredAt: null, tries: 0, claimId: null })
        .where('id', '=', id)
        .execute();
      return 'queued';
    }),
};

function noSuchEndpoint(id: string): OperatorError {
  return new OperatorError(`There is no webhook "${id}". List them with: afterword webhooks list`);
}
