import type { webcrypto } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { growingCache } from '../growing-cache.js';

/** What a reader token says: who, and on which site. */
export interface TokenClaims {
  readonly readerId: string;
  readonly siteId: string;
}

const issuer = 'afterword';
const purpose = 'reader';
const lifetime = '180d';
const algorithm = 'HS256';

/** Signs and reads reader tokens: JWTs, so that any node that has the secret can read them. */
export class ReaderTokens {
  /** Not as bytes: those would be made a key again for every token. */
  readonly #keys: Promise<webcrypto.CryptoKey[]>;
  /** Checking a signature costs more than everything else a vote does; a token that was good once stays so until it expires. */
  readonly #checked = growingCache<TokenClaims>(100_000);

  /** @param secrets the first signs, all verify */
  constructor(secrets: readonly string[]) {
    this.#keys = Promise.all(secrets.map(keyOf));
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

  /** @returns what the token says, or `undefined` where it is malformed, expired, foreign or of another site */
  async verify(token: string, siteId: string): Promise<TokenClaims | undefined> {
    const checked = this.#checked.get(token);
    if (checked) return checked.siteId === siteId ? checked : undefined;
    for (const key of await this.#keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience: siteId,
          requiredClaims: ['sub', 'exp'],
        });
        const claims = { readerId: payload.sub ?? '', siteId };
        this.#checked.set(token, claims, { ttl: Math.max(1, (payload.exp ?? 0) * 1000 - Date.now()) });
        return claims;
      } catch {
        // Not signed with this key, or not valid at all: the next key, or the answer below, decides.
      }
    }
    return undefined;
  }
}

function keyOf(secret: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(`${purpose}:${secret}`);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
