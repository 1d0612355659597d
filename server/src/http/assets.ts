import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';
import type { Api, ApiEnv } from './api.js';

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;
const immutable = 'public, max-age=31536000, immutable';

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly encoded: ReadonlyMap<string, Buffer>;
}

/**
 * The script tag and what it loads, from the built `afterword` package. Few and small: read once, kept in memory.
 * Names under `/assets` carry a hash or a version and never change; `/afterword.js` is asked for again.
 */
export function addAssetRoutes(app: Api): void {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('afterword/package.json'))), 'dist', 'cdn');
  const assets = readAssets(folder);
  const loader = assets.get('afterword.js');
  if (loader) app.get('/afterword.js', (c) => send(c, loader, 'public, max-age=300'));
  app.get('/assets/:name', (c) => {
    const asset = assets.get(`assets/${c.req.param('name')}`);
    return asset ? send(c, asset, immutable) : c.notFound();
  });
  // Browsers ask for one whatever a page says; none is an answer too.
  app.get('/favicon.ico', (c) => c.body(null, 204, { 'cache-control': 'public, max-age=86400' }));
  const cloak = assets.get('cloak.css');
  if (cloak) app.get('/cloak.css', (c) => send(c, cloak, 'public, max-age=300'));
}

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  if (!existsSync(folder)) return assets;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (!type) continue;
    const file = join(folder, name);
    const encoded = new Map(
      encodings
        .filter(({ ending }) => existsSync(file + ending))
        .map(({ name, ending }) => [name, readFileSync(file + ending)]),
    );
    assets.set(name.replaceAll('\\', '/'), { type, plain: readFileSync(file), encoded });
  }
  return assets;
}

function send(c: Context<ApiEnv>, { type, plain, encoded }: Asset, cacheControl: string): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const encoding = encodings.find(({ name }) => accepted.includes(name) && encoded.has(name))?.name;
  const body = encoding ? (encoded.get(encoding) ?? plain) : plain;
  return c.body(new Uint8Array(body), 200, {
    'content-type': type,
    'cache-control': cacheControl,
    'access-control-allow-origin': '*',
    vary: 'Accept-Encoding',
    ...(encoding ? { 'content-encoding': encoding } : {}),
  });
}
