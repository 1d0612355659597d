import { hash } from 'node:crypto';
import { DeliveryFailure, requireSuccess, type Send, type Webhook } from '../destination.js';
import { settingsOf } from '../settings.js';
import { serviceDestination, type ServiceClient } from './service-destination.js';
import { basicAuth, sendJson, type ServiceRequest } from './service-request.js';
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
export const mailchimp = serviceDestination((webhook, send) => new MailchimpClient(webhook, send));

class MailchimpClient implements ServiceClient {
  readonly #send: Send;
  readonly #audienceUrl: string;
  readonly #headers: Record<string, string>;

  constructor(webhook: Webhook, send: Send) {
    this.#send = send;
    this.#audienceUrl = `${webhook.url.replace(/\/$/, '')}/3.0/lists/${encodeURIComponent(settingsOf(webhook).list ?? '')}`;
    this.#headers = basicAuth('afterword', webhook.secret);
  }

  async check(): Promise<void> {
    requireSuccess(await this.#request('GET', this.#audienceUrl));
  }

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

  unsubscribe(email: string): Promise<void> {
    return this.#end(email, 'unsubscribed');
  }

  bounce(email: string): Promise<void> {
    return this.#end(email, 'cleaned');
  }

  async #end(email: string, status: 'unsubscribed' | 'cleaned'): Promise<void> {
    const response = await this.#request('PATCH', this.#memberUrl(email), { status });
    // Either of the two is unknown: the member or the audience.
    if (response.status === 404) return this.check();
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
