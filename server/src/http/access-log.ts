import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { contextOf, type RequestObserver } from './request-context.js';
import { patternOf } from './request-metrics.js';

/** As in the logs of nginx: the client has gone before there was a response. */
const clientGoneStatus = 499;

/**
 * Writes one line per request, when its response has ended. It names the route, never the path, and nothing of the client,
 * so that the log holds no personal data.
 *
 * @param log whose output is used, whatever its level
 */
export function accessLog(log: Logger): RequestObserver {
  const lines = log.child({}, { level: 'info' });
  const countBytes = byteCounter();
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () =>
      lines.info(lineOf(request, response, startedAt, countBytes(request.socket)), 'request'),
    );
    next();
  };
}

function lineOf(request: IncomingMessage, response: ServerResponse, startedAt: number, bytes: number) {
  const { id: requestId, route } = contextOf(request);
  return {
    requestId,
    method: request.method,
    route: patternOf(route),
    status: response.headersSent ? response.statusCode : clientGoneStatus,
    durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    bytes,
    ...(response.writableFinished ? {} : { aborted: true }),
  };
}

/** Returns a function that counts the bytes sent on a connection, heads included, since its last call. */
function byteCounter(): (socket: Socket) => number {
  const sentBefore = new WeakMap<Socket, number>();
  return (socket) => {
    const sent = socket.bytesWritten;
    const bytes = sent - (sentBefore.get(socket) ?? 0);
    sentBefore.set(socket, sent);
    return bytes;
  };
}
