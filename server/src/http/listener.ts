import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';
import type { Api } from './api.js';
import { hotRoutes, type HotRoute } from './hot-routes.js';
import { asSent } from './public-answer.js';
import type { PublicCache } from './public-cache.js';

const headersMillis = 10_000;
const requestMillis = 30_000;
const keepAliveMillis = 65_000;
const stopMillis = 8000;
const idleMillis = 50;
/** Connections that may wait to be taken when a story goes round; beyond them the system resets some. */
const mostConnecting = 4096;
/** Room for a page's longest list of story keys, percent-encoded. */
const headerBytes = 64 * 1024;

/** Serves the app over HTTP. Public answers that the cache holds, and hot routes, are answered before the framework is asked. */
export function createListener(app: Api, services: Services, hot: readonly HotRoute[]): Server {
  const answer = getRequestListener(app.fetch);
  const answerHot = hotRoutes(services, hot);
  const server = createServer(
    { maxHeaderSize: headerBytes, connectionsCheckingInterval: 5000 },
    (request, response) => {
      if (sendCached(services.cache, request, response) || answerHot(request, response)) return;
      void answer(request, response);
    },
  );
  server.headersTimeout = headersMillis;
  server.requestTimeout = requestMillis;
  server.keepAliveTimeout = keepAliveMillis;
  server.maxHeadersCount = 100;
  server.on('clientError', refuseMalformed);
  return server;
}

function sendCached(cache: PublicCache, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'GET' || request.url === undefined) return false;
  const cached = cache.get(request.url);
  if (!cached) return false;
  const { status, headers, body } = asSent(
    cached,
    request.headers['if-none-match'],
    request.headers['accept-encoding'],
  );
  response.writeHead(status, headers);
  response.end(body);
  return true;
}

/** What Node cannot read never reaches the app; it deserves an answer in the same shape. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    return;
  }
  const body = JSON.stringify(new Problem('invalid-header', 'The request could not be read.').toBody());
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Where pages only are served. */
export function createPageListener(app: Hono): Server {
  const server = createServer(getRequestListener(app.fetch));
  server.headersTimeout = headersMillis;
  server.requestTimeout = requestMillis;
  return server;
}

/** Resolves once the server listens. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: mostConnecting }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes no new requests, lets those under way end, and closes whatever is left after eight seconds. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection that was busy when we stopped becomes idle, and would be kept alive, when its answer is out.
    const idle = setInterval(() => server.closeIdleConnections(), idleMillis);
    const impatient = setTimeout(() => server.closeAllConnections(), stopMillis);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(impatient);
      resolve();
    });
    server.closeIdleConnections();
  });
}
