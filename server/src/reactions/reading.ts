import type { HeldChoice, Me, Reactions } from 'afterword/contract';
import { tags, type PublicData } from '../http/public-cache.js';
import { Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { StoryResolver } from '../stories/story-resolver.js';
import { toPublicPoll, type Polls, type StoredPoll } from './polls.js';
import { emptyTally, readHeldChoices, readTally, toPublicTally, type Tally } from './votes.js';

/** Services needed to read a poll. */
export interface ReactionSources {
  readonly database: Database;
  readonly polls: Polls;
  readonly stories: StoryResolver;
}

/** Reads a poll on a story for the public. */
export async function readReactions(
  { database, polls, stories }: ReactionSources,
  site: Site,
  storyKey: string,
  pollId: string,
  lang: string | undefined,
): Promise<PublicData<Reactions>> {
  const poll = await polls.getOrThrow(site.id, pollId);
  const story = await stories.find(site, storyKey);
  if (!appliesTo(poll, story)) throw new Problem('poll-not-found');
  const tally = story ? await readTally(database, story.id, pollId) : emptyTally;
  return {
    value: toReactions(poll, tally, site, lang),
    tags: [tags.site(site.id), tags.story(site, story?.key ?? storyKey)],
  };
}

/** Converts a poll and its tally for the public. */
export function toReactions(poll: StoredPoll, tally: Tally, site: Site, lang: string | undefined): Reactions {
  const now = Date.now();
  const { state, ...numbers } = toPublicTally(poll, tally, now);
  return { poll: { ...toPublicPoll(poll, lang, site.lang, now), state }, ...numbers };
}

/** Reads a reader's choices on a story, by poll. */
export async function readOwnReactions(
  { database, polls }: Pick<ReactionSources, 'database' | 'polls'>,
  siteId: string,
  storyId: string,
  readerId: string,
): Promise<Me['reactions']> {
  const reactions: Me['reactions'] = {};
  for (const [pollId, choices] of await readHeldChoices(database, storyId, readerId)) {
    const poll = await polls.get(siteId, pollId);
    if (poll) reactions[pollId] = heldChoice(poll, choices);
  }
  return reactions;
}

/** Converts a reader's choices: an array if the poll is `multiple`. */
export function heldChoice(poll: StoredPoll, choices: readonly string[]): HeldChoice {
  if (poll.multiple) return choices.length > 0 ? [...choices] : null;
  return choices[0] ?? null;
}

/** Returns true if the poll is shown on this story: polls with a story of their own are shown there only. */
export function appliesTo({ storyId }: StoredPoll, story: { readonly id: string } | undefined): boolean {
  return storyId === null || storyId === story?.id;
}
