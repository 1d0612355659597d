import { SignJWT } from 'jose';
import { DeliveryFailure, requireSuccess, type Send, type Webhook } from '../destination.js';
import { settingsOf } from '../settings.js';
import { serviceDestination, type ServiceClient } from './service-destination.js';
import { parseJson, sendJson, type ServiceRequest } from './service-request.js';
import type { OutboundResponse } from '../../../http/outbound.js';

interface Named {
  readonly id: string;
}
interface Label {
  readonly name: string;
}
interface Member extends Named {
  readonly newsletters: readonly Named[];
  readonly labels: readonly Label[];
}

const bouncedLabel = 'bounced';

/**
 * Keeps the members of one newsletter of Ghost (https://docs.ghost.org/admin-api/members/overview). Other newsletters and labels
 * of a member stay. Ghost has no blocklist in its API: who has bounced loses the newsletter and gets the label `bounced`.
 */
export const ghost = serviceDestination((webhook, send) => new GhostClient(webhook, send));

class GhostClient implements ServiceClient {
  readonly #send: Send;
  readonly #url: string;
  readonly #key: string;
  readonly #newsletterId: string;
  readonly #labels: readonly string[];

  constructor(webhook: Webhook, send: Send) {
    const { list = '', label } = settingsOf(webhook);
    this.#send = send;
    this.#url = `${webhook.url.replace(/\/$/, '')}/ghost/api/admin`;
    this.#key = webhook.secret;
    this.#newsletterId = list;
    this.#labels = label === undefined ? [] : [label];
  }

  async check(): Promise<void> {
    requireSuccess(await this.#request('GET', `/newsletters/${encodeURIComponent(this.#newsletterId)}/`));
  }

  async subscribe(email: string): Promise<void> {
    const known = await this.#find(email);
    if (known) return this.#addNewsletter(known);
    const member = { email, newsletters: [{ id: this.#newsletterId }], labels: this.#labels.map((name) => ({ name })) };
    const response = await this.#request('POST', '/members/', { members: [member] });
    if (response.status !== 422) return requireSuccess(response);
    // Made meanwhile, or not valid.
    const made = await this.#find(email);
    if (!made) throw new DeliveryFailure('http-422', { isPermanent: true });
    await this.#addNewsletter(made);
  }

  unsubscribe(email: string): Promise<void> {
    return this.#removeNewsletter(email, []);
  }

  bounce(email: string): Promise<void> {
    return this.#removeNewsletter(email, [bouncedLabel]);
  }

  async #removeNewsletter(email: string, addedLabels: readonly string[]): Promise<void> {
    const known = await this.#find(email);
    if (!known) return;
    const newsletters = known.newsletters.filter(({ id }) => id !== this.#newsletterId);
    await this.#update(known, newsletters, addedLabels);
  }

  async #addNewsletter(member: Member): Promise<void> {
    const others = member.newsletters.filter(({ id }) => id !== this.#newsletterId);
    await this.#update(member, [...others, { id: this.#newsletterId }], this.#labels);
  }

  async #update({ id, labels }: Member, newsletters: readonly Named[], addedLabels: readonly string[]): Promise<void> {
    const names = new Set([...labels.map(({ name }) => name), ...addedLabels]);
    const member = {
      newsletters: newsletters.map((newsletter) => ({ id: newsletter.id })),
      labels: [...names].map((name) => ({ name })),
    };
    requireSuccess(await this.#request('PUT', `/members/${id}/`, { members: [member] }));
  }

  async #find(email: string): Promise<Member | undefined> {
    const filter = `email:'${email.replaceAll("'", "\\'")}'`;
    const search = new URLSearchParams({ filter, include: 'newsletters,labels', limit: '1' });
    const response = await this.#request('GET', `/members/?${search.toString()}`);
    return parseJson<{ members: Member[] }>(response).members[0];
  }

  async #request(method: ServiceRequest['method'], path: string, json?: unknown): Promise<OutboundResponse> {
    const headers = { authorization: `Ghost ${await adminToken(this.#key)}`, 'accept-version': 'v5.0' };
    return sendJson(this.#send, { method, url: this.#url + path, headers, json });
  }
}

/** Makes a token from an Admin API key, `id:secret`. Ghost takes none that is valid for longer than five minutes. */
async function adminToken(key: string): Promise<string> {
  const [id = '', secret = ''] = key.split(':');
  if (!/^[\da-f]{2,}$/i.test(secret)) throw new DeliveryFailure('key-malformed', { endpoint: 'down' });
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', kid: id, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .setAudience('/admin/')
    .sign(Buffer.from(secret, 'hex'));
}
