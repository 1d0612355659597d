import { createHmac, randomBytes } from 'node:crypto';
import { newId } from '../../ids.js';
import { secondMs, type EpochMs } from '../../time.js';
import { requireSuccess, type DeliveryContent, type Destination, type Send, type Webhook } from './destination.js';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** Posts the payload with a signature. Any status of success will do; the response is not read. */
export const signedWebhook: Destination = {
  maxBodyBytes: 0,
  deliver: post,
  async check(webhook, send) {
    const payloadJson = JSON.stringify({ type: 'test', timestamp: new Date().toISOString(), data: {} });
    await post(webhook, { id: newId(), payloadJson }, send);
  },
};

async function post({ url, secret }: Webhook, { id, payloadJson }: DeliveryContent, send: Send): Promise<void> {
  const signature = signatureHeaders(secret, id, payloadJson, Date.now());
  const headers = { 'content-type': 'application/json', ...signature };
  requireSuccess(await send({ method: 'POST', url, headers, body: payloadJson }));
}

/** Returns a new secret, as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return secretPrefix + randomBytes(secretBytes).toString('base64');
}

/** Returns the headers of Standard Webhooks (https://www.standardwebhooks.com). The id stays the same when a delivery is repeated. */
function signatureHeaders(secret: string, id: string, body: string, now: EpochMs): Record<string, string> {
  const timestamp = Math.floor(now / secondMs);
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
