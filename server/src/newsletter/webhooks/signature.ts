import { createHmac, randomBytes } from 'node:crypto';
import { secondMs, type EpochMs } from '../../time.js';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** Returns a new secret, as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return secretPrefix + randomBytes(secretBytes).toString('base64');
}

/** Returns the headers of Standard Webhooks (https://www.standardwebhooks.com). The id stays the same when a delivery is repeated. */
export function signatureHeaders(secret: string, id: string, body: string, now: EpochMs): Record<string, string> {
  const timestamp = Math.floor(now / secondMs);
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
