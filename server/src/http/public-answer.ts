import type { Context } from 'hono';
import type { CachedAnswer, PublicCache, Shown } from './public-cache.js';

export const publicCacheControl = 'public, max-age=0, s-maxage=5, stale-while-revalidate=30';

/** Named, and not with the weight zero. */
const takesGzip = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

/** Answers a public GET from the cache, or makes and keeps the answer. */
export async function publicAnswer(
  c: Context,
  cache: PublicCache,
  make: () => Promise<Shown<unknown>>,
): Promise<Response> {
  const url = pathAndQuery(c.req.url);
  const answer = cache.get(url) ?? (await cache.make(url, make));
  const { status, headers, body } = asSent(answer, c.req.header('if-none-match'), c.req.header('accept-encoding'));
  return body ? c.body(new Uint8Array(body), status, headers) : c.body(null, status, headers);
}

/** How a cached answer goes out: 304 where the client has it, compressed where it can read that. */
export function asSent(answer: CachedAnswer, ifNoneMatch: string | undefined, acceptEncoding: string | undefined) {
  const headers: Record<string, string> = {
    'access-control-allow-origin': '*',
    'cache-control': answer.failed ? 'no-store' : publicCacheControl,
    etag: answer.etag,
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
  };
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, answer.etag))
    return { status: 304 as const, headers, body: undefined };
  const gzip = acceptEncoding && takesGzip.test(acceptEncoding) ? answer.gzip : undefined;
  const body = gzip ?? answer.body;
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
