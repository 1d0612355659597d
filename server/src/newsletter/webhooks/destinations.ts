import type { WebhookRow } from '../../storage/tables.js';
import type { Destination } from './destination.js';
import { ghost } from './services/ghost.js';
import { listmonk } from './services/listmonk.js';
import { mailchimp } from './services/mailchimp.js';
import { signedWebhook } from './signed-webhook.js';

/** Destinations by service. */
export const destinations: Readonly<Record<WebhookRow['service'], Destination>> = {
  webhook: signedWebhook,
  listmonk,
  mailchimp,
  ghost,
};

/** @throws Error for a service of a later version */
export function destinationOf({ service }: Pick<WebhookRow, 'service'>): Destination {
  const destination: Destination | undefined = destinations[service];
  if (!destination) throw new Error(`This version has no service ${service}.`);
  return destination;
}
