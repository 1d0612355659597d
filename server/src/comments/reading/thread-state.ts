import { limits, type Thread } from 'afterword/contract';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { runCached } from '../../storage/statement-cache.js';
import type { Transaction } from '../../storage/writer.js';
import type { StoryRef } from '../../stories/story-resolver.js';
import { dayMs, type EpochMs } from '../../time.js';

/** Reads the state, rules, total and version of a thread. */
export async function readThread(
  { database }: { readonly database: Pick<Database, 'read'> },
  site: Site,
  story: StoryRef | undefined,
): Promise<Thread & { total: number; version: number }> {
  const row =
    story && (await database.read.selectFrom('threads').selectAll().where('storyId', '=', story.id).executeTakeFirst());
  const state = row?.state ?? 'open';
  const closesAt = row?.closesAt ?? (story ? autoCloseTime(site, story) : null);
  const { who, votes, editSeconds, moderation } = site.settings;
  return {
    state: state === 'open' && closesAt !== null && closesAt <= Date.now() ? 'closed' : state,
    closesAt: closesAt === null ? null : new Date(closesAt).toISOString(),
    question: row?.question ?? null,
    rules: { who, votes, editSeconds, moderation, maxGraphemes: limits.commentGraphemes },
    total: row?.total ?? 0,
    version: row?.version ?? 0,
  };
}

/** A thread as its writers see it. */
export interface WritableThread {
  /** By a moderator or at a set time. */
  readonly isClosed: boolean;
  readonly version: number;
}

/** Reads the threads of stories, in a transaction that has locked these. A story without comments has none. */
export async function readWritableThreads(
  { db }: Transaction,
  posts: readonly { readonly storyId: string }[],
  now: EpochMs,
): Promise<Map<string, WritableThread>> {
  const ids = [...new Set(posts.map(({ storyId }) => storyId))];
  const { rows } = await runCached(
    db,
    `threads ${ids.length}`,
    () => db.selectFrom('threads').select(['storyId', 'state', 'closesAt', 'version']).where('storyId', 'in', ids),
    ids,
  );
  return new Map(
    rows.map(({ storyId, state, closesAt, version }) => [
      storyId,
      { isClosed: state !== 'open' || (closesAt !== null && closesAt <= now), version },
    ]),
  );
}

/** Returns true if the thread has closed by its story's age. */
export function isClosedByAge(site: Site, story: StoryRef): boolean {
  const closesAt = autoCloseTime(site, story);
  return closesAt !== null && closesAt <= Date.now();
}

/** Returns the time at which the thread closes by age, or `null` if it never does. */
function autoCloseTime({ settings }: Site, { startedAt }: StoryRef): EpochMs | null {
  return settings.closeAfterDays === null ? null : startedAt + settings.closeAfterDays * dayMs;
}
