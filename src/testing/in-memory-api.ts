import type { ErrorCode } from '../contract/errors.js';
import { ApiState, type PartChange } from './api-state.js';
import { addInterceptor, type Interceptor, removeInterceptor } from './interception.js';
import { LiveStream } from './live-stream.js';
import { refusal, unreachable } from './responses.js';
import { type ApiRequest, routes } from './routes.js';

/** A method and a path such as `GET comments` or `PUT comments/:id/vote`, where `:id` is any one segment; or a pattern. */
export type RoutePattern = string | RegExp;

/** Answers with a `Response`, or with a value that is sent as JSON; `undefined` is `204 No Content`. */
export type RouteHandler = (request: ApiRequest) => unknown;

/** Delays the answers to requests. */
interface Gate {
  pattern: RoutePattern;
  wait(): Promise<unknown>;
  open(): void;
}

const sitePath = /\/v1\/sites\/([^/]+)\/(.*)$/;

/**
 * Afterword's API in the memory of a page.
 *
 * ```ts
 * const api = new InMemoryApi().install();
 * api.thread.add('a').add('b', { parentId: 'a' });
 * document.body.innerHTML = '<aw-comments site="demo" open></aw-comments>';
 * // …
 * await api.restore();
 * ```
 */
export class InMemoryApi extends ApiState implements Interceptor {
  /** The only site that this API answers for; any where it is undefined. */
  readonly site: string | undefined;
  /** Every request, the oldest first. */
  readonly requests: ApiRequest[] = [];
  /** Every live stream that was opened, the oldest first. */
  readonly streams: LiveStream[] = [];
  readonly #handlers: { pattern: RoutePattern; handler: RouteHandler }[] = [];
  readonly #gates: Gate[] = [];
  readonly #pending = new Set<Promise<unknown>>();

  constructor({ site }: { site?: string | undefined } = {}) {
    super();
    this.site = site;
  }

  /** Takes over `fetch`, `EventSource` and `navigator.sendBeacon` for requests to the site. */
  install(): this {
    addInterceptor(this);
    return this;
  }

  /** Answers held requests, waits for open ones, and restores the page's own functions. */
  async restore(): Promise<void> {
    for (const { open } of this.#gates.splice(0)) open();
    do {
      await Promise.allSettled(this.#pending);
      // An answer may lead to another request, in a task of its own.
      await new Promise((resolve) => setTimeout(resolve));
    } while (this.#pending.size);
    removeInterceptor(this);
  }

  /** Streams that the page has not closed. */
  get openStreams(): LiveStream[] {
    return this.streams.filter(({ readyState }) => readyState !== 2);
  }

  /** Returns the requests to a route, the oldest first. */
  sent(pattern: RoutePattern): ApiRequest[] {
    return this.requests.filter(({ route }) => matches(pattern, route));
  }

  /** Answers a route in another way; the handler added last wins. Returns a function that removes it. */
  on(pattern: RoutePattern, handler: RouteHandler): () => void {
    return add(this.#handlers, { pattern, handler });
  }

  /** Refuses the requests to a route. Returns a function that ends it. */
  refuse(pattern: RoutePattern, code: ErrorCode, headers?: Record<string, string>): () => void {
    return this.on(pattern, () => refusal(code, headers));
  }

  /** Fails the requests to a route, as without a connection. Returns a function that ends it. */
  disconnect(pattern: RoutePattern): () => void {
    return this.on(pattern, unreachable);
  }

  /** Answers the requests to a route late. Returns a function that ends it. */
  delay(pattern: RoutePattern, ms: number): () => void {
    const wait = () => new Promise((resolve) => setTimeout(resolve, ms));
    return add(this.#gates, { pattern, wait, open: () => undefined });
  }

  /** Holds the requests to a route until the returned function is called. */
  hold(pattern: RoutePattern): () => void {
    const { promise, resolve } = deferred();
    const remove = add(this.#gates, { pattern, wait: () => promise, open: resolve });
    return () => {
      remove();
      resolve();
    };
  }

  /** Changes the parts of `GET /page`. Returns a function that ends it. */
  changeParts(change: PartChange): () => void {
    return add(this.partChanges, change);
  }

  accepts({ pathname }: URL): boolean {
    const [, site] = sitePath.exec(pathname) ?? [];
    return site !== undefined && (this.site ?? site) === decodeURIComponent(site);
  }

  fetch(request: Request): Promise<Response> {
    const response = Promise.race([this.#receive(request), rejectionOf(request.signal)]);
    this.#pending.add(response);
    const settle = () => this.#pending.delete(response);
    response.then(settle, settle);
    return response;
  }

  openStream({ href }: URL): LiveStream {
    const stream = new LiveStream(href);
    this.streams.push(stream);
    return stream;
  }

  takeBeacon(request: Request): void {
    void this.fetch(request);
  }

  async #receive(incoming: Request): Promise<Response> {
    const { pathname, searchParams: query } = new URL(incoming.url);
    const [, , path = ''] = sitePath.exec(pathname) ?? [];
    const route = `${incoming.method} ${path}`;
    const text = await incoming.text();
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    const request: ApiRequest = { route, query, headers: incoming.headers, body };
    this.requests.push(request);
    for (const { pattern, wait } of [...this.#gates]) if (matches(pattern, route)) await wait();
    const answer: unknown = await this.#answer(request);
    if (answer instanceof Response) return answer;
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
  }

  #answer(request: ApiRequest): unknown {
    const { route } = request;
    const handler = this.#handlers.findLast(({ pattern }) => matches(pattern, route))?.handler;
    if (handler) return handler(request);
    const [, answer] = Object.entries(routes).find(([pattern]) => matches(pattern, route)) ?? [];
    return answer ? answer(this, request) : refusal('not-found');
  }
}

function matches(pattern: RoutePattern, route: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(route);
  const wanted = pattern.split(/[ /]/);
  const given = route.split(/[ /]/);
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}

/** Adds an item to a list and returns a function that removes it. */
function add<Item>(list: Item[], item: Item): () => void {
  list.push(item);
  return () => {
    const index = list.indexOf(item);
    if (index >= 0) list.splice(index, 1);
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((resolvePromise) => (resolve = resolvePromise));
  return { promise, resolve };
}

/** Rejects when the signal aborts, as `fetch` does. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}
