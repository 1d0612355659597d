import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { Problem } from '../problem.js';
import { minuteMs, secondMs } from '../time.js';

const headersTimeoutMs = 10 * secondMs;
const requestTimeoutMs = 30 * secondMs;
/** Longer than the 60 seconds of common proxies, so that the proxy closes first. */
const keepAliveTimeoutMs = 65 * secondMs;
/** Ends a connection whose client reads nothing of an answer. Longer than the pauses of event streams. */
const writeTimeoutMs = minuteMs;
/** Time for a client to read a refusal before its connection is destroyed. */
const refusalGraceMs = secondMs;
const maxHeaderCount = 100;
/** More than all event streams. */
const maxConnectionCount = 25_000;
/** File descriptors that connections leave to the database, files and the log. */
const reservedDescriptors = 128;
const minConnectionCount = 32;
/** Browsers and proxies wait for an answer before they send the next request. */
const maxUnansweredCount = 10;
const warningIntervalMs = minuteMs;

/** How often Node looks for connections that are too slow. An option of `createServer`. */
export const connectionsCheckMs = 5 * secondMs;

/**
 * Bounds the number of connections and the time that each may take: no client keeps a file descriptor by sending
 * nothing, by sending or reading slowly, or by never closing.
 */
export function limitConnections(server: Server, log?: Pick<Logger, 'warn'>): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.timeout = writeTimeoutMs;
  server.maxHeadersCount = maxHeaderCount;
  server.maxConnections = maxConnectionsFor(maxOpenFiles());
  server.on('clientError', refuseMalformed);
  let warnedAt = -Infinity;
  server.on('drop', () => {
    // Idle connections make room for the next ones.
    server.closeIdleConnections();
    if (Date.now() - warnedAt < warningIntervalMs) return;
    warnedAt = Date.now();
    log?.warn({ connections: server.maxConnections }, 'connections are refused: too many are open');
  });
}

/** Returns how many connections may be open where the process may open so many files. */
export function maxConnectionsFor(maxFiles: number): number {
  return Math.min(maxConnectionCount, Math.max(minConnectionCount, maxFiles - reservedDescriptors));
}

/** Reads the limit of this process. Systems other than Linux do not tell it. */
function maxOpenFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** By socket. */
const unansweredCounts = new WeakMap<Socket, number>();

/**
 * Ends a connection that sends many requests before it reads the answers (pipelining): a few kilobytes of them would
 * fill the memory with answers.
 *
 * @returns true for a request that gets no answer
 */
export function refusePipelined({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const count = (unansweredCounts.get(socket) ?? 0) + 1;
  if (count > maxUnansweredCount) {
    socket.destroy();
    return true;
  }
  unansweredCounts.set(socket, count);
  response.once('close', () => unansweredCounts.set(socket, (unansweredCounts.get(socket) ?? 1) - 1));
  return false;
}

/** Sockets that were refused and wait for their end. */
const refused = new WeakSet<Socket>();

/** Answers a request that Node cannot parse, in the format of the app's problems, and closes its connection. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (refused.has(socket)) return;
  refused.add(socket);
  if (!socket.writable || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  socket.end(refusalOf(error));
  // Unread data would make the system reset the connection, and the client might lose the answer.
  socket.resume();
  // A client that ignores the end would keep the socket half open for ever.
  const timer = setTimeout(() => socket.destroy(), refusalGraceMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Returns true where an answer to an earlier request of the connection is being sent. Node keeps it in a private field. */
function hasBegunAnswer(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

function refusalOf({ code }: NodeJS.ErrnoException): string {
  // What the request has brought was not parsed.
  const requestId = `X-Request-Id: ${randomUUID()}\r\n`;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return `HTTP/1.1 408 Request Timeout\r\n${requestId}Content-Length: 0\r\nConnection: close\r\n\r\n`;
  const body = JSON.stringify(new Problem('invalid-header', 'The request could not be read.').toBody());
  return `HTTP/1.1 400 Bad Request\r\n${requestId}Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
