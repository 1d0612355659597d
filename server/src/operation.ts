import { timingSafeEqual } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { Registry } from 'prom-client';
import type { Api } from './http/api.js';
import { Problem } from './problem.js';
import { bearerToken } from './readers/store.js';
import type { Services } from './services.js';

/** What operators and their machines ask: is it alive, is it ready, how is it doing. */
export function addOperationRoutes(app: Api, { config, database }: Services): void {
  let registry: Promise<Registry> | undefined;

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));

  app.get('/readyz', async (c) => {
    try {
      await database.check();
    } catch {
      throw new Problem('unavailable', 'The database does not answer.', { retryAfter: 2 });
    }
    return c.json({ status: 'ready' }, 200, { 'cache-control': 'no-store' });
  });

  app.get('/metrics', async (c) => {
    const token = bearerToken(c.req.header('authorization'));
    // Behind a proxy of the same machine everybody comes from loopback.
    const forwarded = c.req.header('x-forwarded-for') ?? c.req.header('forwarded');
    const local = forwarded === undefined && isLoopback(c.env?.incoming?.socket.remoteAddress);
    if (!local && !(config.metricsToken && token && equal(token, config.metricsToken))) throw new Problem('not-found');
    const measured = await (registry ??= openRegistry());
    return c.body(await measured.metrics(), 200, { 'content-type': measured.contentType });
  });
}

/**
 * Measuring begins with the first question: what watches the garbage collector and the event loop costs those who never
 * ask memory and time.
 */
async function openRegistry(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
