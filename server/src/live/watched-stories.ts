import { limits } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import { minuteMs, secondMs, type EpochMs } from '../time.js';
import type { Snapshot } from './changes.js';

/** One open event stream. */
export interface Subscriber {
  /** Sends one event in the format of `text/event-stream`. */
  send(event: string): void;
  end(): void;
}

/** A story of which subscribers are sent the changes. */
export interface WatchedStory {
  readonly site: Site;
  readonly key: string;
  /** False while the story has no row. */
  isStored: boolean;
  snapshot: Snapshot;
  /** The key that each subscriber requested, which may be an alias. */
  readonly subscribers: Map<Subscriber, string>;
  /** The last event id before the story was watched: later events are complete. */
  readonly watchedSinceId: number;
  lastLeftAt: EpochMs;
}

/** A story stays watched this long without subscribers, so that one that reconnects misses nothing. */
const retainMs = minuteMs;
/** Stories without a row that one poll looks up. Where strangers watch more, they take turns. */
const maxLookups = 500;
const batchStories = 500;
const retryAfterSeconds = minuteMs / secondMs;

/** The watched stories of a process, of which there is a bounded number, however many networks have streams. */
export class WatchedStories {
  readonly #stories = new Map<string, WatchedStory>();
  readonly #unstored = new Set<WatchedStory>();
  #lookupCount = 0;

  get size(): number {
    return this.#stories.size;
  }

  get(site: Site, key: string): WatchedStory | undefined {
    return this.#stories.get(nameOf(site, key));
  }

  values(): Iterable<WatchedStory> {
    return this.#stories.values();
  }

  /** @throws Problem `unavailable` where subscribers watch as many stories as there may be */
  add(story: WatchedStory): void {
    this.assertCapacity(story.isStored);
    this.#stories.set(nameOf(story.site, story.key), story);
    this.setStored(story, story.isStored);
  }

  setStored(story: WatchedStory, isStored: boolean): void {
    story.isStored = isStored;
    const isWatched = this.get(story.site, story.key) === story;
    if (isWatched && !isStored) this.#unstored.add(story);
    else this.#unstored.delete(story);
  }

  /** Makes room in place of a story that nobody watches any more. @throws Problem `unavailable` where that is not possible */
  assertCapacity(isStored: boolean): void {
    if (!this.#isFull(isStored)) return;
    const candidates = !isStored && this.#isUnstoredFull ? this.#unstored : this.#stories.values();
    const left = [...candidates].filter(({ subscribers }) => subscribers.size === 0);
    const [oldest] = left.sort((a, b) => a.lastLeftAt - b.lastLeftAt);
    if (oldest) this.#delete(oldest);
    if (this.#isFull(isStored)) throw new Problem('unavailable', undefined, { retryAfter: retryAfterSeconds });
  }

  /** Forgets stories that nobody has watched for a while; at once where they have no row. */
  deleteLeft(now: EpochMs): void {
    for (const story of this.#stories.values())
      if (story.subscribers.size === 0 && (!story.isStored || story.lastLeftAt < now - retainMs)) this.#delete(story);
  }

  clear(): void {
    this.#stories.clear();
    this.#unstored.clear();
  }

  /** Returns the stories to poll, in batches of one site: all that are stored, and some of the others. */
  toPoll(): WatchedStory[][] {
    const others = [...this.#unstored];
    const start = others.length > maxLookups ? this.#lookupCount % others.length : 0;
    const inTurn = [...others.slice(start), ...others.slice(0, start)].slice(0, maxLookups);
    this.#lookupCount = start + inTurn.length;
    const bySite = new Map<string, WatchedStory[][]>();
    for (const story of [...[...this.#stories.values()].filter(({ isStored }) => isStored), ...inTurn]) {
      const batches = bySite.get(story.site.id) ?? [];
      if ((batches.at(-1)?.length ?? batchStories) >= batchStories) batches.push([]);
      batches.at(-1)!.push(story);
      bySite.set(story.site.id, batches);
    }
    return [...bySite.values()].flat();
  }

  #isFull(isStored: boolean): boolean {
    return this.#stories.size >= limits.watchedStories || (!isStored && this.#isUnstoredFull);
  }

  get #isUnstoredFull(): boolean {
    return this.#unstored.size >= limits.watchedUnstoredStories;
  }

  #delete(story: WatchedStory): void {
    this.#stories.delete(nameOf(story.site, story.key));
    this.#unstored.delete(story);
  }
}

function nameOf(site: Site, key: string): string {
  return `${site.id} ${key}`;
}
