import { OutboundError, sendOutbound, type OutboundRequest, type OutboundResponse } from '../../http/outbound.js';
import type { WebhookRow } from '../../storage/tables.js';
import { secondMs } from '../../time.js';
import type { Selectable } from 'kysely';
import type { WebhookPayload } from './events.js';

export type Webhook = Selectable<WebhookRow>;

/** A delivery, as a destination sends it. */
export interface DeliveryContent {
  readonly id: string;
  readonly payloadJson: string;
}

/** Sends a request with the limits of an attempt. */
export type Send = (request: Pick<OutboundRequest, 'method' | 'url' | 'headers' | 'body'>) => Promise<OutboundResponse>;

/** What one kind of endpoint does with changes. */
export interface Destination {
  /** Bytes of responses that are read. */
  readonly maxBodyBytes: number;
  /** @throws DeliveryFailure */
  deliver(webhook: Webhook, delivery: DeliveryContent, send: Send): Promise<void>;
  /** Checks credentials and settings, without a change. @throws DeliveryFailure */
  check(webhook: Webhook, send: Send): Promise<void>;
}

/** What a failure says about the endpoint: `down` puts off all deliveries, `gone` pauses it. */
export type EndpointState = 'up' | 'down' | 'gone';

interface FailureOptions {
  readonly endpoint?: EndpointState;
  /** True where another attempt would fail too. */
  readonly isPermanent?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** A failed attempt. Its message is a code, which may be logged. */
export class DeliveryFailure extends Error {
  readonly endpoint: EndpointState;
  readonly isPermanent: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, { endpoint = 'up', isPermanent = false, retryAfterMs }: FailureOptions = {}) {
    super(code);
    this.endpoint = endpoint;
    this.isPermanent = isPermanent;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Bound of one attempt, whatever the endpoint does. */
const attemptMs = 10 * secondMs;
/** Statuses that say nothing about one delivery: wrong credentials, an unknown address, too many requests. */
const endpointStatuses = [401, 403, 404, 405, 408, 429];

/** Throws unless the status is one of success. */
export function requireSuccess({ status, retryAfter }: OutboundResponse): void {
  if (status >= 200 && status < 300) return;
  const isDown = status < 400 || status >= 500 || endpointStatuses.includes(status);
  throw new DeliveryFailure(status >= 300 && status < 400 ? 'redirect' : `http-${status}`, {
    endpoint: status === 410 ? 'gone' : isDown ? 'down' : 'up',
    retryAfterMs: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * secondMs : undefined,
  });
}

/** Runs the requests of one attempt within its time. @throws DeliveryFailure */
export async function attempt(
  { allowsPrivate }: Pick<Webhook, 'allowsPrivate'>,
  { maxBodyBytes }: Pick<Destination, 'maxBodyBytes'>,
  run: (send: Send) => Promise<void>,
  stopping?: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(attemptMs);
  const signal = stopping ? AbortSignal.any([timeout, stopping]) : timeout;
  try {
    await run((request) => sendOutbound({ ...request, allowsPrivate: allowsPrivate === 1, maxBodyBytes, signal }));
  } catch (error) {
    if (error instanceof DeliveryFailure) throw error;
    if (error instanceof OutboundError) throw new DeliveryFailure(error.message, { endpoint: 'down' });
    throw error;
  }
}

export function parsePayload({ payloadJson }: DeliveryContent): WebhookPayload {
  return JSON.parse(payloadJson) as WebhookPayload;
}
