import { createRoute, z } from '@hono/zod-openapi';
import {
  editedPollSchema,
  editedPollsSchema,
  frozenBody,
  frozenSchema,
  pollBody,
  pollParams,
  pollResultsSchema,
  resultsQuery,
  siteParams,
  type EditedPoll,
} from 'afterword/contract';
import { jsonBody, responses, sitePath, type Api } from '../http/api.js';
import { serverKeyOnly } from '../http/authorization.js';
import { tags, type PublicCache } from '../http/public-cache.js';
import type { RowCaches } from '../storage/row-caches.js';
import type { BurstDetector } from './burst-detector.js';
import { freezeTallies, putPolls } from './poll-editing.js';
import { toEditedPoll } from './polls.js';
import type { ReactionSources } from './reading.js';
import { readResults, resultsAsCsv } from './results.js';
import { tallyKey } from './votes.js';

/** Services that the poll routes use. */
export interface PollServices extends ReactionSources {
  readonly cache: PublicCache;
  readonly burstDetector: BurstDetector;
  readonly rowCaches: RowCaches;
}

const path = `${sitePath}/polls`;
const editorRoute = { tags: ['polls'], security: [{ server: [] as string[] }], middleware: serverKeyOnly };
const commonErrors = ['token-required', 'token-invalid', 'site-not-found'] as const;
const bodyErrors = [
  ...commonErrors,
  'invalid-json',
  'origin-not-allowed',
  'story-not-found',
  'body-too-large',
  'unsupported-media-type',
  'validation-failed',
  'story-key-invalid',
] as const;

const getPolls = createRoute({
  ...editorRoute,
  method: 'get',
  path,
  summary: "List the site's polls, with all languages",
  request: { params: siteParams },
  responses: responses(200, 'The polls', editedPollsSchema, [...commonErrors]),
});

const getPoll = createRoute({
  ...editorRoute,
  method: 'get',
  path: `${path}/{poll}`,
  summary: 'Read a poll with all languages and retired choices',
  request: { params: pollParams },
  responses: responses(200, 'The poll', editedPollSchema, [...commonErrors, 'poll-not-found', 'validation-failed']),
});

const putPoll = createRoute({
  ...editorRoute,
  method: 'put',
  path: `${path}/{poll}`,
  summary: 'Create or replace a poll: texts, order of choices, times and state',
  description:
    'Votes are kept. An omitted choice is retired: it is no longer shown, its votes still count. `multiple` and the ' +
    'story of the poll cannot change once it has votes (`poll-in-use`).',
  request: { params: pollParams, body: jsonBody(pollBody) },
  responses: responses(200, 'The stored poll', editedPollSchema, [...bodyErrors, 'poll-in-use']),
});

const putFrozen = createRoute({
  ...editorRoute,
  method: 'put',
  path: `${path}/{poll}/frozen`,
  summary: 'Pause a poll on one story for a review, or resume it',
  request: { params: pollParams, body: jsonBody(frozenBody) },
  responses: responses(200, 'The state on that story', frozenSchema, [...bodyErrors, 'poll-not-found']),
});

const getResults = createRoute({
  ...editorRoute,
  method: 'get',
  path: `${path}/{poll}/results`,
  summary: 'Read results, counted from the votes: all and trusted ones, by choice and by origin',
  description: 'As JSON or, with `format=csv`, one row for each story, choice and origin.',
  request: { params: pollParams, query: resultsQuery },
  responses: responses(
    200,
    'The results',
    pollResultsSchema,
    [...commonErrors, 'poll-not-found', 'validation-failed', 'story-key-invalid'],
    { 'text/csv': { schema: z.string() } },
  ),
});

/** Adds the routes for poll editors, called from the publisher's server. */
export function addPollRoutes(api: Api, services: PollServices): void {
  const { cache, burstDetector, database, polls, rowCaches, stories } = services;

  api.openapi(getPolls, async (c) => c.json({ polls: (await polls.list(c.get('site').id)).map(toEditedPoll) }, 200));

  api.openapi(getPoll, async (c) =>
    c.json(toEditedPoll(await polls.getOrThrow(c.get('site').id, c.req.valid('param').poll)), 200),
  );

  api.openapi(putPoll, async (c) => {
    const site = c.get('site');
    const { story: key, ...body } = c.req.valid('json');
    const poll: Omit<EditedPoll, 'story'> = { ...body, id: c.req.valid('param').poll };
    await rowCaches.retry(async () => {
      const story = key === null ? undefined : await stories.findOrCreate(site, key);
      await database.writer.submit(putPolls, { siteId: site.id, storyId: story?.id ?? null, poll });
    });
    polls.invalidate(site.id, poll.id);
    cache.drop(tags.site(site.id));
    return c.json(toEditedPoll(await polls.getOrThrow(site.id, poll.id)), 200);
  });

  api.openapi(putFrozen, async (c) => {
    const site = c.get('site');
    const { story: key, frozen } = c.req.valid('json');
    const poll = await polls.getOrThrow(site.id, c.req.valid('param').poll);
    const { story, tally } = await rowCaches.retry(async () => {
      const story = await stories.findOrCreate(site, key);
      const tally = { storyId: story.id, pollId: poll.id };
      await database.writer.submit(freezeTallies, { ...tally, by: frozen ? 'editor' : null });
      return { story, tally };
    });
    if (!frozen) burstDetector.reset(tallyKey(tally));
    for (const name of new Set([key, story.key])) cache.drop(tags.story(site, name));
    return c.json({ poll: poll.id, story: story.key, frozen }, 200);
  });

  api.openapi(getResults, async (c) => {
    const site = c.get('site');
    const { story: keys, limit, format } = c.req.valid('query');
    const poll = await polls.getOrThrow(site.id, c.req.valid('param').poll);
    const known = keys && (await Promise.all(keys.map((key) => stories.find(site, key))));
    const storyIds = known?.flatMap((story) => story?.id ?? []);
    const results = await readResults(database, site.id, poll, { storyIds, limit });
    c.header('cache-control', 'no-store');
    if (format === 'json') return c.json(results, 200);
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="${poll.id}.csv"`);
    return c.body(resultsAsCsv(results, poll, site.lang), 200);
  });
}
