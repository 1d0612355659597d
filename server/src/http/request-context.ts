import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { requestId } from 'hono/request-id';

/** A request as logs and traces name it. */
export interface RequestContext {
  readonly id: string;
  /** The name of the route that has taken the request, once that is known. */
  route?: string;
}

/** Follows a request until its response has ended. Calls `next` to have it answered. */
export type RequestObserver = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The header that a request may bring its id in, and that every response has it in. */
export const requestIdHeader = 'x-request-id';

export const maxRequestIdChars = 128;

/** Ids of common proxies fit. Without spaces, quotes and `@`, so that an id is neither a sentence nor an address. */
const idPattern = new RegExp(`^[\\w.:=+/-]{1,${maxRequestIdChars}}$`);
/** W3C Trace Context: version, trace, parent and flags. Later versions may append fields. */
const traceparentPattern = /^(?!ff)[\da-f]{2}-((?!0{32})[\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/;
const firstVersion = { prefix: '00-', chars: 55 };

/** A property, since a weak map costs more than the rest of a cached response. */
const contextKey = Symbol('request context');
type Carrier = IncomingMessage & { [contextKey]?: RequestContext };

/**
 * Returns the context of a request, the same one at every call.
 *
 * @param newId of a request that brings none
 */
export function contextOf(request: IncomingMessage, newId?: string): RequestContext {
  return ((request as Carrier)[contextKey] ??= { id: givenId(request.headers) ?? newId ?? randomUUID() });
}

/** Returns the id that a request brings: a well-formed `X-Request-Id`, or the trace of a valid `traceparent`. */
function givenId({ [requestIdHeader]: id, traceparent }: IncomingHttpHeaders): string | undefined {
  if (typeof id === 'string' && idPattern.test(id)) return id;
  return typeof traceparent === 'string' ? traceIdOf(traceparent) : undefined;
}

/** Returns the trace of a valid `traceparent`. */
function traceIdOf(traceparent: string): string | undefined {
  const { prefix, chars } = firstVersion;
  if (traceparent.startsWith(prefix) && traceparent.length !== chars) return undefined;
  return traceparentPattern.exec(traceparent)?.[1];
}

/** Gives every response of the framework the id of its request, and sets `requestId`. */
export const requestIds = requestId({
  headerName: 'X-Request-Id',
  // The rule of this module decides, not that of the framework.
  limitLength: 0,
  generator: (c: Context<{ Bindings: Partial<HttpBindings> | undefined }>) => {
    const { incoming } = c.env ?? {};
    return incoming ? contextOf(incoming).id : (givenId(Object.fromEntries(c.req.raw.headers)) ?? randomUUID());
  },
});
