import { createRequire } from 'node:module';
import { limits, type ErrorCode } from 'afterword/contract';
import type { ErrorHandler, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { countPending } from './comments/moderation/pending-counts.js';
import { readChangedComments, readThreadVersions } from './comments/reading/changes.js';
import { readStoryKeysByAuthor, readVotesAndOwn } from './comments/reading/own-comments.js';
import { addCommentReadingRoutes } from './comments/reading/routes.js';
import { expiredSortOrders } from './comments/reading/expired-orders.js';
import { SortOrders } from './comments/reading/sort-orders.js';
import { readThread } from './comments/reading/thread-state.js';
import { readThreadPage } from './comments/reading/threads.js';
import { AuthorHistories } from './comments/rules/author-history.js';
import { CommentRules } from './comments/rules/pipeline.js';
import { commentWrite } from './comments/writing/hot-route.js';
import { expiredIdempotencyKeys } from './comments/writing/idempotency.js';
import { addCommentWritingRoutes } from './comments/writing/routes.js';
import type { Config } from './config.js';
import { addDocsRoutes } from './http/api-docs.js';
import { createApi, isAborted, problemResponse, type Api, type ApiEnv } from './http/api.js';
import { addAssetRoutes } from './http/assets.js';
import { ClientAddress } from './http/client-address.js';
import { Connections } from './http/connections.js';
import { crossOrigin, limitedBody, securityHeaders, siteGuard } from './http/guards.js';
import { addHomePage } from './http/home-page.js';
import type { HotRoute } from './http/hot-routes.js';
import { addPageRoute, type PartReader } from './http/page-data.js';
import { NetworkHasher } from './http/network-hash.js';
import { PublicCache } from './http/public-cache.js';
import { RateLimits } from './http/rate-limits.js';
import { requestIds } from './http/request-context.js';
import { recordRequests, RequestMetrics, routeNames } from './http/request-metrics.js';
import type { LiveSources } from './live/changes.js';
import { LiveHub } from './live/hub.js';
import { addLiveRoutes } from './live/routes.js';
import { countMails } from './mail/mail-counts.js';
import { Mailer } from './mail/mailer.js';
import { finishedMails } from './mail/retention.js';
import { addDemoMailboxPages } from './mail/demo-mailbox-pages.js';
import { addBounceRoutes } from './newsletter/bounces/routes.js';
import { readNewsletters } from './newsletter/domain/lists.js';
import { newsletterRetention } from './newsletter/domain/retention.js';
import { newsletterComposers, Subscriptions } from './newsletter/domain/subscriptions.js';
import { addNewsletterPages } from './newsletter/pages/link-pages.js';
import { addNewsletterEditingRoutes } from './newsletter/editing-routes.js';
import { addNewsletterRoutes } from './newsletter/routes.js';
import { countDeliveries } from './newsletter/webhooks/delivery-counts.js';
import { expiredDeliveries } from './newsletter/webhooks/retention.js';
import { WebhookWorker } from './newsletter/webhooks/worker.js';
import { requireSqlite } from './ops/backup.js';
import { BackupSchedule } from './ops/backup-schedule.js';
import { addHealthRoutes } from './ops/health.js';
import { MetricsPage } from './ops/metrics.js';
import { Readiness } from './ops/readiness.js';
import { Retention } from './ops/retention.js';
import { serviceMetrics, type MetricSources } from './ops/service-metrics.js';
import { Problem, problemFrom, type ErrorReporter } from './problem.js';
import { BurstDetector } from './reactions/burst-detector.js';
import { reactionWrite } from './reactions/hot-route.js';
import { addPollRoutes } from './reactions/poll-routes.js';
import { addDefaultPoll, Polls } from './reactions/polls.js';
import { readOwnReactions, readReactions } from './reactions/reading.js';
import { addReactionRoutes } from './reactions/routes.js';
import { readPublicTallies, readTallyVersions } from './reactions/votes.js';
import { ReaderNames } from './readers/names.js';
import { guestsWithoutActs } from './readers/retention.js';
import { addReaderRoutes, type ReaderActivity } from './readers/routes.js';
import { readerKinds, Readers } from './readers/store.js';
import { ReaderTokens } from './readers/tokens.js';
import { addSiteRoutes } from './sites/routes.js';
import { Sites } from './sites/store.js';
import type { Database } from './storage/database.js';
import { expiredLimitCounters } from './storage/limit-counters.js';
import type { RetentionRule } from './storage/retention-rule.js';
import { RowCaches } from './storage/row-caches.js';
import { readCounts } from './stories/counts.js';
import { RailCache } from './stories/rails/rail-cache.js';
import { readRail } from './stories/rails/rails.js';
import { ReadWeights } from './stories/rails/read-weights.js';
import { addStoryRoutes } from './stories/routes.js';
import { StoryResolver } from './stories/story-resolver.js';

export const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** How long each feature keeps what has a lifetime. docs/privacy.md lists them. */
export const retentionRules: readonly RetentionRule[] = [
  ...newsletterRetention,
  expiredDeliveries,
  finishedMails,
  guestsWithoutActs,
  expiredIdempotencyKeys,
  expiredSortOrders,
  expiredLimitCounters,
];

/** The parts of a running server. Each route declares those it uses. */
export type Services = ReturnType<typeof createServices>;

/** Makes the parts of a server, once at start. */
export function createServices(
  config: Config,
  database: Database,
  log: Logger,
  tracing?: { headers(this: void): Record<string, string> },
) {
  const mailer = new Mailer(config, database, log, newsletterComposers(config));
  const stories = new StoryResolver(database);
  const sites = new Sites(database, [addDefaultPoll]);
  const polls = new Polls(database);
  const readers = new Readers(database, new ReaderTokens(config.secrets));
  return {
    config,
    log,
    database,
    isUnavailable: database.isUnavailable,
    cache: new PublicCache(),
    connections: new Connections(),
    requestMetrics: new RequestMetrics(),
    rateLimits: new RateLimits(config.areLimitsOn),
    clientAddress: new ClientAddress(config.trustProxy, log),
    networkHasher: new NetworkHasher(config.secrets),
    sites,
    stories,
    sortOrders: new SortOrders(database),
    commentRules: new CommentRules(new AuthorHistories(database), log, config.areLimitsOn, tracing?.headers),
    railCache: new RailCache(database),
    readWeights: new ReadWeights(),
    polls,
    burstDetector: new BurstDetector(config.areLimitsOn),
    readerNames: new ReaderNames(database),
    readers,
    rowCaches: new RowCaches(database, [readers, stories]),
    mailer,
    subscriptions: new Subscriptions(config, database, mailer, log),
    webhooks: new WebhookWorker(database, log),
    live: new LiveHub({ log, sites, stories, sources: liveSources(database, polls) }),
    readiness: new Readiness(database, log),
    retention: new Retention(database, log, retentionRules),
    backups: config.backups && new BackupSchedule(requireSqlite(config), config.backups, log),
  };
}

/**
 * Makes the app: one web-standard handler for all routes, called by a listener and by `app.request()` in tests.
 *
 * @param pages of the demo, where it is on
 */
export function createApp(services: Services, pages?: Hono): Api {
  const app = createApi();
  app.onError(errorHandler(services));
  app.notFound((c) => {
    const { method, path } = c.req;
    const allowed = allowedMethods(app, path);
    if (allowed.length === 0 || allowed.includes(method))
      return problemResponse(c, new Problem('not-found', `${path} is not an address of this server.`));
    c.header('allow', allowed.join(', '));
    return problemResponse(c, new Problem('method-not-allowed', `${path} does not take ${method}.`));
  });
  app.use(requestIds);
  app.use(recordRequests(services.requestMetrics));
  app.use(securityHeaders);

  app.use('/v1/*', crossOrigin);
  app.use('/v1/sites/:site/*', siteGuard(services.sites), limitedBody());
  addSiteRoutes(app, services, readerKinds);
  addPageRoute(app, services.cache, services, partReader(services));
  addReactionRoutes(app, services);
  addPollRoutes(app, services);
  addCommentReadingRoutes(app, services);
  addCommentWritingRoutes(app, services);
  addLiveRoutes(app, services);
  addStoryRoutes(app, services);
  addNewsletterRoutes(app, services);
  addNewsletterEditingRoutes(app, services);
  addBounceRoutes(app, services);
  addReaderRoutes(app, services, readerActivity(services));

  addNewsletterPages(app, services);
  if (services.mailer.demoMailbox) addDemoMailboxPages(app, services.mailer.demoMailbox);
  addAssetRoutes(app);
  addHealthRoutes(app, {
    metricsToken: services.config.metricsToken,
    readiness: services.readiness,
    metrics: new MetricsPage([...services.requestMetrics.metrics(), ...serviceMetrics(metricSources(services))]),
  });
  addDocsRoutes(app, version);
  if (pages) app.route('/', pages);
  else addHomePage(app, version);
  for (const name of routeNames(app)) services.requestMetrics.addRoute(name);
  return app;
}

function metricSources(services: Services): MetricSources {
  const { read } = services.database;
  return {
    ...services,
    version,
    countMails: () => countMails(read, Date.now()),
    countDeliveries: () => countDeliveries(read, Date.now()),
    countPending: () => countPending(read),
  };
}

/** Returns the writes that many readers send at once. */
export function hotRoutes(services: Services): HotRoute[] {
  return [reactionWrite(services), commentWrite(services)];
}

/** Reads the parts of `GET /page`, each from its feature. */
function partReader(services: Services): PartReader {
  return (site, part, { story, lang }) => {
    switch (part.part) {
      case 'reactions':
        return readReactions(services, site, story, part.poll, lang);
      case 'comments':
        return readThreadPage(services, site, story, { sort: part.sort, limit: part.limit, replies: limits.replies });
      case 'stories':
        return readRail(services, site, part.rail, story, part.limit, lang);
      case 'newsletter':
        return readNewsletters(services.database, site, lang);
      case 'counts':
        return readCounts(services, site, [story]);
    }
  };
}

/** Reads what live updates send, each from its feature. */
function liveSources(database: Database, polls: Polls): LiveSources {
  return {
    readThread: (site, story) => readThread({ database }, site, story),
    readChangedComments: (...request) => readChangedComments(database, ...request),
    readPolls: async (siteId, storyId) =>
      (await readPublicTallies({ database, polls }, siteId, storyId)).map((shown) => ({ type: 'reactions', ...shown })),
    readThreadVersions: (storyIds) => readThreadVersions(database, storyIds),
    readPollVersions: (storyIds) => readTallyVersions(database, storyIds),
  };
}

/** Reads the parts of `GET /me` that belong to other features. */
function readerActivity(services: Services): ReaderActivity {
  const { commentRules, database } = services;
  return {
    evaluateName: (candidate) => commentRules.evaluateName(candidate),
    evaluateFirstName: (site, name) => commentRules.evaluateFirstName(site, name),
    readOwn: async (siteId, storyId, readerId) => ({
      reactions: await readOwnReactions(services, siteId, storyId, readerId),
      ...(await readVotesAndOwn(database, storyId, readerId)),
    }),
    readStoryKeysByAuthor: (readerId) => readStoryKeysByAuthor(database, readerId),
  };
}

/** Returns the methods of a path. Middleware, which the router holds for all methods, does not count. */
function allowedMethods({ router }: Api, path: string): string[] {
  const hasRoute = (method: string) => router.match(method, path)[0].some(([[, route]]) => route.method === method);
  const found = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(hasRoute);
  return found.includes('GET') ? ['GET', 'HEAD', ...found.slice(1)] : found;
}

/** Answers every error as problem+json. */
function errorHandler(reporter: ErrorReporter): ErrorHandler<ApiEnv> {
  return function errorHandler(error, c) {
    const context = { requestId: c.get('requestId'), method: c.req.method, route: c.req.routePath };
    const { incoming } = c.env ?? {};
    if (incoming && isAborted(incoming)) return problemResponse(c, new Problem('invalid-json', 'The body broke off.'));
    return problemResponse(c, frameworkProblem(error) ?? problemFrom(error, reporter, context));
  };
}

/** Translates the refusals of the framework, such as of a form that is sent as if it were JSON. */
function frameworkProblem(error: Error): Problem | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  const codes: Partial<Record<number, ErrorCode>> = {
    400: 'invalid-json',
    413: 'body-too-large',
    415: 'unsupported-media-type',
  };
  const code = codes[error.status];
  return code && new Problem(code);
}
