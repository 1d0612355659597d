import { hash, timingSafeEqual } from 'node:crypto';
import type { Reader } from 'afterword/contract';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../problem.js';
import { isServerKey } from '../sites/server-keys.js';
import type { ApiEnv } from './api.js';

/** Finds the reader of a request. */
export interface Authenticator {
  /**
   * @param authorization the header
   * @throws Problem `token-required` or `token-invalid`
   */
  authenticate(authorization: string | undefined, siteId: string): Promise<Reader>;
}

/** Returns the token of an `Authorization: Bearer` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Compares secrets in a time that depends on neither. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

/** Requires the server key of the site. Runs before the body is read, which may have five megabytes. */
export const serverKeyOnly: MiddlewareHandler<ApiEnv> = async function serverKeyOnly(c, next) {
  const token = bearerToken(c.req.header('authorization'));
  if (token === undefined) throw new Problem('token-required', "The site's server key is needed.");
  if (!isServerKey(c.get('site'), token)) throw new Problem('token-invalid');
  await next();
};
