import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** A request to a server that an operator has named. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Allows addresses of private networks. */
  readonly allowsPrivate: boolean;
  /** Bytes of the response that are read; the rest is thrown away with the connection. */
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  /** The value of the header `Retry-After`. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** A request without a response. Its message is a code. */
export class OutboundError extends Error {}

/**
 * Sends a request, with protection against SSRF: connects to the address that was checked, and follows no redirect.
 *
 * @throws OutboundError with a code such as `timeout`, `private-address` or `ECONNREFUSED`
 */
export async function sendOutbound(request: OutboundRequest): Promise<OutboundResponse> {
  const { signal, maxBodyBytes } = request;
  try {
    const response = await abortable(openResponse(request), signal);
    try {
      const { statusCode: status = 0, headers } = response;
      return { status, retryAfter: headers['retry-after'], body: await readStart(response, maxBodyBytes) };
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (signal.aborted) throw new OutboundError(isTimeout(signal) ? 'timeout' : 'aborted');
    if (error instanceof OutboundError) throw error;
    throw new OutboundError((error as NodeJS.ErrnoException).code ?? 'network');
  }
}

async function openResponse(outbound: OutboundRequest): Promise<IncomingMessage> {
  const { method, headers, body = '', allowsPrivate, signal } = outbound;
  const url = new URL(outbound.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  const checked = found.find(({ address }) => allowsPrivate || isPublicAddress(address));
  if (!checked) throw new OutboundError('private-address');
  signal.throwIfAborted();
  const pinnedLookup: LookupFunction = (_, { all }, done) => {
    if (all) done(null, [checked]);
    else done(null, checked.address, checked.family);
  };
  const options: RequestOptions = {
    method,
    signal,
    lookup: pinnedLookup,
    agent: false,
    headers: { 'user-agent': 'Afterword', 'content-length': Buffer.byteLength(body), ...headers },
  };
  return new Promise((resolve, reject) => {
    const sent = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    sent.on('response', resolve).on('error', reject).end(body);
  });
}

/** Rejects when the signal aborts: a lookup cannot be aborted. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = rejectable<T>();
  const onAbort = () => reject(new OutboundError('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function rejectable<T>(): { promise: Promise<T>; reject: (error: Error) => void } {
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((_resolve, refuse) => (reject = refuse));
  return { promise, reject };
}

async function readStart(response: IncomingMessage, maxBytes: number): Promise<string> {
  if (maxBytes === 0) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString();
}

function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
