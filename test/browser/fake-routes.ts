import { errors, type ErrorCode } from '../../src/contract/errors.js';

export interface RouteRequest {
  /** Method and path below the site, such as `PUT comments/1/vote`. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}
export type Route = (request: RouteRequest) => unknown;

/** An API made of routes that a test may take over one by one; what a route throws reaches nobody. */
export class FakeRoutes {
  readonly requests: RouteRequest[] = [];
  readonly #routes: [RegExp, Route][] = [];
  readonly #fetch = globalThis.fetch;

  install(): this {
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      const path = /\/v1\/sites\/[^/]+\/(.*)$/.exec(url.pathname)?.[1];
      if (path === undefined) return this.#fetch.call(globalThis, input as RequestInfo, init);
      const text = await request.text();
      const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      const asked = { route: `${request.method} ${path}`, query: url.searchParams, headers: request.headers, body };
      this.requests.push(asked);
      const route =
        this.#routes.findLast(([pattern]) => pattern.test(asked.route))?.[1] ?? (() => refused('not-found'));
      const answer = await route(asked);
      if (answer instanceof Response) return answer;
      return Response.json(answer ?? {}, { status: 200 });
    };
    return this;
  }

  restore(): void {
    globalThis.fetch = this.#fetch;
  }

  /** The route that was set last wins. */
  on(pattern: RegExp, route: Route): this {
    this.#routes.push([pattern, route]);
    return this;
  }

  sent(pattern: RegExp): RouteRequest[] {
    return this.requests.filter(({ route }) => pattern.test(route));
  }
}

export function refused(code: ErrorCode): Response {
  const { status, title } = errors[code];
  return Response.json({ type: `/docs#${code}`, title, status, code }, { status });
}

export function unreachable(): never {
  throw new TypeError('Failed to fetch');
}
