import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { Histogram, type Metric } from '../metric.js';
import type { ApiEnv } from './api.js';
import { contextOf } from './request-context.js';
import { secondMs } from '../time.js';

const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const middlewareMethod = 'ALL';
/** The route of requests that no route takes, whatever their path. */
const unmatched = 'unmatched';

interface RouteCounts {
  readonly method: string;
  readonly route: string;
  readonly statuses: number[];
  readonly durations: Histogram;
}

/**
 * Counts requests by route and status, and their times until the response is made. Labels are patterns of routes, so
 * that their number is bounded.
 */
export class RequestMetrics {
  readonly #byRoute = new Map<string, RouteCounts>();
  readonly #others = newCounts('', unmatched);

  /** Makes the series of a route, so that they are there before its first request. */
  addRoute(name: string): void {
    const [method = '', route = ''] = name.split(' ');
    if (!this.#byRoute.has(name)) this.#byRoute.set(name, newCounts(method, route));
  }

  /**
   * @param name method and pattern, from `routeName`
   * @param startedAt by `performance.now()`
   */
  record(name: string, status: number, startedAt: number): void {
    const counts = this.#byRoute.get(name) ?? this.#others;
    counts.statuses[((status / 100) | 0) - 1]!++;
    counts.durations.observe((performance.now() - startedAt) / secondMs);
  }

  metrics(): Metric[] {
    const all = () => [...this.#byRoute.values(), this.#others];
    return [
      {
        name: 'afterword_http_requests_total',
        help: 'Requests by route and class of status.',
        type: 'counter',
        read: () =>
          all().flatMap(({ method, route, statuses }) =>
            statuses.slice(1).map((value, index) => ({
              labels: { method, route, status: statusClasses[index + 1]! },
              value,
            })),
          ),
      },
      {
        name: 'afterword_http_request_duration_seconds',
        help: 'Time until the response is made, by route. Streams count until they begin.',
        type: 'histogram',
        read: () => all().flatMap(({ method, route, durations }) => durations.samples({ method, route })),
      },
    ];
  }
}

/** Records the requests that the framework answers. */
export function recordRequests(metrics: RequestMetrics): MiddlewareHandler<ApiEnv> {
  return async function recordRequests(c, next) {
    const startedAt = performance.now();
    await next();
    const route = routeOf(c);
    const incoming = c.env?.incoming;
    if (incoming) contextOf(incoming).route = route;
    metrics.record(route, c.res.status, startedAt);
  };
}

/** Returns method and pattern of the route that has taken a request. */
export function routeOf(c: Context): string {
  const route = matchedRoutes(c).findLast(({ method }) => method !== middlewareMethod);
  return route ? routeName(route.method, route.path) : unmatched;
}

const names = new Map<string, string>();

/** Returns the name of a route, such as `GET /v1/sites/{site}/page`. */
export function routeName(method: string, path: string): string {
  const key = `${method} ${path}`;
  let name = names.get(key);
  if (name === undefined) names.set(key, (name = key.replace(/:(\w+)(?:\{[^/]*\})?/g, '{$1}')));
  return name;
}

/** Returns the pattern of a route, without its method. */
export function patternOf(name: string = unmatched): string {
  return name.slice(name.indexOf(' ') + 1);
}

/** Returns the names of all routes of an app, without its middlewares. */
export function routeNames({ routes }: { readonly routes: readonly { method: string; path: string }[] }): string[] {
  return routes.filter(({ method }) => method !== middlewareMethod).map(({ method, path }) => routeName(method, path));
}

function newCounts(method: string, route: string): RouteCounts {
  return { method, route, statuses: statusClasses.map(() => 0), durations: new Histogram(durationBounds) };
}
