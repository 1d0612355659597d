import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Api } from './api.js';
import { connectionsCheckMs, limitConnections, refusePipelined } from './connection-limits.js';
import { Connections } from './connections.js';
import { apiHeaders } from './guards.js';
import type { HotHandler } from './hot-routes.js';
import { toHttpResponse } from './public-response.js';
import type { PublicCache } from './public-cache.js';
import { refuseRepeatedHeaders } from './repeated-headers.js';
import { contextOf, requestIdHeader, type RequestObserver } from './request-context.js';
import { RequestMetrics } from './request-metrics.js';

/** Connections that the system queues under load. Above this it resets some. */
const maxQueuedConnections = 4096;
/** Enough for the longest list of story keys in a query, percent-encoded. */
const maxHeaderBytes = 64 * 1024;

/**
 * Serves the app over HTTP. Cached public responses and hot routes are sent without the framework.
 *
 * @param log gets a warning when connections are refused
 * @param observers see every request that is answered, the first one first
 */
export function createListener(
  app: Api,
  cache: PublicCache,
  handleHot: HotHandler,
  connections = new Connections(),
  metrics = new RequestMetrics(),
  log?: Pick<Logger, 'warn'>,
  observers: readonly RequestObserver[] = [],
): Server {
  const handle = getRequestListener(app.fetch);
  const answer: RequestListener = (request, response) => {
    if (refuseRepeatedHeaders(request, response) || sendCached(cache, metrics, request, response)) return;
    connections.follow(response);
    if (handleHot(request, response)) return;
    // For the refusals of the adapter, which never reach the app.
    response.setHeader(requestIdHeader, contextOf(request).id);
    void handle(request, response);
  };
  const observed = observers.reduceRight<RequestListener>(
    (next, observe) => (request, response) => observe(request, response, () => next(request, response)),
    answer,
  );
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: connectionsCheckMs,
      // As the framework does, so that hot routes read the same. By default Node drops duplicates of some headers.
      joinDuplicateHeaders: true,
    },
    connections.receive((request, response) => {
      if (!refusePipelined(request, response)) observed(request, response);
    }),
  );
  limitConnections(server, log);
  connections.attach(server);
  return server;
}

function sendCached(
  cache: PublicCache,
  metrics: RequestMetrics,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== 'GET' || request.url === undefined) return false;
  const startedAt = performance.now();
  const cached = cache.get(request.url);
  if (!cached) return false;
  const { status, headers, body } = toHttpResponse(
    cached,
    request.headers['if-none-match'],
    request.headers['accept-encoding'],
  );
  const context = contextOf(request);
  context.route = cached.route;
  response.writeHead(status, { ...apiHeaders, [requestIdHeader]: context.id, ...headers });
  response.end(body);
  metrics.record(cached.route, status, startedAt);
  return true;
}

/** Serves an app of pages only. */
export function createPageListener(app: Hono, connections: Connections): Server {
  const handle = getRequestListener(app.fetch);
  const server = createServer(
    { connectionsCheckingInterval: connectionsCheckMs },
    connections.receive((request, response) => {
      connections.follow(response);
      response.setHeader(requestIdHeader, contextOf(request).id);
      void handle(request, response);
    }),
  );
  limitConnections(server);
  connections.attach(server);
  return server;
}

/** Resolves once the server listens. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: maxQueuedConnections }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
