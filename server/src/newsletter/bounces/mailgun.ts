import { createHmac } from 'node:crypto';
import { isSameSecret } from '../../http/authorization.js';
import { Problem } from '../../problem.js';
import { hourMs, minuteMs, secondMs } from '../../time.js';
import { toJsonObject, type JsonObject, type ProviderDelivery, type ProviderReport } from './reports.js';

/** Mailgun repeats a delivery that failed for eight hours. */
const maxAgeMs = 12 * hourMs;
const maxSkewMs = 5 * minuteMs;
/** Reasons of permanent failures that say nothing about the mailbox. */
const otherReasons = new Set(['old', 'suppress-unsubscribe']);

/**
 * Reads a webhook of Mailgun.
 *
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 * @param signingKey the account's HTTP webhook signing key
 * @throws Problem `token-invalid` where the signature is wrong or too old
 */
export function readMailgun(body: JsonObject, signingKey: string): ProviderDelivery {
  const { timestamp, token, signature } = toJsonObject(body['signature']);
  const signed = `${String(timestamp)}${String(token)}`;
  const expected = createHmac('sha256', signingKey).update(signed).digest('hex');
  if (typeof token !== 'string' || !isSameSecret(String(signature), expected))
    throw new Problem('token-invalid', "The signature is not one by the site's signing key of Mailgun.");
  const ageMs = Date.now() - Number(timestamp) * secondMs;
  if (!(ageMs <= maxAgeMs && ageMs >= -maxSkewMs)) throw new Problem('token-invalid', 'The signature is too old.');
  return { reports: reportsOf(toJsonObject(body['event-data'])), deliveryId: token };
}

function reportsOf({ event, severity, reason, recipient: email }: JsonObject): ProviderReport[] {
  if (event === 'complained') return [{ email, type: 'complaint' }];
  if (event !== 'failed' || otherReasons.has(String(reason))) return [];
  return [{ email, type: severity === 'permanent' ? 'hard' : 'soft' }];
}
