import { createRoute } from '@hono/zod-openapi';
import { langQuery, reactBody, reactedSchema, reactionsQuery, reactionsSchema, siteParams } from 'afterword/contract';
import { bearer, writeRequest, jsonBody, responses, sitePath, type Api } from '../http/api.js';
import { publicResponse } from '../http/public-response.js';
import { reactionWrite, vote, type ReactionServices } from './hot-route.js';
import { readReactions } from './reading.js';

const path = `${sitePath}/reactions`;

const getReactions = createRoute({
  method: 'get',
  path,
  tags: ['reactions'],
  summary: 'Read a poll on a story and its results',
  request: { params: siteParams, query: reactionsQuery },
  responses: responses(200, 'The poll', reactionsSchema, [
    'site-not-found',
    'poll-not-found',
    'validation-failed',
    'story-key-invalid',
  ]),
});

const putReactions = createRoute({
  method: 'put',
  path,
  tags: ['reactions'],
  summary: 'Vote, or change the vote',
  security: bearer,
  request: { params: siteParams, query: langQuery, body: jsonBody(reactBody) },
  responses: responses(200, "The poll with the reader's choice", reactedSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'story-not-found',
    'poll-not-found',
    'poll-closed',
    'poll-frozen',
    'vote-needs-identity',
    'choice-not-found',
    'validation-failed',
    'rate-limited',
  ]),
});

const deleteReactions = createRoute({
  method: 'delete',
  path,
  tags: ['reactions'],
  summary: 'Remove the vote',
  security: bearer,
  request: { params: siteParams, query: reactionsQuery },
  responses: responses(200, 'The poll', reactedSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'poll-not-found',
    'poll-closed',
    'poll-frozen',
    'rate-limited',
  ]),
});

export function addReactionRoutes(api: Api, services: ReactionServices): void {
  const write = reactionWrite(services);

  api.openapi(getReactions, (c) => {
    const { story, poll, lang } = c.req.valid('query');
    return publicResponse(c, services.cache, () => readReactions(services, c.get('site'), story, poll, lang));
  });

  api.openapi(putReactions, async (c) => {
    const call = writeRequest(c, c.req.valid('query').lang);
    return c.json(await write.respond(call, c.req.valid('json')), write.status);
  });

  api.openapi(deleteReactions, async (c) => {
    const { story, poll, lang } = c.req.valid('query');
    const remove = () => vote(services, writeRequest(c, lang), story, poll, () => []);
    return c.json(await services.rowCaches.retry(remove), 200);
  });
}
