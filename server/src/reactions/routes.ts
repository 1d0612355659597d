import { createRoute, type z } from '@hono/zod-openapi';
import {
  langQuery,
  reactBody,
  reactedSchema,
  reactionsQuery,
  reactionsSchema,
  siteParams,
  type HeldChoice,
  type Reacted,
  type Reactions,
} from 'afterword/contract';
import { bearer, callOf, jsonBody, responses, sitePath, type Api } from '../http/api.js';
import type { HotRoute, WriteCall } from '../http/hot-routes.js';
import { publicAnswer } from '../http/public-answer.js';
import { tags, type Shown } from '../http/public-cache.js';
import { fieldProblem, Problem } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { shownPoll, stateOf, type StoredPoll } from './polls.js';
import { freezeTallies } from './editing.js';
import { castVotes, noVotes, readTally, shownTally, type Tally } from './votes.js';

const path = `${sitePath}/reactions`;

const getReactions = createRoute({
  method: 'get',
  path,
  tags: ['reactions'],
  summary: 'A poll on a story, and where it stands',
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
  summary: 'Hold a choice; the same call changes it',
  security: bearer,
  request: { params: siteParams, query: langQuery, body: jsonBody(reactBody) },
  responses: responses(200, 'The poll, with what the reader holds now', reactedSchema, [
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
  summary: 'Take the choice back',
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

export function addReactionRoutes(api: Api, services: Services): void {
  const write = reactionWrite(services);

  api.openapi(getReactions, (c) => {
    const { story, poll, lang } = c.req.valid('query');
    return publicAnswer(c, services.cache, () => readReactions(services, c.get('site'), story, poll, lang));
  });

  api.openapi(putReactions, async (c) => {
    const call = callOf(c, c.req.valid('query').lang);
    return c.json(await write.answer(call, c.req.valid('json')), write.status);
  });

  api.openapi(deleteReactions, async (c) => {
    const { story, poll, lang } = c.req.valid('query');
    return c.json(await vote(services, callOf(c, lang), story, poll, () => []), 200);
  });
}

/** Holding a choice, or changing it. */
export function reactionWrite(services: Services) {
  return {
    method: 'PUT',
    path: 'reactions',
    body: reactBody,
    status: 200,
    answer: (call, { story, poll, choice }) => vote(services, call, story, poll, (stored) => choicesOf(stored, choice)),
  } as const satisfies HotRoute<z.output<typeof reactBody>, Reacted>;
}

async function vote(
  services: Services,
  { site, authorization, lang, origin, incoming }: WriteCall,
  storyKey: string,
  pollId: string,
  chosen: (poll: StoredPoll) => string[],
): Promise<Reacted> {
  const { cache, clientAddress, database, polls, rateLimits, readers, stories } = services;
  const reader = await readers.authenticate(authorization, site.id);
  await rateLimits.take('reaction', reader.id);
  const poll = await polls.need(site.id, pollId);
  const state = stateOf(poll, Date.now());
  if (state !== 'open') throw new Problem(state === 'frozen' ? 'poll-frozen' : 'poll-closed');
  const choices = chosen(poll);
  const choice = heldChoice(poll, choices);
  // Taking back what nobody gave begins no story.
  const begins = choices.length > 0;
  const story = begins ? await stories.ensure(site, storyKey) : await stories.find(site.id, storyKey);
  if (!standsOn(poll, story)) throw new Problem('poll-not-found');
  if (!story) return { ...shownReactions(poll, noVotes, site, lang), choice };
  const dropShown = () => {
    cache.drop(tags.story(site.id, story.key));
    if (storyKey !== story.key) cache.drop(tags.story(site.id, storyKey));
  };
  if (reader.kind === 'guest' && begins) {
    const network = clientAddress.networkOf(incoming);
    await letIn(services, site, { storyId: story.id, pollId, readerId: reader.id, network, choices }, dropShown);
  }
  const tally = await database.writer.submit(castVotes, {
    storyId: story.id,
    pollId,
    readerId: reader.id,
    choices,
    confidence: reader.kind,
    origin: origin ?? null,
  });
  dropShown();
  return { ...shownReactions(poll, tally, site, lang), choice };
}

/**
 * Lets a guest vote, unless too many came the same way.
 *
 * @throws Problem `vote-needs-identity`, or `poll-frozen` where the poll is paused for a review from now on
 */
async function letIn(
  { crowds, database, log }: Services,
  site: Site,
  {
    storyId,
    pollId,
    ...guest
  }: { storyId: string; pollId: string; readerId: string; network: string; choices: string[] },
  dropShown: () => void,
): Promise<void> {
  const verdict = crowds.judge({ ...guest, tally: `${storyId} ${pollId}`, settings: site.settings.reactions });
  if (verdict === 'identity') throw new Problem('vote-needs-identity');
  if (verdict === 'fine') return;
  await database.writer.submit(freezeTallies, { storyId, pollId, why: 'a burst of guests who want the same' });
  dropShown();
  log.warn(
    { site: site.id, poll: pollId, storyId },
    'a poll is paused for a review: a burst of guests who want the same',
  );
  throw new Problem('poll-frozen');
}

/** Whether the poll is for this story: one that has its own is nowhere else. */
function standsOn({ storyId }: StoredPoll, story: { readonly id: string } | undefined): boolean {
  return storyId === null || storyId === story?.id;
}

/** A poll on a story as everybody sees it. */
export async function readReactions(
  { database, polls, stories }: Services,
  site: Site,
  storyKey: string,
  pollId: string,
  lang: string | undefined,
): Promise<Shown<Reactions>> {
  const poll = await polls.need(site.id, pollId);
  const story = await stories.find(site.id, storyKey);
  if (!standsOn(poll, story)) throw new Problem('poll-not-found');
  const tally = story ? await readTally(database, story.id, pollId) : noVotes;
  return {
    value: shownReactions(poll, tally, site, lang),
    tags: [tags.site(site.id), tags.story(site.id, story?.key ?? storyKey)],
  };
}

function shownReactions(poll: StoredPoll, tally: Tally, site: Site, lang: string | undefined): Reactions {
  const now = Date.now();
  const { state, ...numbers } = shownTally(poll, tally, now);
  return { poll: { ...shownPoll(poll, lang, site.lang, now), state }, ...numbers };
}

/** What a reader holds, as the contract writes it. */
export function heldChoice(poll: StoredPoll, choices: readonly string[]): HeldChoice {
  if (poll.multiple) return choices.length > 0 ? [...choices] : null;
  return choices[0] ?? null;
}

function choicesOf({ multiple, choices }: StoredPoll, given: string | string[]): string[] {
  if (Array.isArray(given) && !multiple)
    throw fieldProblem('validation-failed', 'choice', 'This poll takes one choice.');
  const wanted = [given].flat();
  const open = new Set(choices.filter(({ retired }) => !retired).map(({ id }) => id));
  const foreign = wanted.find((id) => !open.has(id));
  if (foreign !== undefined) throw fieldProblem('choice-not-found', 'choice', 'The poll has no such choice.');
  return [...new Set(wanted)];
}
