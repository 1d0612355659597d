import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createGunzip } from 'node:zlib';
import ipaddr from 'ipaddr.js';
import { OperatorError } from '../../config.js';

export interface Fetched {
  readonly bytes: Uint8Array;
  readonly charset: string | undefined;
  /** Where it came from in the end. */
  readonly url: string;
}

export interface FetchOptions {
  /** Lets addresses of the own network through. */
  readonly allowPrivate: boolean;
  /** For the whole of it, redirects included. */
  readonly timeoutMillis?: number;
}

const usualTimeoutMillis = 10_000;
const mostBytes = 5 * 1024 * 1024;
const mostRedirects = 3;

/**
 * Fetches what may be anybody's address, without being led into the own network: each host is resolved, its address
 * checked, and the connection made to that very address.
 *
 * @throws OperatorError saying what went wrong
 */
export async function fetchFeed(address: string, options: FetchOptions): Promise<Fetched> {
  const { timeoutMillis = usualTimeoutMillis } = options;
  const signal = AbortSignal.timeout(timeoutMillis);
  try {
    let url = address;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const response = await get(url, options, signal);
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
    throw new OperatorError(`more than ${mostRedirects} redirects`);
  } catch (error) {
    if (signal.aborted) throw new OperatorError(`no answer within ${timeoutMillis / 1000} seconds`);
    if (error instanceof OperatorError) throw error;
    throw new OperatorError((error as Error).message);
  }
}

async function get(address: string, { allowPrivate }: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OperatorError('only http and https are fetched');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  const checked = found.find((candidate) => allowPrivate || isPublic(candidate.address));
  if (!checked) throw new OperatorError(`${host} is a private address; --allow-private lets it through`);
  const toChecked: LookupFunction = (_, { all }, done) => {
    if (all) done(null, [checked]);
    else done(null, checked.address, checked.family);
  };
  const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    request(url, {
      signal,
      lookup: toChecked,
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

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') throw new OperatorError(`the answer is encoded as ${encoding}`);
  const chunks: Buffer[] = [];
  let size = 0;
  // Counted after decompression: a small answer may hide a huge one.
  const body = encoding === 'gzip' ? response.pipe(createGunzip()) : response;
  // `pipe` does not hand on an answer that breaks off.
  response.on('error', (error) => body.destroy(error));
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw new OperatorError(`the answer is larger than ${mostBytes / 1024 / 1024} MB`);
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw error instanceof OperatorError ? error : new OperatorError('the answer broke off');
  }
  return Buffer.concat(chunks);
}
