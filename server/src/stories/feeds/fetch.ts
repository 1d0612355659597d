import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createGunzip } from 'node:zlib';
import { limits } from 'afterword/contract';
import { OperatorError } from '../../config.js';
import { secondMs } from '../../time.js';
import { isPublicAddress } from '../../http/public-address.js';

export interface Fetched {
  readonly bytes: Uint8Array;
  readonly charset: string | undefined;
  /** Final URL after redirects. */
  readonly url: string;
}

export interface FetchOptions {
  /** Allows addresses of private networks. */
  readonly allowPrivate: boolean;
  /** Timeout for the whole request, redirects included. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 10 * secondMs;
const maxRedirects = 3;

/**
 * Fetches an untrusted URL with protection against SSRF: resolves each host, checks the address and connects to that
 * same address.
 *
 * @throws OperatorError with the reason
 */
export async function fetchFeed(address: string, options: FetchOptions): Promise<Fetched> {
  const { timeoutMs = defaultTimeoutMs } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    let url = address;
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const response = await sendRequest(url, options, signal);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        url = new URL(headers.location, url).href;
      } else if (statusCode !== 200) {
        response.destroy();
        throw new OperatorError(`the server answered ${statusCode}`);
      } else {
        const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1];
        return { bytes: await readAll(response), charset, url };
      }
    }
    throw new OperatorError(`more than ${maxRedirects} redirects`);
  } catch (error) {
    if (signal.aborted) throw new OperatorError(`no answer within ${timeoutMs / secondMs} seconds`);
    if (error instanceof OperatorError) throw error;
    throw new OperatorError((error as Error).message);
  }
}

async function sendRequest(
  address: string,
  { allowPrivate }: FetchOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OperatorError('only http and https are fetched');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  const checked = found.find((candidate) => allowPrivate || isPublicAddress(candidate.address));
  if (!checked) throw new OperatorError(`${host} is a private address; --allow-private lets it through`);
  const pinnedLookup: LookupFunction = (_, { all }, done) => {
    if (all) done(null, [checked]);
    else done(null, checked.address, checked.family);
  };
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    send(url, {
      signal,
      lookup: pinnedLookup,
      headers: {
        accept: 'application/feed+json, application/rss+xml, application/atom+xml, */*;q=0.5',
        'accept-encoding': 'gzip',
        'user-agent': 'Afterword',
      },
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') throw new OperatorError(`the answer is encoded as ${encoding}`);
  const chunks: Buffer[] = [];
  let size = 0;
  // Limits the size after decompression, against decompression bombs.
  const body = encoding === 'gzip' ? response.pipe(createGunzip()) : response;
  // `pipe` does not forward errors of the source.
  response.on('error', (error) => body.destroy(error));
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.feedBytes)
        throw new OperatorError(`the answer is larger than ${limits.feedBytes / 1024 / 1024} MB`);
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw error instanceof OperatorError ? error : new OperatorError('the answer broke off');
  }
  return Buffer.concat(chunks);
}
