import { hash } from 'node:crypto';
import { isSameSecret } from '../../http/authorization.js';
import { Problem } from '../../problem.js';
import type { BounceReport } from './record-bounces.js';
import { type JsonObject, type ProviderDelivery } from './reports.js';

/** The name before the password in the webhook's address. */
export const postmarkUser = 'afterword';

/** What a `Type` of a bounce means. Others, such as answers of holiday programs, say nothing about the mailbox. */
const types: Readonly<Record<string, BounceReport['type']>> = {
  HardBounce: 'hard',
  BadEmailAddress: 'hard',
  SoftBounce: 'soft',
  Transient: 'soft',
  DnsError: 'soft',
  SpamComplaint: 'complaint',
};

/**
 * Reads a webhook of Postmark, which sends the name and password of the webhook's address.
 *
 * @see https://postmarkapp.com/developer/webhooks/bounce-webhook
 * @param passwordHash as stored
 * @throws Problem `token-invalid` where the password is wrong
 */
export function readPostmark(
  body: JsonObject,
  authorization: string | undefined,
  passwordHash: string,
): ProviderDelivery {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const credentials = Buffer.from(encoded, 'base64').toString();
  const password = credentials.slice(credentials.indexOf(':') + 1);
  if (!isSameSecret(hashPassword(password), passwordHash))
    throw new Problem('token-invalid', "The password is not that of the site's webhook for Postmark.");
  const { RecordType: recordType, Type: bounceType, Email: email, ID: id } = body;
  const type = recordType === 'SpamComplaint' ? 'complaint' : types[String(bounceType)];
  const isReport = type !== undefined && (recordType === 'Bounce' || recordType === 'SpamComplaint');
  return {
    reports: isReport ? [{ email, type }] : [],
    deliveryId: typeof id === 'number' || typeof id === 'string' ? `${String(recordType)} ${id}` : undefined,
  };
}

/** The password is random and long, so that its hash needs no salt. */
export function hashPassword(password: string): string {
  return hash('sha256', password, 'base64url');
}
