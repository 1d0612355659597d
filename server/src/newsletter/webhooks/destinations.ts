import type { WebhookRow } from '../../storage/tables.js';
import type { Destination } from './destination.js';
import { signedWebhook } from './signed-webhook.js';

/** Destinations by service. */
export const destinations: Partial<Record<WebhookRow['service'], Destination>> = { webhook: signedWebhook };

/** @throws Error for a service of a later version */
export function destinationOf({ service }: Pick<WebhookRow, 'service'>): Destination {
  const destination = destinations[service];
  if (!destination) throw new Error(`This version has no service ${service}.`);
  return destination;
}
