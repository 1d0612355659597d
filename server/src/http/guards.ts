import { limits } from 'afterword/contract';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import { Problem } from '../problem.js';
import type { Site, Sites } from '../sites/store.js';
import type { ApiEnv } from './api.js';

const readOnlyMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const contentTypeOptions = 'nosniff';
const referrerPolicy = 'strict-origin-when-cross-origin';
const resourcePolicy = 'cross-origin';
const anyOrigin = '*';
const exposedHeaders = ['Retry-After', 'X-Request-Id'];

/** The headers that the two middlewares below set on responses of the API, for responses that bypass them. */
export const apiHeaders = {
  'x-content-type-options': contentTypeOptions,
  'referrer-policy': referrerPolicy,
  'cross-origin-resource-policy': resourcePolicy,
  'access-control-allow-origin': anyOrigin,
  'access-control-expose-headers': exposedHeaders.join(','),
} as const;

/** Sets security headers on every response, except those that a page sets itself. Pages add a content security policy. */
export const securityHeaders = secureHeaders({
  xContentTypeOptions: contentTypeOptions,
  referrerPolicy,
  crossOriginResourcePolicy: resourcePolicy,
  // The operator's proxy decides on TLS and on the other pages of its host.
  strictTransportSecurity: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
  // Pages forbid frames by their content security policy. The others concern obsolete browsers.
  xFrameOptions: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  removePoweredBy: false,
  overwrite: false,
});

/**
 * Lets pages of any origin read, and answers preflight requests. Writes are refused by `siteGuard` on the server, since
 * clients other than browsers ignore CORS. No route uses cookies, so `*` exposes nothing.
 */
export const crossOrigin = cors({
  origin: anyOrigin,
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id', 'traceparent', 'tracestate'],
  exposeHeaders: exposedHeaders,
  maxAge: 7200,
});

/** Finds the site of the path, and refuses writes and personal reads of pages on other origins. */
export function siteGuard(sites: Sites): MiddlewareHandler<ApiEnv> {
  return async function siteGuard(c, next) {
    const { method, path } = c.req;
    const isPersonal = !readOnlyMethods.has(method) || path.endsWith('/me') || path.endsWith('/export');
    const id = c.req.param('site') ?? '';
    c.set('site', isPersonal ? await writableSite(sites, id, c.req.header('origin')) : await readableSite(sites, id));
    await next();
  };
}

/** @throws Problem `site-not-found` */
async function readableSite(sites: Sites, id: string): Promise<Site> {
  const site = await sites.get(id);
  if (!site) throw new Problem('site-not-found');
  return site;
}

/**
 * Returns a site that pages of this origin may write to.
 *
 * @throws Problem `site-not-found` or `origin-not-allowed`
 */
export async function writableSite(sites: Sites, id: string, origin: string | undefined): Promise<Site> {
  const site = await readableSite(sites, id);
  if (!isAllowedOrigin(site, origin)) throw new Problem('origin-not-allowed');
  return site;
}

/** Servers send no `Origin` and are allowed. A page must be on one of the site's origins, which `null` never is. */
export function isAllowedOrigin(site: Site, origin: string | undefined): boolean {
  return origin === undefined || site.origins.includes(origin);
}

/** Refuses a body by its declared length. One without a declared length is counted while it is read. */
export function limitedBody(): MiddlewareHandler<ApiEnv> {
  return async function limitedBody(c, next) {
    const maxSize = maxBodyBytes(c.req.method, c.req.path);
    const refuse = () => {
      throw new Problem('body-too-large', `At most ${maxSize} bytes.`);
    };
    if (Number(c.req.header('content-length') ?? 0) > maxSize) refuse();
    if (c.req.header('transfer-encoding') === undefined) return next();
    return bodyLimit({ maxSize, onError: refuse })(c, next);
  };
}

/** Returns the limit of a request. Larger ones need the server key, which is required before the body is read. */
function maxBodyBytes(method: string, path: string): number {
  if (method === 'PUT' && path.endsWith('/stories')) return limits.storiesBodyBytes;
  if (method === 'PATCH' && /^\/v1\/sites\/[^/]*$/.test(path)) return limits.siteBodyBytes;
  return limits.bodyBytes;
}
