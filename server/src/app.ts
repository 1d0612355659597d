import type { ErrorCode } from 'afterword/contract';
import type { ErrorHandler, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { addCommentRoutes, commentWrite } from './comments/routes.js';
import { addDocsRoutes } from './docs.js';
import { createApi, problemAnswer, type Api, type ApiEnv } from './http/api.js';
import { addAssetRoutes } from './http/assets.js';
import { carrying, crossOriginHeaders, limitedBody, preflight, securityHeaders, siteGuard } from './http/guards.js';
import type { HotRoute } from './http/hot-routes.js';
import { addLiveRoutes } from './live/routes.js';
import { addOutboxPages } from './mail/outbox-pages.js';
import { addNewsletterPages } from './newsletter/pages.js';
import { addNewsletterRoutes } from './newsletter/routes.js';
import { addOperationRoutes } from './operation.js';
import { addPageRoute } from './page.js';
import { Problem, problemFrom } from './problem.js';
import { addPollRoutes } from './reactions/poll-routes.js';
import { addReactionRoutes, reactionWrite } from './reactions/routes.js';
import { addReaderRoutes } from './readers/routes.js';
import type { Services } from './services.js';
import { addStoryRoutes } from './stories/routes.js';

/**
 * Everything the server answers, as one web-standard handler: `app.request()` in tests, a listener in life.
 *
 * @param pages the demo's, where it is on
 */
export function createApp(services: Services, pages?: Hono): Api {
  const app = createApi();
  app.onError(asProblem(services));
  app.notFound((c) => {
    const { method, path } = c.req;
    const allowed = methodsOf(app, path);
    if (allowed.length === 0 || allowed.includes(method))
      return problemAnswer(c, new Problem('not-found', `${path} is not an address of this server.`));
    c.header('allow', allowed.join(', '));
    return problemAnswer(c, new Problem('method-not-allowed', `${path} does not take ${method}.`));
  });
  app.use(carrying(securityHeaders));

  app.use('/v1/*', carrying(crossOriginHeaders), preflight());
  app.use('/v1/sites/:site/*', siteGuard(services.sites), limitedBody());
  addPageRoute(app, services);
  addReactionRoutes(app, services);
  addPollRoutes(app, services);
  addCommentRoutes(app, services);
  addLiveRoutes(app, services);
  addStoryRoutes(app, services);
  addNewsletterRoutes(app, services);
  addReaderRoutes(app, services);

  addNewsletterPages(app, services);
  addOutboxPages(app, services);
  addAssetRoutes(app);
  addOperationRoutes(app, services);
  addDocsRoutes(app);
  if (pages) app.route('/', pages);
  return app;
}

/** What readers of a story that goes round send all at once. */
export function hotRoutesOf(services: Services): HotRoute[] {
  return [reactionWrite(services), commentWrite(services)];
}

/** What may be asked at an address: the router knows, and what it holds for all methods are no answers. */
function methodsOf({ router }: Api, path: string): string[] {
  const answers = (method: string) => router.match(method, path)[0].some(([[, route]]) => route.method === method);
  const found = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(answers);
  return found.includes('GET') ? ['GET', 'HEAD', ...found.slice(1)] : found;
}

/** Whatever is thrown becomes problem+json. */
function asProblem(services: Services): ErrorHandler<ApiEnv> {
  return function asProblem(error, c) {
    const about = { method: c.req.method, route: c.req.routePath };
    return problemAnswer(c, refusalOf(error) ?? problemFrom(error, services, about));
  };
}

/** What the framework itself refuses while it reads a request. A form of another site ends here too: it is not JSON. */
function refusalOf(error: Error): Problem | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  const codes: Partial<Record<number, ErrorCode>> = {
    400: 'invalid-json',
    413: 'body-too-large',
    415: 'unsupported-media-type',
  };
  const code = codes[error.status];
  return code && new Problem(code);
}
