import type { Comment, LiveEvent, Thread } from 'afterword/contract';
import type { Site } from '../sites/store.js';
import type { StoryRef } from '../stories/story-resolver.js';

/** An event before it names the story, which each subscriber may call by another key. */
export type Change = LiveEvent extends infer Event ? (Event extends LiveEvent ? Omit<Event, 'story'> : never) : never;

export type PollChange = Extract<Change, { type: 'reactions' }>;

/** Reads what subscribers of a story are sent. Each member belongs to a feature; `app.ts` puts them together. */
export interface LiveSources {
  readThread(site: Site, story: StoryRef | undefined): Promise<Thread & { total: number; version: number }>;
  /** Reads the comments that have changed after a version of the thread, at most so many. */
  readChangedComments(storyId: string, sinceVersion: number, maxCount: number): Promise<readonly ChangedComment[]>;
  /** Reads the results of every poll that has votes. */
  readPolls(siteId: string, storyId: string): Promise<readonly PollChange[]>;
  /** Reads versions of threads, by story. */
  readThreadVersions(storyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Reads versions of poll results. */
  readPollVersions(
    storyIds: readonly string[],
  ): Promise<readonly { readonly storyId: string; readonly pollId: string; readonly version: number }[]>;
}

interface ChangedComment {
  readonly comment: Comment;
  readonly isVisible: boolean;
  /** The comment was visible in that version. */
  readonly wasVisible: boolean;
}

/** The state of a story at one moment, to be compared with the next. */
export interface Snapshot {
  readonly thread: Thread;
  readonly threadVersion: number;
  readonly polls: ReadonlyMap<string, PollChange>;
}

/** More changed comments than this are sent as one `reset`. */
const maxComments = 50;

/**
 * Takes a snapshot of a story.
 *
 * @param previous decides which comments are read, and which changes are returned; without it there are none
 */
export async function takeSnapshot(
  sources: LiveSources,
  site: Site,
  story: StoryRef | undefined,
  previous?: Snapshot,
): Promise<{ snapshot: Snapshot; changes: Change[] }> {
  const { total, version, ...thread } = await sources.readThread(site, story);
  const polls = story ? await sources.readPolls(site.id, story.id) : [];
  const snapshot: Snapshot = {
    thread,
    threadVersion: version,
    polls: new Map(polls.map((poll) => [poll.poll, poll])),
  };
  if (!previous) return { snapshot, changes: [] };
  const changes: Change[] = [];
  if (JSON.stringify(thread) !== JSON.stringify(previous.thread)) changes.push({ type: 'thread', thread, version });
  if (story && version !== previous.threadVersion) {
    const changed = await sources.readChangedComments(story.id, previous.threadVersion, maxComments + 1);
    changes.push(...commentChanges(changed, { total, version }));
  }
  changes.push(...polls.filter(({ poll, version }) => version !== previous.polls.get(poll)?.version));
  return { snapshot, changes };
}

function commentChanges(
  changed: readonly ChangedComment[],
  counts: { readonly total: number; readonly version: number },
): Change[] {
  if (changed.length > maxComments) return [{ type: 'reset' }];
  return changed.flatMap(({ comment, isVisible, wasVisible }): Change[] => {
    // A comment that subscribers never saw disappears without an event.
    if (!isVisible && !wasVisible) return [];
    return [{ type: wasVisible ? 'comment-changed' : 'comment', comment, ...counts }];
  });
}
