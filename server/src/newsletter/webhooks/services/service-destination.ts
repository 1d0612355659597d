import { parsePayload, type Destination, type Send, type Webhook } from '../destination.js';
import { settingsOf } from '../settings.js';
import { maxServiceBodyBytes } from './service-request.js';

/** The list of a service that has the subscribers of one newsletter. */
export interface ServiceClient {
  /** Reads the list. @throws DeliveryFailure for wrong credentials and an unknown list */
  check(): Promise<void>;
  /** Adds a subscriber, or subscribes one that there is. @throws DeliveryFailure */
  subscribe(email: string, lang: string): Promise<void>;
  /** Ends a subscription. Without one there is nothing to end. @throws DeliveryFailure */
  unsubscribe(email: string): Promise<void>;
  /** Marks an address to which mails came back. @throws DeliveryFailure */
  bounce(email: string): Promise<void>;
}

/** Makes the destination of a service from its client. Changes of other newsletters are left out. */
export function serviceDestination(connect: (webhook: Webhook, send: Send) => ServiceClient): Destination {
  return {
    maxBodyBytes: maxServiceBodyBytes,
    async deliver(webhook, delivery, send) {
      const { type, data } = parsePayload(delivery);
      const { newsletter = '' } = settingsOf(webhook);
      if (!data.lists.includes(newsletter)) return;
      const client = connect(webhook, send);
      if (type === 'confirmed' || type === 'changed') await client.subscribe(data.email, data.lang);
      else if (type === 'left') await client.unsubscribe(data.email);
      else if (type === 'bounced') await client.bounce(data.email);
    },
    check: (webhook, send) => connect(webhook, send).check(),
  };
}
