import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { decodeBase64Url } from '../../base64url.js';

const tokenBytes = 32;
const codeDigits = 6;
const idBytes = 16;
const macBytes = 32;

/**
 * Tokens and codes of links and mails, each bound to one purpose.
 *
 * Confirmation and preferences use random tokens, stored as hashes. Unsubscribe links are signed (HMAC) and never
 * expire, since links in old mails must keep working.
 */
export class NewsletterTokens {
  readonly #secrets: readonly string[];

  /** @param secrets the first one signs, all of them verify */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  newToken(): { token: string; tokenHash: string } {
    const token = randomBytes(tokenBytes).toString('base64url');
    return { token, tokenHash: this.hashToken(token) };
  }

  hashToken(token: string): string {
    return hash('sha256', token, 'base64url');
  }

  /** Returns the digits of a code as typed: `123 456`, `123-456` and full-width digits are `123456`. */
  normalizeCode(typed: string): string {
    return typed.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}]/gu, '');
  }

  newCode(): string {
    return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
  }

  /** Hashes a code together with its token and address, so that it is valid for these only. */
  hashCode(code: string, tokenHash: string, emailKey: string): string {
    return this.#mac(this.#first, 'code', [tokenHash, emailKey, code]).toString('base64url');
  }

  matchesCode(code: string, { codeHash, tokenHash }: { codeHash: string | null; tokenHash: string }, emailKey: string) {
    if (codeHash === null) return false;
    const stored = Buffer.from(codeHash, 'base64url');
    // All secrets are tried, so that the time does not depend on which one matches.
    return (
      this.#secrets.filter((secret) => isEqual(this.#mac(secret, 'code', [tokenHash, emailKey, code]), stored)).length >
      0
    );
  }

  /** Hashes an address for the consent log (HMAC): equal addresses can be matched but not read. */
  hashEmail(emailKey: string): string {
    return this.#mac(this.#first, 'consent', [emailKey]).toString('base64url');
  }

  /** Returns the hashes of an address by every secret: an address was hashed by the one that was the first then. */
  hashEmailByAll(emailKey: string): string[] {
    return this.#secrets.map((secret) => this.#mac(secret, 'consent', [emailKey]).toString('base64url'));
  }

  /** Hashes a mailbox, an address or a network for counters of limits (HMAC). */
  hashLimit(value: string): string {
    return this.#mac(this.#first, 'limit', [value]).toString('base64url');
  }

  /** Signs a token that ends these subscriptions. Never expires. */
  signUnsubscribeToken(subscriptionIds: readonly string[]): string {
    const ids = Buffer.concat(subscriptionIds.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')));
    return Buffer.concat([this.#mac(this.#first, 'unsubscribe', [ids]), ids]).toString('base64url');
  }

  /** @returns the ids of the subscriptions, or `undefined` for a wrong signature */
  verifyUnsubscribeToken(token: string): string[] | undefined {
    const bytes = decodeBase64Url(token);
    if (!bytes) return undefined;
    const mac = bytes.subarray(0, macBytes);
    const ids = bytes.subarray(macBytes);
    if (ids.length === 0 || ids.length % idBytes !== 0) return undefined;
    if (!this.#secrets.some((secret) => isEqual(this.#mac(secret, 'unsubscribe', [ids]), mac))) return undefined;
    return Array.from({ length: ids.length / idBytes }, (_, index) =>
      ids
        .subarray(index * idBytes, (index + 1) * idBytes)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    );
  }

  get #first(): string {
    const [first] = this.#secrets;
    if (first === undefined) throw new Error('There is no secret to sign with.');
    return first;
  }

  #mac(secret: string, purpose: string, parts: readonly (string | Buffer)[]): Buffer {
    const mac = createHmac('sha256', secret).update(`newsletter ${purpose}`);
    for (const part of parts) mac.update('\0').update(part);
    return mac.digest();
  }
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
