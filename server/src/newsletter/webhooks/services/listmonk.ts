import { DeliveryFailure, requireSuccess, type Send, type Webhook } from '../destination.js';
import { settingsOf } from '../settings.js';
import { serviceDestination, type ServiceClient } from './service-destination.js';
import { basicAuth, parseJson, sendJson, type ServiceRequest } from './service-request.js';

/** A subscriber, as far as it is read. */
interface Subscriber {
  readonly id: number;
  readonly status: 'enabled' | 'disabled' | 'blocklisted';
  readonly lists?: readonly { readonly id: number }[];
}

/**
 * Keeps one list of listmonk (https://listmonk.app/docs/apis/subscribers/). Who has confirmed is subscribed as confirmed,
 * without another mail to opt in; who has left is unsubscribed from that list alone; who has bounced is blocklisted.
 */
export const listmonk = serviceDestination((webhook, send) => new ListmonkClient(webhook, send));

class ListmonkClient implements ServiceClient {
  readonly #send: Send;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #listId: number;

  constructor(webhook: Webhook, send: Send) {
    const { user = '', list } = settingsOf(webhook);
    this.#send = send;
    this.#url = webhook.url.replace(/\/$/, '');
    this.#headers = basicAuth(user, webhook.secret);
    this.#listId = Number(list);
  }

  async check(): Promise<void> {
    const response = await this.#request('GET', `/api/lists/${this.#listId}`);
    // It answers 400 to an unknown id.
    if (response.status === 400) throw new DeliveryFailure('list-not-found', { endpoint: 'down' });
    requireSuccess(response);
  }

  async subscribe(email: string): Promise<void> {
    const known = await this.#find(email);
    if (known) return this.#add(known);
    const subscriber = { email, name: email.split('@')[0], status: 'enabled' };
    const json = { ...subscriber, lists: [this.#listId], preconfirm_subscriptions: true };
    const response = await this.#request('POST', '/api/subscribers', json);
    if (response.status !== 409) return requireSuccess(response);
    // Made meanwhile.
    const made = await this.#find(email);
    if (!made) return requireSuccess(response);
    await this.#add(made);
  }

  async unsubscribe(email: string): Promise<void> {
    const known = await this.#find(email);
    if (known) await this.#changeLists(known, { action: 'unsubscribe' });
  }

  async bounce(email: string): Promise<void> {
    const known = await this.#find(email);
    if (known) requireSuccess(await this.#request('PUT', `/api/subscribers/${known.id}/blocklist`));
  }

  async #add(subscriber: Subscriber): Promise<void> {
    // Enabling it could send to an address that the service itself has blocked, for another list.
    if (subscriber.status === 'blocklisted') throw new DeliveryFailure('blocklisted', { isPermanent: true });
    await this.#changeLists(subscriber, { action: 'add', status: 'confirmed' });
  }

  async #changeLists(
    { id }: Subscriber,
    change: { action: 'add' | 'unsubscribe'; status?: 'confirmed' },
  ): Promise<void> {
    const json = { ids: [id], target_list_ids: [this.#listId], ...change };
    requireSuccess(await this.#request('PUT', '/api/subscribers/lists', json));
  }

  async #find(email: string): Promise<Subscriber | undefined> {
    // It stores addresses in lower case.
    const query = `subscribers.email = '${email.toLowerCase().replaceAll("'", "''")}'`;
    const search = new URLSearchParams({ query, per_page: '1' });
    const response = await this.#request('GET', `/api/subscribers?${search.toString()}`);
    return parseJson<{ data: { results: Subscriber[] } }>(response).data.results[0];
  }

  #request(method: ServiceRequest['method'], path: string, json?: unknown) {
    return sendJson(this.#send, { method, url: this.#url + path, headers: this.#headers, json });
  }
}
