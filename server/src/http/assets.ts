import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Api, ApiEnv } from './api.js';

const folder = join(dirname(fileURLToPath(import.meta.resolve('afterword/package.json'))), 'dist', 'cdn');
const revalidated = 'public, max-age=300';
const immutable = 'public, max-age=31536000, immutable';

/**
 * Serves the script tag and what it loads from the built `afterword` package, precompressed where the client takes it.
 * Names under `/assets` carry a hash or a version, so their content never changes.
 */
export function addAssetRoutes(app: Api): void {
  const files = serveStatic<ApiEnv>({ root: folder, precompressed: true });
  app.get('/afterword.js', cors(), cacheable(revalidated), files);
  app.get('/cloak.css', cors(), cacheable(revalidated), files);
  app.get('/assets/*', cors(), cacheable(immutable), files);
  // Browsers request it from every site. An empty answer stops the requests.
  app.get('/favicon.ico', (c) => c.body(null, 204, { 'cache-control': 'public, max-age=86400' }));
}

/** Sets the caching headers of files that were found. The uncompressed form varies too, which `serveStatic` leaves out. */
function cacheable(cacheControl: string): MiddlewareHandler<ApiEnv> {
  return async function cacheable(c, next) {
    await next();
    if (!c.res.ok) return;
    c.res.headers.set('cache-control', cacheControl);
    c.res.headers.set('vary', 'Accept-Encoding');
  };
}
