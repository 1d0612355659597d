import ipaddr from 'ipaddr.js';
import type { Api } from '../http/api.js';
import { bearerToken, isSameSecret } from '../http/authorization.js';
import { Problem } from '../problem.js';
import type { MetricsPage } from './metrics.js';
import type { Readiness } from './readiness.js';

/** Serves the probes of operators: liveness, readiness, metrics. */
export function addHealthRoutes(
  app: Api,
  {
    metricsToken,
    readiness,
    metrics,
  }: { readonly metricsToken: string | undefined; readonly readiness: Readiness; readonly metrics: MetricsPage },
): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));

  app.get('/readyz', async (c) => {
    const obstacle = await readiness.check();
    if (obstacle !== undefined) throw new Problem('unavailable', obstacle, { retryAfter: 2 });
    return c.json({ status: 'ready' }, 200, { 'cache-control': 'no-store' });
  });

  app.get('/metrics', async (c) => {
    const token = bearerToken(c.req.header('authorization'));
    const isLocal = isLocalRequest(c.req.header(), c.env?.incoming?.socket.remoteAddress);
    if (!isLocal && !(metricsToken && token && isSameSecret(token, metricsToken))) throw new Problem('not-found');
    const { text, contentType } = await metrics.print();
    return c.body(text, 200, { 'content-type': contentType });
  });
}

/** Headers by which a proxy shows itself. */
const proxyHeader = /^(?:forwarded|via|x-real-ip|x-forwarded-.+)$/;

/**
 * Returns true for a request that a program on this machine sends to the server itself. A proxy on the same machine makes
 * every client come from loopback, and a page whose host name leads to this machine makes its reader's browser do so.
 */
function isLocalRequest(headers: Readonly<Record<string, string>>, peer: string | undefined): boolean {
  if (!isLoopback(peer) || Object.keys(headers).some((name) => proxyHeader.test(name))) return false;
  const name = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/
    .exec(headers['host'] ?? '')
    ?.slice(1)
    .find(Boolean);
  return name === 'localhost' || isLoopback(name);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
