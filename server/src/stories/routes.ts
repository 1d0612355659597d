import { createRoute } from '@hono/zod-openapi';
import {
  countsQuery,
  countsSchema,
  limits,
  railParams,
  railQuery,
  railSchema,
  signalsBody,
  siteParams,
  storiesBody,
  upsertedSchema,
} from 'afterword/contract';
import type { MiddlewareHandler } from 'hono';
import { jsonBody, responses, sitePath, validationProblem, type Api, type ApiEnv } from '../http/api.js';
import { serverKeyOnly } from '../http/authorization.js';
import type { ClientAddress } from '../http/client-address.js';
import { publicResponse } from '../http/public-response.js';
import type { RateLimits } from '../http/rate-limits.js';
import { Problem } from '../problem.js';
import type { RowCaches } from '../storage/row-caches.js';
import { readCounts } from './counts.js';
import { readRail, type RailSources } from './rails/rails.js';
import { countReads } from './rails/read-counter.js';
import type { ReadWeights } from './rails/read-weights.js';
import { upsertStories, type StoryCaches } from './store.js';

/** Services that the story routes use. */
export interface StoryServices extends RailSources, StoryCaches {
  readonly clientAddress: ClientAddress;
  readonly rateLimits: RateLimits;
  readonly readWeights: ReadWeights;
  readonly rowCaches: RowCaches;
}

/** Answers 404 for unknown rails, since the rail is part of the path. */
const requireKnownRail: MiddlewareHandler<ApiEnv> = async function knownRail(c, next) {
  if (!railParams.safeParse(c.req.param()).success) throw new Problem('rail-not-found');
  await next();
};

const getRail = createRoute({
  method: 'get',
  path: `${sitePath}/stories/{rail}`,
  tags: ['stories'],
  summary: 'Read a rail of stories, each with the reason for its place',
  middleware: requireKnownRail,
  request: { params: siteParams.extend(railParams.shape), query: railQuery },
  responses: responses(200, 'The rail', railSchema, [
    'site-not-found',
    'rail-not-found',
    'validation-failed',
    'story-key-invalid',
  ]),
});

const getCounts = createRoute({
  method: 'get',
  path: `${sitePath}/counts`,
  tags: ['stories'],
  summary: `Count comments and reactions of up to ${limits.countsStories} stories`,
  description: 'The response repeats each key as it was sent; an unknown story has zeros.',
  request: { params: siteParams, query: countsQuery },
  responses: responses(200, 'The counts by key', countsSchema, [
    'site-not-found',
    'validation-failed',
    'story-key-invalid',
  ]),
});

const putStories = createRoute({
  method: 'put',
  path: `${sitePath}/stories`,
  tags: ['stories'],
  summary: "Create or replace stories, from the publisher's server",
  description: 'Inserts unknown stories and replaces known ones. The bearer token is the server key of the site.',
  security: [{ server: [] }],
  middleware: serverKeyOnly,
  request: { params: siteParams, body: jsonBody(storiesBody) },
  responses: responses(200, 'How many stories were added or replaced', upsertedSchema, [
    'invalid-json',
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'body-too-large',
    'unsupported-media-type',
    'validation-failed',
    'story-key-invalid',
  ]),
});

const postSignals = createRoute({
  method: 'post',
  path: `${sitePath}/signals`,
  tags: ['stories'],
  summary: 'Send signals of a page: stories read, rails viewed and clicked',
  description:
    'JSON sent as text/plain, as `sendBeacon` does without a CORS preflight, or as application/json. ' +
    '`read` counts towards the rail `most-read`, repeated reads of one network in a day ever less; `view` and `click` are validated but not counted yet. ' +
    'Signals carry no reader and none is stored. Unknown stories are ignored.',
  request: {
    params: siteParams,
    body: { required: true, content: { 'text/plain': { schema: signalsBody } } },
  },
  responses: responses(204, 'Accepted', undefined, [
    'invalid-json',
    'origin-not-allowed',
    'site-not-found',
    'body-too-large',
    'validation-failed',
    'story-key-invalid',
    'rate-limited',
  ]),
});

export function addStoryRoutes(api: Api, services: StoryServices): void {
  const { cache, clientAddress, database, rateLimits, readWeights, rowCaches, stories } = services;

  api.openapi(getRail, (c) => {
    const { rail } = c.req.valid('param');
    const { story, limit, lang } = c.req.valid('query');
    return publicResponse(c, cache, () => readRail(services, c.get('site'), rail, story, limit, lang));
  });

  api.openapi(getCounts, (c) => {
    // Validated keys are canonical; the response uses the keys as sent.
    const sent = c.req.queries('story') ?? [];
    return publicResponse(c, cache, () => readCounts(services, c.get('site'), sent));
  });

  api.openapi(putStories, async (c) => {
    const site = c.get('site');
    // A write of a reader may refer to a story while it is merged into another.
    const upsert = () => upsertStories(services, site, c.req.valid('json').stories);
    return c.json(await rowCaches.retry(upsert), 200);
  });

  api.openapi(postSignals, async (c) => {
    const network = clientAddress.networkOf(c.env?.incoming);
    await rateLimits.take('signal', network);
    const { signals } = parseSignals(await c.req.text());
    const site = c.get('site');
    const read = new Set(signals.flatMap(({ type, story }) => (type === 'read' ? story : [])));
    await rowCaches.retry(async () => {
      const known = await stories.findAll(site, [...read]);
      const storyIds = [...new Set([...known.values()].map(({ id }) => id))];
      const reads = storyIds.map((storyId) => ({ storyId, weight: readWeights.count(network, storyId) }));
      if (reads.length > 0) await database.writer.submit(countReads, { reads });
    });
    return c.body(null, 204);
  });
}

/** Parses and validates the signals. `sendBeacon` sends text/plain, which the framework does not validate as JSON. */
function parseSignals(text: string) {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Problem('invalid-json');
  }
  const parsed = signalsBody.safeParse(given);
  if (!parsed.success) throw validationProblem(parsed.error);
  return parsed.data;
}
