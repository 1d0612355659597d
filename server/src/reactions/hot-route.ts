import type { z } from '@hono/zod-openapi';
import { reactBody, type Reacted } from 'afterword/contract';
import type { Logger } from 'pino';
import type { WriteRequest } from '../http/api.js';
import type { Authenticator } from '../http/authorization.js';
import type { ClientAddress } from '../http/client-address.js';
import type { HotRoute } from '../http/hot-routes.js';
import { tags, type PublicCache } from '../http/public-cache.js';
import type { RateLimits } from '../http/rate-limits.js';
import { fieldProblem, Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { RowCaches } from '../storage/row-caches.js';
import type { BurstDetector } from './burst-detector.js';
import { freezeTallies } from './poll-editing.js';
import { pollState, type StoredPoll } from './polls.js';
import { appliesTo, heldChoice, toReactions, type ReactionSources } from './reading.js';
import { castVotes, emptyTally, tallyKey } from './votes.js';

/** Services that the reaction routes use. */
export interface ReactionServices extends ReactionSources {
  readonly cache: PublicCache;
  readonly clientAddress: ClientAddress;
  readonly burstDetector: BurstDetector;
  readonly log: Pick<Logger, 'warn'>;
  readonly rateLimits: RateLimits;
  readonly readers: Authenticator;
  readonly rowCaches: RowCaches;
}

/** Returns the route that casts or changes a vote. */
export function reactionWrite(services: ReactionServices) {
  return {
    method: 'PUT',
    path: 'reactions',
    body: reactBody,
    status: 200,
    respond: (call, { story, poll, choice }) =>
      services.rowCaches.retry(() => vote(services, call, story, poll, (stored) => validateChoices(stored, choice))),
  } as const satisfies HotRoute<z.output<typeof reactBody>, Reacted>;
}

/** Casts, changes or removes a vote. */
export async function vote(
  services: ReactionServices,
  { site, requestId, authorization, lang, origin, incoming }: WriteRequest,
  storyKey: string,
  pollId: string,
  chosen: (poll: StoredPoll) => string[],
): Promise<Reacted> {
  const { cache, clientAddress, database, polls, rateLimits, readers, stories } = services;
  const reader = await readers.authenticate(authorization, site.id);
  await rateLimits.take('reaction', reader.id);
  const poll = await polls.getOrThrow(site.id, pollId);
  const state = pollState(poll, Date.now());
  if (state !== 'open') throw new Problem(state === 'frozen' ? 'poll-frozen' : 'poll-closed');
  const choices = chosen(poll);
  const choice = heldChoice(poll, choices);
  // Removing a vote never creates a story.
  const isCasting = choices.length > 0;
  const story = isCasting ? await stories.findOrCreate(site, storyKey) : await stories.find(site, storyKey);
  if (!appliesTo(poll, story)) throw new Problem('poll-not-found');
  if (!story) return { ...toReactions(poll, emptyTally, site, lang), choice };
  const invalidateCache = () => {
    cache.drop(tags.story(site, story.key));
    if (storyKey !== story.key) cache.drop(tags.story(site, storyKey));
  };
  if (reader.kind === 'guest' && isCasting) {
    const network = clientAddress.networkOf(incoming);
    await checkGuestVote(
      services,
      site,
      requestId,
      { storyId: story.id, pollId, readerId: reader.id, network, choices },
      invalidateCache,
    );
  }
  const tally = await database.writer.submit(castVotes, {
    storyId: story.id,
    pollId,
    readerId: reader.id,
    choices,
    confidence: reader.kind,
    origin: origin ?? null,
  });
  invalidateCache();
  return { ...toReactions(poll, tally, site, lang), choice };
}

/**
 * Checks a guest's vote against the limits for networks and bursts.
 *
 * @throws Problem `vote-needs-identity`, or `poll-frozen` after freezing the poll on this story
 */
async function checkGuestVote(
  { burstDetector, database, log }: ReactionServices,
  site: Site,
  requestId: string,
  {
    storyId,
    pollId,
    ...guest
  }: { storyId: string; pollId: string; readerId: string; network: string; choices: string[] },
  invalidateCache: () => void,
): Promise<void> {
  const verdict = burstDetector.check({
    ...guest,
    tallyKey: tallyKey({ storyId, pollId }),
    settings: site.settings.reactions,
  });
  if (verdict === 'identity') throw new Problem('vote-needs-identity');
  if (verdict === 'ok') return;
  await database.writer.submit(freezeTallies, { storyId, pollId, by: 'burst' });
  invalidateCache();
  log.warn(
    { requestId, site: site.id, poll: pollId, storyId },
    'a poll is paused for a review: a burst of guests who want the same',
  );
  throw new Problem('poll-frozen');
}

function validateChoices({ multiple, choices }: StoredPoll, given: string | string[]): string[] {
  if (Array.isArray(given) && !multiple)
    throw fieldProblem('validation-failed', 'choice', 'This poll takes one choice.');
  const wanted = [given].flat();
  const open = new Set(choices.filter(({ retired }) => !retired).map(({ id }) => id));
  const unknown = wanted.find((id) => !open.has(id));
  if (unknown !== undefined) throw fieldProblem('choice-not-found', 'choice', 'The poll has no such choice.');
  return [...new Set(wanted)];
}
