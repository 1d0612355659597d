import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const tokenBytes = 32;
const codeDigits = 6;
const idBytes = 16;
const macBytes = 32;

/**
 * The secrets that links and codes carry, each bound to its one purpose.
 *
 * Confirming and managing rest on random tokens, of which the store holds only the hash. Unsubscribing rests on a
 * signature, since a link in an old mail must work for ever.
 */
export class NewsletterSecrets {
  readonly #secrets: readonly string[];

  /** @param secrets the first signs, all verify */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  newToken(): { token: string; tokenHash: string } {
    const token = randomBytes(tokenBytes).toString('base64url');
    return { token, tokenHash: this.hashOfToken(token) };
  }

  hashOfToken(token: string): string {
    return createHash('sha256').update(token).digest('base64url');
  }

  newCode(): string {
    return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
  }

  /** Bound to one token and one address: a code opens nothing else. */
  hashOfCode(code: string, tokenHash: string, emailKey: string): string {
    return this.#mac(this.#first, 'code', [tokenHash, emailKey, code]).toString('base64url');
  }

  isCode(code: string, { codeHash, tokenHash }: { codeHash: string | null; tokenHash: string }, emailKey: string) {
    if (codeHash === null) return false;
    const stored = Buffer.from(codeHash, 'base64url');
    return this.#secrets.some((secret) => equal(this.#mac(secret, 'code', [tokenHash, emailKey, code]), stored));
  }

  /** An address as the consent record names it: the same address can be found again, but not read. */
  hashOfEmail(emailKey: string): string {
    return this.#mac(this.#first, 'consent', [emailKey]).toString('base64url');
  }

  /** Lets whoever holds it end these subscriptions, and nothing else, for ever. */
  unsubscribeToken(subscriptionIds: readonly string[]): string {
    const ids = Buffer.concat(subscriptionIds.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')));
    return Buffer.concat([this.#mac(this.#first, 'unsubscribe', [ids]), ids]).toString('base64url');
  }

  /** @returns the ids of the subscriptions it ends, or `undefined` where we did not make it */
  readUnsubscribeToken(token: string): string[] | undefined {
    const bytes = Buffer.from(token, 'base64url');
    const mac = bytes.subarray(0, macBytes);
    const ids = bytes.subarray(macBytes);
    if (ids.length === 0 || ids.length % idBytes !== 0) return undefined;
    if (!this.#secrets.some((secret) => equal(this.#mac(secret, 'unsubscribe', [ids]), mac))) return undefined;
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

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
