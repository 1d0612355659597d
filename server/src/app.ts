import type { ErrorCode } from 'afterword/contract';
import type { ErrorHandler, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { addCommentRoutes } from './comments/routes.js';
import { addDocsRoutes } from './docs.js';
import { createApi, problemAnswer, type Api, type ApiEnv } from './http/api.js';
import { addAssetRoutes } from './http/assets.js';
import { crossOrigin, limitedBody, securityHeaders, siteGuard } from './http/guards.js';
import { addOutboxPages } from './mail/outbox-pages.js';
import { addNewsletterPages } from './newsletter/pages.js';
import { addNewsletterRoutes } from './newsletter/routes.js';
import { addOperationRoutes } from './operation.js';
import { addPageRoute } from './page.js';
import { Problem } from './problem.js';
import { addReactionRoutes } from './reactions/routes.js';
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
  app.notFound((c) =>
    problemAnswer(c, new Problem('not-found', `${c.req.method} ${c.req.path} is not an address of this server.`)),
  );
  app.use(securityHeaders());

  app.use('/v1/*', crossOrigin());
  app.use('/v1/sites/:site/*', limitedBody(), siteGuard(services.sites));
  addPageRoute(app, services);
  addReactionRoutes(app, services);
  addCommentRoutes(app, services);
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

/** Whatever is thrown becomes problem+json; what we did not foresee is logged and told without detail. */
function asProblem({ log }: Services): ErrorHandler<ApiEnv> {
  return function asProblem(error, c) {
    const problem = error instanceof Problem ? error : problemOf(error);
    if (!problem) log.error({ err: error, method: c.req.method, route: c.req.routePath }, 'request failed');
    return problemAnswer(c, problem ?? new Problem('internal'));
  };
}

/** What the framework itself refuses while it reads a request. A form of another site ends here too: it is not JSON. */
function problemOf(error: Error): Problem | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  const codes: Partial<Record<number, ErrorCode>> = {
    400: 'invalid-json',
    413: 'body-too-large',
    415: 'unsupported-media-type',
  };
  const code = codes[error.status];
  return code && new Problem(code);
}
