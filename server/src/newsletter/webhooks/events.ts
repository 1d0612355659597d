import type { Kysely, Selectable } from 'kysely';
import { newId } from '../../ids.js';
import type { ConsentEventRow, Tables, WebhookDeliveryRow, WebhookRow } from '../../storage/tables.js';

export type WebhookEvent = WebhookDeliveryRow['event'];

/** `subscribed`: a signup was taken and is not confirmed. `changed`: preferences were saved, or a bounce was undone. */
export const webhookEvents = ['subscribed', 'confirmed', 'changed', 'left', 'bounced'] as const;

/** A change of the subscriptions of an address. */
export interface SubscriptionChange extends Pick<WebhookDeliveryRow, 'siteId' | 'emailKey' | 'event'> {
  /** The reason, as the consent log names it. */
  readonly reason: ConsentEventRow['type'] | 'preferences' | 'erased';
  readonly method: ConsentEventRow['method'];
  readonly lang: string;
  /** Lists that have changed, with the id of the accepted consent text. Of `changed`, all lists that are subscribed to. */
  readonly lists: readonly { readonly id: string; readonly consent: string | null }[];
  readonly page?: string | null;
}

/** The body of a delivery. */
export interface WebhookPayload {
  readonly type: WebhookEvent;
  readonly timestamp: string;
  readonly data: {
    readonly site: string;
    readonly email: string;
    readonly lists: readonly string[];
    /** Ids of accepted consent texts by list. */
    readonly consents: Readonly<Record<string, string>>;
    readonly lang: string;
    readonly reason: SubscriptionChange['reason'];
    readonly method: SubscriptionChange['method'];
    readonly page: string | null;
  };
}

const eventOfConsent: Readonly<Record<ConsentEventRow['type'], WebhookEvent>> = {
  requested: 'subscribed',
  confirmed: 'confirmed',
  unsubscribed: 'left',
  complained: 'left',
  bounced: 'bounced',
  restored: 'changed',
};

/** Returns the event that a type of the consent log is sent as. */
export function webhookEventOf(type: ConsentEventRow['type']): WebhookEvent {
  return eventOfConsent[type];
}

/** Queues a change for the endpoints of its site, in the transaction of the change. */
export async function queueDeliveries(db: Kysely<Tables>, change: SubscriptionChange): Promise<void> {
  const { siteId, emailKey, event } = change;
  const webhooks = await db.selectFrom('webhooks').selectAll().where('siteId', '=', siteId).execute();
  const interested = webhooks.filter((webhook) => isWanted(webhook, change));
  if (interested.length === 0) return;
  const subscription = await db
    .selectFrom('subscriptions')
    .select('email')
    .where('siteId', '=', siteId)
    .where('emailKey', '=', emailKey)
    .limit(1)
    .executeTakeFirst();
  const now = Date.now();
  const payloadJson = JSON.stringify(toPayload(change, subscription?.email ?? emailKey, now));
  await db
    .insertInto('webhook_deliveries')
    .values(
      interested.map(({ id: webhookId }) => ({
        ...{ id: newId(), siteId, webhookId, emailKey, event, payloadJson },
        ...{ createdAt: now, queuedAt: now, dueAt: now, isErasure: change.reason === 'erased' ? 1 : 0 },
      })),
    )
    .execute();
}

/** Returns whether an endpoint gets a change. A service gets those of one newsletter. */
function isWanted({ eventsJson, settingsJson }: Selectable<WebhookRow>, { event, lists }: SubscriptionChange): boolean {
  const { newsletter } = JSON.parse(settingsJson) as { newsletter?: string };
  return (
    (JSON.parse(eventsJson) as string[]).includes(event) &&
    (newsletter === undefined || lists.some(({ id }) => id === newsletter))
  );
}

function toPayload(change: SubscriptionChange, email: string, now: number): WebhookPayload {
  const { siteId, event, reason, method, lang, lists, page = null } = change;
  return {
    type: event,
    timestamp: new Date(now).toISOString(),
    data: {
      site: siteId,
      email,
      lists: lists.map(({ id }) => id),
      consents: Object.fromEntries(lists.flatMap(({ id, consent }) => (consent === null ? [] : [[id, consent]]))),
      ...{ lang, reason, method, page },
    },
  };
}
