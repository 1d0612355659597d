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
import { serverKeyOnly } from '../http/guards.js';
import { tags } from '../http/public-cache.js';
import type { Services } from '../services.js';
import { freezeTallies, putPolls } from './editing.js';
import { editedPoll } from './polls.js';
import { readResults, resultsAsCsv } from './results.js';

const path = `${sitePath}/polls`;
const editors = { tags: ['polls'], security: [{ server: [] as string[] }], middleware: serverKeyOnly };
const refusals = ['token-required', 'token-invalid', 'site-not-found'] as const;
const refusalsOfBody = [
  ...refusals,
  'invalid-json',
  'origin-not-allowed',
  'story-not-found',
  'body-too-large',
  'unsupported-media-type',
  'validation-failed',
  'story-key-invalid',
] as const;

const getPolls = createRoute({
  ...editors,
  method: 'get',
  path,
  summary: "The site's polls, in every language",
  request: { params: siteParams },
  responses: responses(200, 'The polls', editedPollsSchema, [...refusals]),
});

const getPoll = createRoute({
  ...editors,
  method: 'get',
  path: `${path}/{poll}`,
  summary: 'A poll in every language, with what is retired',
  request: { params: pollParams },
  responses: responses(200, 'The poll', editedPollSchema, [...refusals, 'poll-not-found', 'validation-failed']),
});

const putPoll = createRoute({
  ...editors,
  method: 'put',
  path: `${path}/{poll}`,
  summary: 'Make a poll, or make it anew: its words, order, times and state',
  description:
    'Votes are kept. A choice that is left out is retired: shown no more, its votes counted as before. Whether a voter may ' +
    'hold several choices, and which story the poll stands on, can only change while nobody has voted (`poll-in-use`).',
  request: { params: pollParams, body: jsonBody(pollBody) },
  responses: responses(200, 'The poll as it is now', editedPollSchema, [...refusalsOfBody, 'poll-in-use']),
});

const putFrozen = createRoute({
  ...editors,
  method: 'put',
  path: `${path}/{poll}/frozen`,
  summary: 'Pause a poll on one story for a review, or let it go on',
  request: { params: pollParams, body: jsonBody(frozenBody) },
  responses: responses(200, 'Whether it is paused there', frozenSchema, [...refusalsOfBody, 'poll-not-found']),
});

const getResults = createRoute({
  ...editors,
  method: 'get',
  path: `${path}/{poll}/results`,
  summary: 'Results, counted from the votes: all and trusted, by choice and by the page that was voted on',
  description: 'As JSON or, with `format=csv`, one line for each story, choice and origin.',
  request: { params: pollParams, query: resultsQuery },
  responses: responses(
    200,
    'The results',
    pollResultsSchema,
    [...refusals, 'poll-not-found', 'validation-failed', 'story-key-invalid'],
    { 'text/csv': { schema: z.string() } },
  ),
});

/** What editors do with polls, from the publisher's own server. */
export function addPollRoutes(api: Api, services: Services): void {
  const { cache, crowds, database, polls, stories } = services;

  api.openapi(getPolls, async (c) => c.json({ polls: (await polls.list(c.get('site').id)).map(editedPoll) }, 200));

  api.openapi(getPoll, async (c) =>
    c.json(editedPoll(await polls.need(c.get('site').id, c.req.valid('param').poll)), 200),
  );

  api.openapi(putPoll, async (c) => {
    const site = c.get('site');
    const { story: key, ...body } = c.req.valid('json');
    const story = key === null ? undefined : await stories.ensure(site, key);
    const poll: Omit<EditedPoll, 'story'> = { ...body, id: c.req.valid('param').poll };
    await database.writer.submit(putPolls, { siteId: site.id, storyId: story?.id ?? null, poll });
    polls.forget(site.id, poll.id);
    cache.drop(tags.site(site.id));
    return c.json(editedPoll(await polls.need(site.id, poll.id)), 200);
  });

  api.openapi(putFrozen, async (c) => {
    const site = c.get('site');
    const { story: key, frozen } = c.req.valid('json');
    const poll = await polls.need(site.id, c.req.valid('param').poll);
    const story = await stories.ensure(site, key);
    const why = frozen ? 'by an editor' : null;
    await database.writer.submit(freezeTallies, { storyId: story.id, pollId: poll.id, why });
    if (!frozen) crowds.forget(`${story.id} ${poll.id}`);
    for (const name of new Set([key, story.key])) cache.drop(tags.story(site.id, name));
    return c.json({ poll: poll.id, story: story.key, frozen }, 200);
  });

  api.openapi(getResults, async (c) => {
    const site = c.get('site');
    const { story: keys, limit, format } = c.req.valid('query');
    const poll = await polls.need(site.id, c.req.valid('param').poll);
    const known = keys && (await Promise.all(keys.map((key) => stories.find(site.id, key))));
    const storyIds = known?.flatMap((story) => story?.id ?? []);
    const results = await readResults(database, site.id, poll, { storyIds, limit });
    c.header('cache-control', 'no-store');
    if (format === 'json') return c.json(results, 200);
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="${poll.id}.csv"`);
    return c.body(resultsAsCsv(results, poll, site.lang), 200);
  });
}
