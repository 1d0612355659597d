import { hash } from 'node:crypto';
import {
  DeliveryFailure,
  parsePayload,
  requireSuccess,
  type Destination,
  type Send,
  type Webhook,
} from '../destination.js';
import { settingsOf } from '../settings.js';
import { basicAuth, maxServiceBodyBytes, sendJson, type ServiceRequest } from './service-request.js';
import type { OutboundResponse } from '../../../http/outbound.js';

/** Refusals of one member, which stay: https://mailchimp.com/developer/marketing/docs/errors/ */
const memberRefusals: Readonly<Record<string, string>> = {
  'Member In Compliance State': 'compliance-state',
  'Forgotten Email Not Subscribed': 'forgotten-email',
  'Invalid Resource': 'invalid-resource',
};

/**
 * Keeps one audience of Mailchimp (https://mailchimp.com/developer/marketing/api/list-members/). Members are named by the MD5
 * of the address in lower case.
 */
export const mailchimp: Destination = {
  maxBodyBytes: maxServiceBodyBytes,
  async deliver(webhook, delivery, send) {
    const { type, data } = parsePayload(delivery);
    const { newsletter = '' } = settingsOf(webhook);
    if (!data.lists.includes(newsletter)) return;
    const client = new MailchimpClient(webhook, send);
    if (type === 'confirmed' || type === 'changed') await client.subscribe(data.email, data.lang);
    else if (type === 'left') await client.end(data.email, 'unsubscribed');
    else if (type === 'bounced') await client.end(data.email, 'cleaned');
  },
  async check(webhook, send) {
    await new MailchimpClient(webhook, send).readAudience();
  },
};

class MailchimpClient {
  readonly #send: Send;
  readonly #audienceUrl: string;
  readonly #headers: Record<string, string>;

  constructor(webhook: Webhook, send: Send) {
    this.#send = send;
    this.#audienceUrl = `${webhook.url.replace(/\/$/, '')}/3.0/lists/${encodeURIComponent(settingsOf(webhook).list ?? '')}`;
    this.#headers = basicAuth('afterword', webhook.secret);
  }

  /** @throws DeliveryFailure for a wrong key and an unknown audience */
  async readAudience(): Promise<void> {
    requireSuccess(await this.#request('GET', this.#audienceUrl));
  }

  /** Adds a member, or subscribes one that there is. */
  async subscribe(email: string, lang: string): Promise<void> {
    const json = {
      email_address: email,
      status_if_new: 'subscribed',
      status: 'subscribed',
      language: lang.split('-')[0],
    };
    const response = await this.#request('PUT', this.#memberUrl(email), json);
    if (response.status === 400) throw new DeliveryFailure(refusalOf(response), { isPermanent: true });
    requireSuccess(response);
  }

  /** Ends the subscription of a member. Without one there is nothing to end. */
  async end(email: string, status: 'unsubscribed' | 'cleaned'): Promise<void> {
    const response = await this.#request('PATCH', this.#memberUrl(email), { status });
    // Either of the two is unknown: the member or the audience.
    if (response.status === 404) return this.readAudience();
    if (response.status === 400) throw new DeliveryFailure(refusalOf(response), { isPermanent: true });
    requireSuccess(response);
  }

  #memberUrl(email: string): string {
    return `${this.#audienceUrl}/members/${hash('md5', email.toLowerCase())}`;
  }

  #request(method: ServiceRequest['method'], url: string, json?: unknown): Promise<OutboundResponse> {
    return sendJson(this.#send, { method, url, headers: this.#headers, json });
  }
}

/** Returns a code of our own: the text may contain the address. */
function refusalOf({ body }: OutboundResponse): string {
  try {
    return memberRefusals[(JSON.parse(body) as { title?: string }).title ?? ''] ?? 'http-400';
  } catch {
    return 'http-400';
  }
}
