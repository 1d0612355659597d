import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Site, Sites } from '../sites/store.js';
import { siteKey } from '../sites/site-key.js';
import type { StoryRef, StoryResolver } from '../stories/story-resolver.js';
import { secondMs } from '../time.js';
import { takeSnapshot, type Change, type LiveSources } from './changes.js';
import { WatchedStories, type Subscriber, type WatchedStory } from './watched-stories.js';

interface SentEvent {
  readonly id: number;
  readonly story: WatchedStory;
  readonly change: Change;
}

const pollIntervalMs = 400;
const heartbeatMs = 25 * secondMs;
/** Events kept per site for subscribers that reconnect. */
const maxKeptEvents = 500;

/**
 * Sends subscribers the changes of the stories they watch.
 *
 * Polls the versions of all watched stories in a few statements and reads only stories whose version has changed. So a
 * write does no work for subscribers, and changes by another process (the command line, another node) are sent too.
 */
export class LiveHub {
  readonly #log: Pick<Logger, 'error'>;
  readonly #sites: Sites;
  readonly #stories: StoryResolver;
  readonly #sources: LiveSources;
  readonly #watched = new WatchedStories();
  /** By site. */
  readonly #sent = new Map<string, SentEvent[]>();
  /** Starts from the clock, so that ids keep rising after a restart. */
  #lastId = Date.now() * 1000;
  #polling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastHeartbeatAt = Date.now();
  #isClosed = false;
  #streamCount = 0;
  #refusedCount = 0;

  constructor(services: {
    readonly log: Pick<Logger, 'error'>;
    readonly sites: Sites;
    readonly stories: StoryResolver;
    readonly sources: LiveSources;
  }) {
    this.#log = services.log;
    this.#sites = services.sites;
    this.#stories = services.stories;
    this.#sources = services.sources;
  }

  /**
   * Subscribes to stories.
   *
   * @param lastEventId replays the events after it; without it, the current state is sent
   * @returns a function that unsubscribes
   * @throws Problem `unavailable` where the streams of all networks watch as many stories as there may be
   */
  async subscribe(
    site: Site,
    keys: readonly string[],
    lastEventId: number | undefined,
    subscriber: Subscriber,
  ): Promise<() => void> {
    const stories: WatchedStory[] = [];
    const leave = () => {
      for (const story of stories) {
        story.subscribers.delete(subscriber);
        story.lastLeftAt = Date.now();
      }
    };
    try {
      const found = await this.#stories.findAll(site, keys);
      for (const key of new Set(keys)) {
        const story = await this.#watch(site, key, found.get(key), subscriber);
        stories.push(story);
        if (lastEventId === undefined) this.#sendState(story, subscriber, key);
        else this.#replay(story, subscriber, key, lastEventId);
      }
    } catch (error) {
      leave();
      throw error;
    }
    this.#streamCount++;
    if (this.#isClosed) subscriber.end();
    else this.#timer ??= this.#schedulePoll();
    return () => {
      this.#streamCount--;
      leave();
    };
  }

  /** The number of subscribers. */
  get streamCount(): number {
    return this.#streamCount;
  }

  /** The number of stories that subscribers watch, or have watched a moment ago. */
  get storyCount(): number {
    return this.#watched.size;
  }

  /** The number of streams that were refused. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  countRefused(): void {
    this.#refusedCount++;
  }

  /** Ends all streams, and later ones at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const all = new Set([...this.#watched.values()].flatMap(({ subscribers }) => [...subscribers.keys()]));
    this.#watched.clear();
    for (const subscriber of all) subscriber.end();
    await this.#polling;
  }

  async #watch(
    site: Site,
    givenKey: string,
    known: StoryRef | undefined,
    subscriber: Subscriber,
  ): Promise<WatchedStory> {
    const key = known?.key ?? siteKey(site, givenKey);
    let story = this.#watched.get(site, key);
    if (!story) {
      const isStored = known !== undefined;
      // Before any work is done for it.
      this.#watched.assertCapacity(isStored);
      const { snapshot } = await takeSnapshot(this.#sources, site, known);
      // Another subscriber may have added the story during the await.
      story = this.#watched.get(site, key);
      if (!story) {
        story = {
          site,
          key,
          isStored,
          snapshot,
          subscribers: new Map<Subscriber, string>(),
          watchedSinceId: this.#lastId,
          lastLeftAt: Date.now(),
        };
        this.#watched.add(story);
      }
    }
    story.subscribers.set(subscriber, givenKey);
    return story;
  }

  /** Sends the thread and the polls, which may have changed between the page's request and the stream. */
  #sendState({ snapshot }: WatchedStory, subscriber: Subscriber, key: string): void {
    const { thread, threadVersion, polls } = snapshot;
    subscriber.send(format(this.#lastId, { type: 'thread', thread, version: threadVersion }, key));
    for (const poll of polls.values()) subscriber.send(format(this.#lastId, poll, key));
  }

  /** Sends the events after `lastEventId`, or `reset` where some of them are no longer kept. */
  #replay(story: WatchedStory, subscriber: Subscriber, key: string, lastEventId: number): void {
    const sent = this.#sent.get(story.site.id) ?? [];
    const firstKeptId = sent.length >= maxKeptEvents ? sent[0]!.id : 0;
    if (lastEventId < Math.max(story.watchedSinceId, firstKeptId) || lastEventId > this.#lastId) {
      subscriber.send(format(this.#lastId, { type: 'reset' }, key));
      return;
    }
    for (const event of sent)
      if (event.id > lastEventId && event.story === story) subscriber.send(format(event.id, event.change, key));
  }

  #schedulePoll(): NodeJS.Timeout {
    return setTimeout(() => void this.#poll(), pollIntervalMs).unref();
  }

  async #poll(): Promise<void> {
    this.#polling = this.#pollOnce().catch((error: unknown) =>
      this.#log.error({ err: error }, 'live updates could not be read'),
    );
    await this.#polling;
    this.#polling = undefined;
    this.#timer = this.#watched.size > 0 && !this.#isClosed ? this.#schedulePoll() : undefined;
  }

  async #pollOnce(): Promise<void> {
    const now = Date.now();
    this.#watched.deleteLeft(now);
    for (const story of await this.#changedStories()) {
      // The settings of the site and the key of the story may have changed since.
      const site = (await this.#sites.get(story.site.id)) ?? story.site;
      const known = await this.#stories.find(site, story.key);
      const { snapshot, changes } = await takeSnapshot(this.#sources, site, known, story.snapshot);
      story.snapshot = snapshot;
      for (const change of changes) this.#publish(story, change);
    }
    if (now - this.#lastHeartbeatAt > heartbeatMs) {
      this.#lastHeartbeatAt = now;
      for (const { subscribers } of this.#watched.values())
        for (const subscriber of subscribers.keys()) subscriber.send(':\n\n');
    }
  }

  /** Finds the watched stories whose versions differ from their snapshots. */
  async #changedStories(): Promise<Set<WatchedStory>> {
    const changed = new Set<WatchedStory>();
    for (const stories of this.#watched.toPoll()) {
      for (const story of await this.#changedOf(stories)) changed.add(story);
      // Lets requests run between two batches: SQLite does not give way by itself.
      await setImmediate();
    }
    return changed;
  }

  /** @param stories of one site */
  async #changedOf(stories: readonly WatchedStory[]): Promise<WatchedStory[]> {
    const found = await this.#stories.findAll(
      stories[0]!.site,
      stories.map(({ key }) => key),
    );
    const byId = new Map<string, WatchedStory>();
    for (const story of stories) {
      const known = found.get(story.key);
      this.#watched.setStored(story, known !== undefined);
      if (known) byId.set(known.id, story);
    }
    const storyIds = [...byId.keys()];
    const changed: WatchedStory[] = [];
    for (const [storyId, version] of await this.#sources.readThreadVersions(storyIds)) {
      const story = byId.get(storyId)!;
      if (story.snapshot.threadVersion !== version) changed.push(story);
    }
    for (const { storyId, pollId, version } of await this.#sources.readPollVersions(storyIds)) {
      const story = byId.get(storyId)!;
      if (story.snapshot.polls.get(pollId)?.version !== version) changed.push(story);
    }
    return changed;
  }

  #publish(story: WatchedStory, change: Change): void {
    const id = ++this.#lastId;
    const sent = this.#sent.get(story.site.id) ?? [];
    sent.push({ id, story, change });
    if (sent.length > maxKeptEvents) sent.shift();
    this.#sent.set(story.site.id, sent);
    // Serialized once per key.
    const events = new Map<string, string>();
    for (const [subscriber, key] of story.subscribers) {
      let event = events.get(key);
      if (event === undefined) events.set(key, (event = format(id, change, key)));
      subscriber.send(event);
    }
  }
}

function format(id: number, change: Change, story: string): string {
  return `id: ${id}\nevent: ${change.type}\ndata: ${JSON.stringify({ ...change, story })}\n\n`;
}
