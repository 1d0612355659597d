import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../problem.js';
import { apiHeaders } from './guards.js';
import { contextOf, requestIdHeader } from './request-context.js';

/** Headers with one value each. A proxy and this server could read different ones of several. */
const singular = [
  'host',
  'content-length',
  'content-type',
  'authorization',
  'origin',
  'idempotency-key',
  'last-event-id',
] as const;
/** A bit each. */
const bits = new Map<string, number>(singular.map((name, index) => [name, 1 << index]));

/**
 * Refuses a request that repeats a header with one value. Node and the framework would join the values or take one of
 * them.
 *
 * @returns true for a refused request
 */
export function refuseRepeatedHeaders(request: IncomingMessage, response: ServerResponse): boolean {
  const repeated = repeatedHeader(request.rawHeaders);
  if (repeated === undefined) return false;
  const problem = new Problem('invalid-header', `${repeated}: one value, not several.`);
  const body = JSON.stringify(problem.toBody());
  response.writeHead(problem.status, {
    ...apiHeaders,
    ...problem.headers,
    [requestIdHeader]: contextOf(request).id,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
  return true;
}

/** @param rawHeaders names and values in turn, as received */
function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const bit = bits.get(name) ?? 0;
    if ((seen & bit) !== 0) return name;
    seen |= bit;
  }
  return undefined;
}
