import type { LiveEvent, Thread } from 'afterword/contract';
import { sql } from 'kysely';
import { toShownComment, withAuthors, type CommentWithAuthor } from '../comments/comment-rows.js';
import { shownThread } from '../comments/threads.js';
import { readTallies, shownTally } from '../reactions/votes.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import type { KnownStory } from '../stories/known-stories.js';

/** An event as it is before it names the story in its listener's words. */
export type Change = LiveEvent extends infer Event ? (Event extends LiveEvent ? Omit<Event, 'story'> : never) : never;

type PollChange = Extract<Change, { type: 'reactions' }>;

/** What is known of a story that somebody watches. */
export interface Seen {
  readonly thread: number;
  readonly shown: string;
  /** By poll: where it stands, as it is told. */
  readonly polls: ReadonlyMap<string, PollChange>;
  /** The comments written or changed last. */
  readonly comments: ReadonlyMap<string, SeenComment>;
  /** When it was looked at, in milliseconds since 1970. */
  readonly at: number;
}

/** What it takes to see changes. */
export type Sources = Pick<Services, 'database' | 'stories' | 'sites' | 'polls' | 'log'>;

interface SeenComment {
  readonly changedAt: number | null;
  readonly visible: boolean;
}

/** Changes of more comments than this are not told one by one. */
const mostComments = 50;
/** What other nodes have committed by now may say that it was written a little earlier. */
const marginMillis = 5000;

/** Where a story stands, and what has changed since it was last seen. */
export async function readChanges(
  sources: Sources,
  site: Site,
  story: KnownStory | undefined,
  seen: Seen | undefined,
): Promise<{ seen: Seen; changes: Change[]; thread: Thread; version: number }> {
  const at = Date.now();
  const { total, version, ...thread } = await shownThread(sources, site, story);
  const shown = JSON.stringify(thread);
  const polls = story ? await readPolls(sources, site, story.id, at) : new Map<string, PollChange>();
  const moved = story && version !== seen?.thread;
  const rows = moved ? await readMoved(sources, story.id, (seen?.at ?? at) - marginMillis) : undefined;
  const comments = rows
    ? new Map(rows.map(({ id, changedAt, state }) => [id, { changedAt, visible: state === 'visible' }]))
    : (seen?.comments ?? new Map());
  const now: Seen = { thread: version, shown, polls, comments, at };
  const changes: Change[] = [];
  if (!seen) return { seen: now, changes, thread, version };
  if (shown !== seen.shown) changes.push({ type: 'thread', thread, version });
  const told = (rows ?? []).filter(({ id, changedAt }) => seen.comments.get(id)?.changedAt !== changedAt);
  if (told.length > mostComments) changes.push({ type: 'reset' });
  else
    for (const row of told) {
      const before = seen.comments.get(row.id);
      const appears = before ? !before.visible : appearsNow(row, seen.at - marginMillis);
      if (row.state === 'visible') {
        changes.push({ type: appears ? 'comment' : 'comment-changed', comment: toShownComment(row), total, version });
      } else if (before ? before.visible : !appears) {
        changes.push({ type: 'comment-changed', comment: toShownComment(row), total, version });
      }
    }
  for (const [id, poll] of polls) if (poll.version !== seen.polls.get(id)?.version) changes.push(poll);
  return { seen: now, changes, thread, version };
}

/** Every poll that somebody has voted on. */
async function readPolls(
  { database, polls }: Sources,
  site: Site,
  storyId: string,
  at: number,
): Promise<Map<string, PollChange>> {
  const found = new Map<string, PollChange>();
  for (const [id, tally] of await readTallies(database, storyId)) {
    const poll = await polls.get(site.id, id);
    if (poll) found.set(id, { type: 'reactions', poll: id, ...shownTally(poll, tally, at) });
  }
  return found;
}

/** Whether nobody can have seen it before: it is new, or a moderator has just let it be shown. */
function appearsNow({ id, decidedAt }: CommentWithAuthor, since: number): boolean {
  return id > firstIdOf(since) || (decidedAt ?? 0) > since;
}

/** What was written or changed lately, in the order it was written. */
async function readMoved(
  { database: { read } }: Sources,
  storyId: string,
  since: number,
): Promise<CommentWithAuthor[]> {
  const ofStory = withAuthors(read).where('comments.storyId', '=', storyId);
  const written = await ofStory
    .where('comments.id', '>', firstIdOf(since))
    .orderBy('comments.id', 'desc')
    .limit(2 * mostComments)
    .execute();
  const changed = await ofStory
    .where('comments.changedAt', '>', since)
    .where('comments.changedAt', 'is not', sql.lit(null))
    .orderBy('comments.changedAt', 'desc')
    .limit(2 * mostComments)
    .execute();
  const all = new Map([...changed, ...written].map((row) => [row.id, row]));
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Ids are UUIDv7 and begin with the time. */
function firstIdOf(millis: number): string {
  const time = Math.max(0, millis).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
