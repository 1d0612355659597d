import { createRoute } from '@hono/zod-openapi';
import {
  limits,
  meQuery,
  meSchema,
  readerBody,
  readerSchema,
  sessionSchema,
  siteParams,
  type Me,
} from 'afterword/contract';
import { readStoriesWrittenTo, readVotesAndOwn } from '../comments/own.js';
import { bearer, jsonBody, responses, sitePath, type Api } from '../http/api.js';
import { tags } from '../http/public-cache.js';
import { fieldProblem } from '../problem.js';
import { heldChoice } from '../reactions/routes.js';
import { readHeldChoices } from '../reactions/votes.js';
import type { Services } from '../services.js';
import { byteLength, hasMoreGraphemes, tamedLine } from '../text.js';

const postReader = createRoute({
  method: 'post',
  path: `${sitePath}/readers`,
  tags: ['readers'],
  summary: 'Become a guest: asked by a widget before the first act, never before',
  request: { params: siteParams, body: jsonBody(readerBody) },
  responses: responses(201, 'A token, to be sent as bearer', sessionSchema, [
    'origin-not-allowed',
    'site-not-found',
    'validation-failed',
    'rate-limited',
  ]),
});

const refresh = createRoute({
  method: 'post',
  path: `${sitePath}/readers/refresh`,
  tags: ['readers'],
  summary: 'A fresh token for the same reader',
  security: bearer,
  request: { params: siteParams },
  responses: responses(200, 'A token', sessionSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'rate-limited',
  ]),
});

const patchMe = createRoute({
  method: 'patch',
  path: `${sitePath}/readers/me`,
  tags: ['readers'],
  summary: 'Change the name others see',
  security: bearer,
  request: { params: siteParams, body: jsonBody(readerBody) },
  responses: responses(200, 'The reader', readerSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'validation-failed',
    'rate-limited',
  ]),
});

const getMe = createRoute({
  method: 'get',
  path: `${sitePath}/me`,
  tags: ['readers'],
  summary: "The reader's own overlay on the public data",
  security: bearer,
  request: { params: siteParams, query: meQuery },
  responses: responses(200, 'Who the reader is, and what they hold on this story', meSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
  ]),
});

export function addReaderRoutes(api: Api, services: Services): void {
  const { cache, clientAddress, database, polls, rateLimits, readers, stories } = services;

  api.openapi(postReader, async (c) => {
    const name = readerName(c.req.valid('json').name ?? '');
    await rateLimits.take('new-reader', clientAddress.networkOf(c.env?.incoming));
    return c.json(await readers.addGuest(c.get('site').id, name), 201);
  });

  api.openapi(refresh, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    await rateLimits.take('new-reader', clientAddress.networkOf(c.env?.incoming));
    return c.json({ token: await readers.newToken(site.id, reader.id), reader }, 200);
  });

  api.openapi(patchMe, async (c) => {
    const { id: siteId } = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), siteId);
    const { name } = c.req.valid('json');
    if (name === undefined) return c.json(reader, 200);
    const tamed = readerName(name);
    await rateLimits.take('rename', reader.id);
    const renamed = await readers.rename(reader, tamed);
    for (const key of await readStoriesWrittenTo(database, reader.id)) cache.drop(tags.story(siteId, key));
    return c.json(renamed, 200);
  });

  api.openapi(getMe, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    const key = c.req.valid('query').story;
    const story = key === undefined ? undefined : await stories.find(site.id, key);
    const reactions: Me['reactions'] = {};
    if (story) {
      for (const [pollId, choices] of await readHeldChoices(database, story.id, reader.id)) {
        const poll = await polls.get(site.id, pollId);
        if (poll) reactions[pollId] = heldChoice(poll, choices);
      }
    }
    const { votes, own } = story ? await readVotesAndOwn(database, story.id, reader.id) : { votes: {}, own: [] };
    c.header('cache-control', 'no-store');
    return c.json({ reader, reactions, votes, own, muted: [] }, 200);
  });
}

/** @throws Problem where the name is too long; an empty name is a nameless guest */
export function readerName(given: string): string {
  const name = tamedLine(given);
  if (byteLength(name) > limits.nameBytes || hasMoreGraphemes(name, limits.nameGraphemes)) {
    throw fieldProblem('validation-failed', 'name', `At most ${limits.nameGraphemes} characters.`);
  }
  return name;
}
