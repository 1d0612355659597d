import type { webcrypto } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { decodeBase64Url } from '../base64url.js';
import { memoryCache } from '../storage/memory-cache.js';

/** The claims of a reader token. */
export interface TokenClaims {
  readonly readerId: string;
  readonly siteId: string;
}

const readerIds = z.uuid();
const issuer = 'afterword';
const purpose = 'reader';
const lifetime = '180d';
const algorithm = 'HS256';
const maxTokens = 100_000;
/** Ours have about 300 characters. */
const maxTokenChars = 2048;

/** Signs and verifies reader tokens: JWTs, which any node with the secret can verify. */
export class ReaderTokens {
  /** Keys instead of bytes, which would be imported again for every token. */
  readonly #keys: Promise<webcrypto.CryptoKey[]>;
  /** Verified tokens, until they expire. Verifying a signature costs more than the rest of a vote. */
  readonly #verified = memoryCache<TokenClaims>(maxTokens);

  /** @param secrets the first signs, all verify */
  constructor(secrets: readonly string[]) {
    this.#keys = Promise.all(secrets.map(importKey));
  }

  async sign({ readerId, siteId }: TokenClaims): Promise<string> {
    const [key] = await this.#keys;
    if (!key) throw new Error('There is no secret to sign with.');
    return new SignJWT()
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setAudience(siteId)
      .setSubject(readerId)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(key);
  }

  /** @returns the claims, or `undefined` where the token is malformed, expired, foreign or of another site */
  async verify(token: string, siteId: string): Promise<TokenClaims | undefined> {
    const verified = this.#verified.get(token);
    if (verified) return verified.siteId === siteId ? verified : undefined;
    if (token.length > maxTokenChars || !token.split('.').every((part) => decodeBase64Url(part))) return undefined;
    for (const key of await this.#keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience: siteId,
          requiredClaims: ['sub', 'exp'],
        });
        if (!readerIds.safeParse(payload.sub).success) return undefined;
        const claims = { readerId: payload.sub ?? '', siteId };
        this.#verified.set(token, claims, { ttl: Math.max(1, (payload.exp ?? 0) * 1000 - Date.now()) });
        return claims;
      } catch {
        // Another key may have signed it.
      }
    }
    return undefined;
  }
}

function importKey(secret: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(`${purpose}:${secret}`);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
