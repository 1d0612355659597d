import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';

/** After the listener has closed, the wait for a client that keeps its connection alive to send another request. */
const idleGraceMs = 500;
/** The wait for the client's end of a connection, after ours. */
const halfClosedMs = 250;
const checkMs = 50;
/**
 * Before the listener closes, requests are held until no client has connected for this long and for so many checks: on a
 * busy machine there may be only one check in the time.
 */
const quietMs = 25;
const minQuietChecks = 3;
const maxHoldMs = 2000;
const holdCheckMs = 5;

interface Activity {
  bytesRead: number;
  /** By `performance.now()`, as all times here. */
  idleSince: number;
  endedAt: number | undefined;
}

/**
 * Follows the connections of a process, and closes them without a reset.
 *
 * A client may send a request on a connection that it keeps alive at the moment when the server closes it. Such a
 * connection can be closed safely only after a response with `Connection: close`. So while draining, every response
 * carries it, and connections on which no request arrives are closed after a grace period.
 *
 * A client that gets such a response connects again at once, and would be reset where the listener closes before it is
 * accepted. So requests are held for a moment before: clients that wait for a response do not connect.
 */
export class Connections {
  readonly #servers: Server[] = [];
  readonly #sockets = new Map<Socket, Activity>();
  readonly #responses = new Set<ServerResponse>();
  /** Connections whose last response carries `Connection: close`. */
  readonly #announced = new WeakSet<Socket>();
  readonly #held: (() => void)[] = [];
  #isDraining = false;
  #isHolding = false;
  #acceptedCount = 0;

  /** Follows the connections of a server, whose requests come through `receive` and `follow`. */
  attach(server: Server): void {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#acceptedCount++;
      this.#sockets.set(socket, { bytesRead: 0, idleSince: 0, endedAt: undefined });
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get openCount(): number {
    return this.#sockets.size;
  }

  /** The number of requests that are not answered yet. */
  get requestCount(): number {
    return this.#responses.size;
  }

  /**
   * Returns a handler that also sends `Connection: close` while draining.
   *
   * A request on a connection that has ended does not run, because its response could not be sent.
   */
  receive(handle: RequestListener): RequestListener {
    return (request, response) => {
      if (this.#isHolding) this.#held.push(() => this.#receiveDraining(handle, request, response));
      else if (this.#isDraining) this.#receiveDraining(handle, request, response);
      else handle(request, response);
    };
  }

  /** Waits for this response when closing. Needed for all but those that are sent at once. */
  follow(response: ServerResponse): void {
    this.#responses.add(response);
    response.once('close', () => this.#responses.delete(response));
  }

  /** Sends `Connection: close` with every response from now on. */
  drain(): void {
    this.#isDraining = true;
    for (const response of this.#responses) this.#announceClose(response.req, response);
  }

  /** Stops listening, and resolves when the last request is answered and the last connection closed. */
  async close(): Promise<void> {
    this.#isHolding = true;
    await this.#untilNoneConnects();
    const closed = this.#servers.map((server) => stopAccepting(server));
    this.drain();
    this.#isHolding = false;
    for (const run of this.#held.splice(0)) run();
    const now = performance.now();
    for (const activity of this.#sockets.values()) activity.idleSince = now;
    // After the sockets were read in this turn of the event loop.
    const check = setInterval(() => setImmediate(() => this.#endIdle()), checkMs);
    await Promise.all(closed);
    clearInterval(check);
  }

  /** Breaks all connections. */
  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #receiveDraining(handle: RequestListener, request: IncomingMessage, response: ServerResponse): void {
    if (!request.socket.writable) return void request.socket.destroy();
    if (this.#announced.has(request.socket)) return;
    this.#announceClose(request, response);
    handle(request, response);
  }

  /** A response whose request is still being sent cannot close the connection: the client would be reset. */
  #announceClose(request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent) return;
    if (hasBody(request) && !request.complete) {
      request.once('end', () => this.#announceClose(request, response));
      return;
    }
    this.#announced.add(request.socket);
    // Node then sends `Connection: close`, and closes after the response.
    response.shouldKeepAlive = false;
  }

  /**
   * Waits until probably no client is between connecting and being accepted, and the requests from before are answered:
   * after a response with `Connection: close` their clients would connect.
   */
  async #untilNoneConnects(): Promise<void> {
    const begunAt = performance.now();
    let quietSince = begunAt;
    let quietChecks = 0;
    let now: number;
    do {
      const acceptedBefore = this.#acceptedCount;
      await new Promise((resolve) => setTimeout(resolve, holdCheckMs));
      // Between the two, Node accepts one connection where any waits.
      await new Promise((resolve) => setImmediate(resolve));
      now = performance.now();
      quietChecks++;
      if (this.#acceptedCount !== acceptedBefore || this.#responses.size > 0) {
        quietSince = now;
        quietChecks = 0;
      }
    } while ((now - quietSince < quietMs || quietChecks < minQuietChecks) && now - begunAt < maxHoldMs);
  }

  #endIdle(): void {
    const now = performance.now();
    const busy = new Set([...this.#responses].map(({ socket }) => socket));
    for (const [socket, activity] of this.#sockets) {
      if (activity.endedAt !== undefined) {
        if (now - activity.endedAt > halfClosedMs) socket.destroy();
        continue;
      }
      if (busy.has(socket) || socket.writableLength > 0 || socket.bytesRead !== activity.bytesRead) {
        activity.bytesRead = socket.bytesRead;
        activity.idleSince = now;
      } else if (now - activity.idleSince > idleGraceMs) {
        activity.endedAt = now;
        socket.end();
      }
    }
  }
}

/** Leaves open connections alone: `close` of an HTTP server breaks those without a request, and responses being sent. */
function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => void TcpServer.prototype.close.call(server, () => resolve()));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
