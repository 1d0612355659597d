import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { limits } from 'afterword/contract';
import type { z } from 'zod';
import { Problem, problemFrom, type ErrorReporter } from '../problem.js';
import type { Sites } from '../sites/store.js';
import { isAborted, validationProblem, type WriteRequest } from './api.js';
import { apiHeaders, writableSite } from './guards.js';
import { contextOf, requestIdHeader } from './request-context.js';
import { RequestMetrics, routeName } from './request-metrics.js';

/**
 * A write that many readers send at once. The framework describes and answers it like any other route; a listener may
 * answer it without the framework, whose middlewares and objects cost more than the write (docs/decisions/0019).
 */
export interface HotRoute<Body = unknown, Result extends object = object> {
  readonly method: 'POST' | 'PUT';
  /** Below the path of a site, as `reactions`. */
  readonly path: string;
  readonly body: z.ZodType<Body>;
  readonly status: 200 | 201;
  /** @throws Problem where it is refused */
  respond(request: WriteRequest, body: Body): Promise<Result>;
}

export type HotHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Ids of sites need no escapes. */
const pathPattern = /^\/v1\/sites\/([\w-]+)\/([a-z]+)$/;
const jsonPattern = /^application\/json(?:; ?charset=utf-8)?$/i;
const hostPattern = /^[\w.-]+(?::\d+)?$/;
const decoder = new TextDecoder();

/**
 * Answers plain requests of hot routes: no query, JSON of a declared length within the limit. Returns false for all
 * others, which the framework then answers. A test compares both ways.
 */
export function hotHandler(
  sites: Sites,
  reporter: ErrorReporter,
  routes: readonly HotRoute[],
  metrics = new RequestMetrics(),
): HotHandler {
  const byName = new Map(
    routes.map((route) => [
      `${route.method} ${route.path}`,
      { ...route, name: routeName(route.method, `/v1/sites/:site/${route.path}`) },
    ]),
  );
  return function hotHandler(request, response) {
    const [, siteId, path] = pathPattern.exec(request.url ?? '') ?? [];
    const route = siteId && byName.get(`${request.method} ${path}`);
    if (!route || !isPlain(request)) return false;
    const startedAt = performance.now();
    const context = contextOf(request);
    const requestId = context.id;
    context.route = route.name;
    const answer = (status: number, headers: OutgoingHttpHeaders, result: object) => {
      metrics.record(route.name, status, startedAt);
      send(response, status, { [requestIdHeader]: requestId, ...headers }, result);
    };
    respond(sites, route, siteId, request).then(
      (result) => answer(route.status, { 'content-type': 'application/json' }, result),
      (error: unknown) => {
        if (isAborted(request)) return response.destroy();
        const problem = problemFrom(error, reporter, { requestId, method: route.method, route: route.path });
        answer(problem.status, problem.headers, problem.toBody(requestId));
      },
    );
    return true;
  };
}

function isPlain({ headers }: IncomingMessage): boolean {
  return (
    jsonPattern.test(headers['content-type'] ?? '') &&
    hostPattern.test(headers.host ?? '') &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length']) <= limits.bodyBytes
  );
}

async function respond(sites: Sites, route: HotRoute, siteId: string, request: IncomingMessage): Promise<object> {
  const { origin, authorization, 'idempotency-key': idempotencyKey } = request.headers;
  const text = readText(request);
  const site = await writableSite(sites, siteId, origin);
  const parsed = route.body.safeParse(parseJson(await text));
  if (!parsed.success) throw validationProblem(parsed.error);
  const write = {
    site,
    requestId: contextOf(request).id,
    authorization,
    idempotencyKey: idempotencyKey as string | undefined,
    origin,
    incoming: request,
  };
  return route.respond(write, parsed.data);
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
    // Every request emits `close`; the error is made only where it comes early.
    request.on('close', () => request.complete || reject(new Error('The request broke off.')));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid-json');
  }
}

function send(response: ServerResponse, status: number, headers: OutgoingHttpHeaders, result: object): void {
  // Node writes a string in one packet with the head.
  const body = JSON.stringify(result);
  response.writeHead(status, { ...apiHeaders, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
