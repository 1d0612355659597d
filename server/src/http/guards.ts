import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { limits } from 'afterword/contract';
import { Problem } from '../problem.js';
import { bearerToken } from '../readers/store.js';
import { isServerKey, type Site, type Sites } from '../sites/store.js';
import type { ApiEnv } from './api.js';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What every answer of ours carries. Pages add a content security policy of their own. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** What every answer of the API carries for pages of other origins. */
export const crossOriginHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
} as const;

/** Set before the handler runs: changing the headers of a finished answer costs a copy of it. */
export function carrying(headers: Readonly<Record<string, string>>): MiddlewareHandler<ApiEnv> {
  const entries = Object.entries(headers);
  return function carrying(c, next) {
    for (const [name, value] of entries) c.header(name, value);
    return next();
  };
}

/**
 * Answers a browser that asks before a cross-origin request. Any page may read; whether a page may write is decided by
 * `isAllowedOrigin`, on the server, since a browser's check alone binds nobody else. Nothing here rests on cookies, so
 * `*` gives nothing away.
 */
export function preflight(): MiddlewareHandler<ApiEnv> {
  return async function preflight(c, next): Promise<Response | void> {
    if (c.req.method !== 'OPTIONS') return next();
    return c.body(null, 204, {
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
      'access-control-max-age': '7200',
    });
  };
}

/** Finds the site of the path, and refuses what its pages may not do. */
export function siteGuard(sites: Sites): MiddlewareHandler<ApiEnv> {
  return async function siteGuard(c, next) {
    const site = await sites.get(c.req.param('site') ?? '');
    if (!site) throw new Problem('site-not-found');
    const personal = !readOnly.has(c.req.method) || c.req.path.endsWith('/me') || c.req.path.endsWith('/export');
    if (personal && !isAllowedOrigin(site, c.req.header('origin'))) throw new Problem('origin-not-allowed');
    c.set('site', site);
    await next();
  };
}

/** Servers send no `Origin` and are allowed; a page must stand on one of the site's origins, `null` never does. */
export function isAllowedOrigin(site: Site, origin: string | undefined): boolean {
  return origin === undefined || site.origins.includes(origin);
}

/** Refuses a body by the length it declares; one that declares none is counted as it comes. */
export function limitedBody(): MiddlewareHandler<ApiEnv> {
  return async function limitedBody(c, next) {
    const isStories = c.req.method === 'PUT' && c.req.path.endsWith('/stories');
    const most = isStories ? limits.storiesBodyBytes : limits.bodyBytes;
    const refuse = () => {
      throw new Problem('body-too-large', `At most ${most} bytes.`);
    };
    if (Number(c.req.header('content-length') ?? 0) > most) refuse();
    if (c.req.header('transfer-encoding') === undefined) return next();
    return bodyLimit({ maxSize: most, onError: refuse })(c, next);
  };
}

/** Lets only the publisher's own servers in. Asked before five megabytes of somebody's body are read. */
export const serverKeyOnly: MiddlewareHandler<ApiEnv> = async function serverKeyOnly(c, next) {
  const token = bearerToken(c.req.header('authorization'));
  if (token === undefined) throw new Problem('token-required', "The site's server key is needed.");
  if (!isServerKey(c.get('site'), token)) throw new Problem('token-invalid');
  await next();
};
