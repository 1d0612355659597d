import type { Logger } from 'pino';
import type { Database } from '../../storage/database.js';
import { secondMs } from '../../time.js';
import { attempt, DeliveryFailure } from './destination.js';
import { destinationOf } from './destinations.js';
import {
  claimDelivery,
  readDueWebhooks,
  settleDeliveries,
  type ClaimedDelivery,
  type DeliveryOutcome,
} from './outbox.js';

/** Intervals of queries for deliveries that any node or the command line has queued. Doubles while there are none. */
const minPollMs = 100;
const maxPollMs = 2 * secondMs;
/** Lease of one delivery, longer than an attempt. After a crash, another node takes the delivery when it ends. */
const leaseMs = 30 * secondMs;

/**
 * Sends the deliveries of the outbox. Each endpoint has a loop of its own, so that one that hangs delays only itself.
 * Delivery is at least once: a crash after the endpoint accepted a delivery sends it again, with the same id.
 */
export class WebhookWorker {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  #polling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pollMs = minPollMs;
  #isStarted = false;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** Sends what was queued before, and from now on new deliveries. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#schedule(0);
  }

  /** Breaks off running attempts. Their deliveries stay queued. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#polling;
    await Promise.all(this.#running.values());
  }

  #schedule(delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().finally(() => this.#schedule(this.#pollMs));
    }, delayMs).unref();
  }

  async #poll(): Promise<void> {
    try {
      const due = await readDueWebhooks(this.#database.read, Date.now());
      this.#pollMs = due.length > 0 ? minPollMs : Math.min(2 * this.#pollMs, maxPollMs);
      for (const id of due) if (!this.#running.has(id)) this.#running.set(id, this.#deliverAll(id));
    } catch (error) {
      this.#log.error({ err: error }, 'webhook deliveries could not be read');
    }
  }

  async #deliverAll(webhookId: string): Promise<void> {
    const { writer } = this.#database;
    try {
      while (!this.#stopping.signal.aborted) {
        const delivery = await writer.submit(claimDelivery, { webhookId, leaseMs });
        if (!delivery) break;
        const outcome = await this.#attempt(delivery);
        const state = await writer.submit(settleDeliveries, { delivery, outcome });
        this.#report(delivery, outcome, state);
      }
    } catch (error) {
      this.#log.error({ err: error, webhook: webhookId }, 'webhook deliveries could not be stored');
    } finally {
      this.#running.delete(webhookId);
    }
  }

  async #attempt(delivery: ClaimedDelivery): Promise<DeliveryOutcome> {
    const { webhook } = delivery;
    const { signal } = this.#stopping;
    try {
      const destination = destinationOf(webhook);
      await attempt(webhook, destination, (send) => destination.deliver(webhook, delivery, send), signal);
      return { state: 'delivered' };
    } catch (error) {
      if (signal.aborted) return { state: 'released' };
      if (error instanceof DeliveryFailure) {
        const { message, endpoint, isPermanent, retryAfterMs } = error;
        return { state: 'failed', error: message, endpoint, isPermanent, retryAfterMs };
      }
      // The message may contain the address.
      return { state: 'failed', error: 'internal', endpoint: 'up', isPermanent: false };
    }
  }

  /** Logs ids and codes: payloads, secrets and paths of addresses are not for logs. */
  #report({ id, webhook, event, tries }: ClaimedDelivery, outcome: DeliveryOutcome, state: string): void {
    const host = URL.canParse(webhook.url) ? new URL(webhook.url).host : '';
    const context = { site: webhook.siteId, webhook: webhook.id, host, delivery: id, event, tries };
    if (outcome.state !== 'failed') {
      this.#log.debug({ ...context, state }, 'webhook delivery');
      return;
    }
    const details = { ...context, error: outcome.error };
    if (state === 'paused')
      this.#log.error(details, 'webhook paused after failures in a row; afterword webhooks resume starts it again');
    else if (state === 'given-up') this.#log.warn(details, 'webhook delivery given up');
    else this.#log.warn(details, 'webhook delivery failed, will be tried again');
  }
}
