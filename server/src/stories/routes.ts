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
import { serverKeyOnly } from '../http/guards.js';
import { publicAnswer } from '../http/public-answer.js';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';
import { readCounts } from './counts.js';
import { readRail } from './rails.js';
import { countReads } from './reads.js';
import { upsertStories } from './store.js';

/** A rail is a place, not a field: one that is not there is 404. */
const knownRail: MiddlewareHandler<ApiEnv> = async function knownRail(c, next) {
  if (!railParams.safeParse(c.req.param()).success) throw new Problem('rail-not-found');
  await next();
};

const getRail = createRoute({
  method: 'get',
  path: `${sitePath}/stories/{rail}`,
  tags: ['stories'],
  summary: 'A rail of stories, each with why it is in it',
  middleware: knownRail,
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
  summary: `Comments and reactions of up to ${limits.countsStories} stories`,
  description:
    "A key may also be a path on the site's first origin. The answer names each key as it was sent; a story never seen has zeros.",
  request: { params: siteParams, query: countsQuery },
  responses: responses(200, 'The numbers, by key', countsSchema, [
    'site-not-found',
    'validation-failed',
    'story-key-invalid',
  ]),
});

const putStories = createRoute({
  method: 'put',
  path: `${sitePath}/stories`,
  tags: ['stories'],
  summary: "Hand in stories, from the publisher's own server",
  description: 'Adds those not known and replaces those known. The bearer token is the server key of the site.',
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
  summary: 'What a page noticed: stories read, rails seen and clicked',
  description:
    'JSON sent as text/plain, as `sendBeacon` does without asking the server first, or as application/json. ' +
    '`read` counts towards the rail `most-read`; `view` and `click` are checked, and not counted yet. ' +
    'No reader is named and none is stored. Stories nobody knows are passed over.',
  request: {
    params: siteParams,
    body: { required: true, content: { 'text/plain': { schema: signalsBody } } },
  },
  responses: responses(204, 'Noticed', undefined, [
    'invalid-json',
    'origin-not-allowed',
    'site-not-found',
    'body-too-large',
    'validation-failed',
    'story-key-invalid',
    'rate-limited',
  ]),
});

export function addStoryRoutes(api: Api, services: Services): void {
  const { cache, clientAddress, database, rateLimits, stories } = services;

  api.openapi(getRail, (c) => {
    const { rail } = c.req.valid('param');
    const { story, limit, lang } = c.req.valid('query');
    return publicAnswer(c, cache, () => readRail(services, c.get('site'), rail, story, limit, lang));
  });

  api.openapi(getCounts, (c) => {
    // The validated keys are canonical; the answer goes by those sent.
    const sent = c.req.queries('story') ?? [];
    return publicAnswer(c, cache, () => readCounts(services, c.get('site'), sent));
  });

  api.openapi(putStories, async (c) => {
    const site = c.get('site');
    return c.json(await upsertStories(services, site, c.req.valid('json').stories), 200);
  });

  api.openapi(postSignals, async (c) => {
    await rateLimits.take('signal', clientAddress.networkOf(c.env?.incoming));
    const { signals } = parseSignals(await c.req.text());
    const { id: siteId } = c.get('site');
    const read = new Set(signals.flatMap(({ type, story }) => (type === 'read' ? story : [])));
    const known = await Promise.all([...read].map((key) => stories.find(siteId, key)));
    const storyIds = [...new Set(known.flatMap((story) => story?.id ?? []))];
    if (storyIds.length > 0) await database.writer.submit(countReads, { storyIds });
    return c.body(null, 204);
  });
}

/** A beacon is text to the browser, so the framework's own validation does not see it. */
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
