import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from 'afterword/contract';
import type { z } from 'zod';
import { Problem, problemFrom } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { validationProblem } from './api.js';
import { crossOriginHeaders, isAllowedOrigin, securityHeaders } from './guards.js';

/** What a write is asked with, besides its body. */
export interface WriteCall {
  readonly site: Site;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly lang?: string | undefined;
  /** Of the page that asks; servers have none. */
  readonly origin: string | undefined;
  /** Absent only where there is no socket, as in tests. */
  readonly incoming: IncomingMessage | undefined;
}

/**
 * A write that comes in crowds. The framework describes it and answers it like any other; a listener may answer it
 * without the framework, whose request and answer objects cost more than the write does.
 */
export interface HotRoute<Body = unknown, Answer extends object = object> {
  readonly method: 'POST' | 'PUT';
  /** Below a site's path, as `reactions`. */
  readonly path: string;
  readonly body: z.ZodType<Body>;
  readonly status: 200 | 201;
  /** @throws Problem where it is refused */
  answer(call: WriteCall, body: Body): Promise<Answer>;
}

/** Ids of sites are plain, so no escape needs to be undone. */
const address = /^\/v1\/sites\/([\w-]+)\/([a-z]+)$/;
const headers = { ...securityHeaders, ...crossOriginHeaders };

/**
 * Answers plain requests of hot routes: no query, JSON of a declared length. Whatever is out of the ordinary is left to
 * the framework; a test holds both to the same answers.
 *
 * @returns whether the request is taken care of
 */
export function hotRoutes(services: Services, routes: readonly HotRoute[]) {
  const table = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, site, path] = address.exec(request.url ?? '') ?? [];
    const route = site && table.get(`${request.method} ${path}`);
    if (!route || !isPlain(request)) return false;
    void run(services, route, site, request).then(
      (answer) => send(response, route.status, 'application/json', answer),
      (error: unknown) => {
        // Nobody is there to be told when the request itself broke off.
        if (request.destroyed && !request.complete) return response.destroy();
        const problem = problemFrom(error, services, { method: route.method, route: route.path });
        sendProblem(response, problem);
      },
    );
    return true;
  };
}

function isPlain({ headers }: IncomingMessage): boolean {
  return (
    headers['content-type']?.startsWith('application/json') === true &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length']) <= limits.bodyBytes
  );
}

async function run(services: Services, route: HotRoute, siteId: string, request: IncomingMessage): Promise<object> {
  const { origin, authorization, 'idempotency-key': idempotencyKey } = request.headers;
  const given = readText(request);
  const site = await services.sites.get(siteId);
  if (!site) throw new Problem('site-not-found');
  if (!isAllowedOrigin(site, origin)) throw new Problem('origin-not-allowed');
  const parsed = route.body.safeParse(jsonOf(await given));
  if (!parsed.success) throw validationProblem(parsed.error);
  const call = { site, authorization, idempotencyKey: idempotencyKey as string | undefined, origin, incoming: request };
  return route.answer(call, parsed.data);
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()));
    // Every request closes in the end, and an error is dear to make.
    request.on('close', () => request.complete || reject(new Error('The request broke off.')));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid-json');
  }
}

function sendProblem(response: ServerResponse, problem: Problem): void {
  response.setHeader('cache-control', 'no-store');
  if (problem.retryAfter !== undefined) response.setHeader('retry-after', Math.ceil(problem.retryAfter));
  send(response, problem.status, 'application/problem+json', problem.toBody());
}

function send(response: ServerResponse, status: number, type: string, answer: object): void {
  // As a string it goes out in one write with its head.
  const body = JSON.stringify(answer);
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
