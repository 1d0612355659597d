import type { Generated } from 'kysely';
import type { EpochMs } from '../time.js';

/** An endpoint that changes of subscriptions are sent to: a signed webhook, or the API of a service. */
export interface WebhookRow {
  id: string;
  siteId: string;
  service: 'webhook' | 'listmonk' | 'mailchimp' | 'ghost';
  url: string;
  /** The key of signatures, or the token of the service's API. */
  secret: string;
  /** The settings of a service: user, list, newsletter, label. */
  settingsJson: string;
  /** The events that are sent. */
  eventsJson: string;
  /** 0 while it is paused: deliveries stay queued. */
  isActive: Generated<number>;
  /** 1 where addresses of private networks are allowed. */
  allowsPrivate: Generated<number>;
  /** Failures in a row. */
  failureCount: Generated<number>;
  /** The end of the pause after a failure. */
  nextAttemptAt: Generated<EpochMs>;
  createdAt: EpochMs;
}

/** A change of subscriptions that is sent to one endpoint. Holds personal data. */
export interface WebhookDeliveryRow {
  id: string;
  siteId: string;
  webhookId: string;
  /** The normalized address. Deliveries of one address are sent in order. */
  emailKey: string;
  event: 'subscribed' | 'confirmed' | 'changed' | 'left' | 'bounced';
  /** The body, as it is signed. */
  payloadJson: string;
  /** 1 where the address was erased: deleted once it is delivered. */
  isErasure: Generated<number>;
  createdAt: EpochMs;
  /** The start of the days in which it is tried. */
  queuedAt: EpochMs;
  /** The time of the next attempt, or the end of the lease; null once delivered or given up. */
  dueAt: EpochMs | null;
  deliveredAt: EpochMs | null;
  tries: Generated<number>;
  /** The attempt that holds the lease; null where none does. */
  claimId: string | null;
  /** The code of the last failure. Never the text of a response, which may contain the address. */
  lastError: string | null;
}
