import { createRoute } from '@hono/zod-openapi';
import {
  meQuery,
  meSchema,
  readerBody,
  readerParams,
  readerSchema,
  sessionSchema,
  siteParams,
  type ErrorCode,
  type Me,
} from 'afterword/contract';
import type { Context } from 'hono';
import { readStoriesWrittenTo, readVotesAndOwn } from '../comments/own.js';
import { bearer, jsonBody, responses, sitePath, type Api, type ApiEnv } from '../http/api.js';
import { tags } from '../http/public-cache.js';
import { Problem } from '../problem.js';
import { heldChoice } from '../reactions/routes.js';
import { readHeldChoices } from '../reactions/votes.js';
import type { Services } from '../services.js';
import { muteReaders, readMuted } from './mutes.js';

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
    'name-reserved',
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
    'name-reserved',
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

const mutePath = `${sitePath}/readers/{id}/mute`;
const muteProblems: ErrorCode[] = [
  'token-required',
  'token-invalid',
  'origin-not-allowed',
  'site-not-found',
  'validation-failed',
  'rate-limited',
];

const putMute = createRoute({
  method: 'put',
  path: mutePath,
  tags: ['readers'],
  summary: 'See no more of what a reader writes',
  security: bearer,
  request: { params: siteParams.extend(readerParams.shape) },
  responses: responses(204, 'Muted', undefined, [...muteProblems, 'reader-not-found', 'mute-not-allowed']),
});

const deleteMute = createRoute({
  method: 'delete',
  path: mutePath,
  tags: ['readers'],
  summary: 'See a reader again',
  security: bearer,
  request: { params: siteParams.extend(readerParams.shape) },
  responses: responses(204, 'No longer muted', undefined, muteProblems),
});

export function addReaderRoutes(api: Api, services: Services): void {
  const { cache, clientAddress, database, polls, rateLimits, readerNames, readers, stories } = services;

  api.openapi(postReader, async (c) => {
    const name = await readerNames.accepted(c.req.valid('json').name ?? '', c.get('site'));
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
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    const { name } = c.req.valid('json');
    if (name === undefined) return c.json(reader, 200);
    const accepted = await readerNames.accepted(name, site);
    await rateLimits.take('rename', reader.id);
    const renamed = await readers.rename(reader, accepted);
    for (const key of await readStoriesWrittenTo(database, reader.id)) cache.drop(tags.story(site.id, key));
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
    return c.json({ reader, reactions, votes, own, muted: await readMuted(database, reader.id) }, 200);
  });

  async function mute(c: Context<ApiEnv>, mutedId: string, mutes: boolean) {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    if (mutes && reader.id === mutedId) throw new Problem('mute-not-allowed', 'Nobody can mute themselves.');
    await rateLimits.take('mute', reader.id);
    await database.writer.submit(muteReaders, { siteId: site.id, readerId: reader.id, mutedId, mutes });
    return c.body(null, 204);
  }

  api.openapi(putMute, (c) => mute(c, c.req.valid('param').id, true));
  api.openapi(deleteMute, (c) => mute(c, c.req.valid('param').id, false));
}
