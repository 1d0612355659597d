import type { Context } from 'hono';
import { routeOf } from './request-metrics.js';
import type { CachedResponse, PublicCache, PublicData } from './public-cache.js';

export const publicCacheControl = 'public, max-age=0, s-maxage=5, stale-while-revalidate=30';

/** Matches gzip without a weight of zero. */
const acceptsGzip = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

/** Answers a public GET from the cache, or makes the response and caches it. */
export async function publicResponse(
  c: Context,
  cache: PublicCache,
  make: () => Promise<PublicData<unknown>>,
): Promise<Response> {
  const url = pathAndQuery(c.req.url);
  const cached = cache.get(url) ?? (await cache.make(url, make, routeOf(c)));
  const { status, headers, body } = toHttpResponse(
    cached,
    c.req.header('if-none-match'),
    c.req.header('accept-encoding'),
  );
  return body ? c.body(new Uint8Array(body), status, headers) : c.body(null, status, headers);
}

/**
 * Makes the HTTP form of a cached response: 304 where the client has it, compressed where the client accepts that.
 * Contains no headers that the API sets on every response.
 */
export function toHttpResponse(
  cached: CachedResponse,
  ifNoneMatch: string | undefined,
  acceptEncoding: string | undefined,
) {
  const headers: Record<string, string> = {
    'cache-control': cached.hasFailed ? 'no-store' : publicCacheControl,
    etag: cached.etag,
    vary: 'Accept-Encoding',
  };
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, cached.etag))
    return { status: 304 as const, headers, body: undefined };
  const gzip = acceptEncoding && acceptsGzip.test(acceptEncoding) ? cached.gzip : undefined;
  const body = gzip ?? cached.body;
  if (gzip) headers['content-encoding'] = 'gzip';
  headers['content-type'] = 'application/json; charset=utf-8';
  headers['content-length'] = String(body.length);
  return { status: 200 as const, headers, body };
}

function matches(ifNoneMatch: string, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}

function pathAndQuery(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('//') + 2));
}
