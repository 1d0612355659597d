import type { LiveEvent } from '../contract/types.js';
import { LiveStream } from './live-stream.js';
import { memoize } from './memoize.js';
import type { Site } from './site.js';
import type { StoryClient } from './story-client.js';

type Listener = (event: LiveEvent) => void;

/** Messages between the tabs of a browser, over a BroadcastChannel. */
type TabMessage =
  | { type: 'event'; event: LiveEvent }
  | { type: 'leader-changed' }
  | { type: 'stories'; tab: string; stories: string[] }
  | { type: 'closed'; tab: string };

/** A hidden tab disconnects after this time. */
const maxHiddenMs = 5 * 60_000;

const connectionOf = memoize((site: Site) => new LiveConnection(site));

/**
 * Subscribes to the changes of a story until the signal aborts. The first event is a `thread` with its current version,
 * or a `reset`: a subscriber with an older version requests what it lacks. The same goes for every reconnect.
 */
export function subscribeLive({ site, story }: StoryClient, listener: Listener, signal: AbortSignal): void {
  if (signal.aborted) return;
  connectionOf(site).subscribe(story, listener, signal);
}

/**
 * Shares one stream among all tabs of a browser that show a site on one origin. The tab that holds a Web Lock leads: it
 * opens the stream for the stories of all tabs and broadcasts its events. When it closes, another gets the lock.
 */
class LiveConnection {
  readonly #tab = Math.random().toString(36).slice(2);
  readonly #name: string;
  readonly #stream: LiveStream;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** The latest `thread` or `reset` of each story, replayed to late subscribers without a request. */
  readonly #latest = new Map<string, LiveEvent>();
  /** Stories of the other tabs; kept by the leader. */
  readonly #storiesByTab = new Map<string, string[]>();
  #channel?: BroadcastChannel | undefined;
  #isLeader = false;
  /** Aborts when this tab disconnects; undefined while it is not connected. */
  #connected?: AbortController | undefined;
  #hiddenTimer?: ReturnType<typeof setTimeout>;

  constructor(site: Site) {
    this.#name = `afterword-live ${site.root}`;
    this.#stream = new LiveStream(site, (event) => {
      this.#deliver(event);
      this.#broadcast({ type: 'event', event });
    });
    // An open stream would keep the page out of the back/forward cache.
    addEventListener('pagehide', () => this.#disconnect());
    addEventListener('pageshow', () => this.#connect());
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hiddenTimer);
      if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#disconnect(), maxHiddenMs);
      else this.#connect();
    });
  }

  subscribe(story: string, listener: Listener, signal: AbortSignal): void {
    const listeners = this.#listeners.get(story) ?? new Set();
    this.#listeners.set(story, listeners.add(listener));
    signal.addEventListener('abort', () => {
      listeners.delete(listener);
      if (!listeners.size) this.#listeners.delete(story);
      if (this.#listeners.size) this.#updateStories();
      else this.#disconnect();
    });
    const latest = this.#latest.get(story);
    if (latest) queueMicrotask(() => !signal.aborted && listener(latest));
    if (this.#connected) this.#updateStories();
    else this.#connect();
  }

  #connect(): void {
    if (this.#connected || !this.#listeners.size) return;
    const { signal } = (this.#connected = new AbortController());
    try {
      this.#channel = new BroadcastChannel(this.#name);
      this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#onMessage(data);
    } catch {
      // A sandboxed frame has no channel: it opens a stream of its own.
    }
    const lead = () =>
      new Promise<void>((release) => {
        if (signal.aborted) return release();
        signal.addEventListener('abort', () => release());
        this.#isLeader = true;
        this.#broadcast({ type: 'leader-changed' });
        this.#updateStories();
      });
    if (this.#channel && 'locks' in navigator)
      navigator.locks.request(this.#name, { signal }, lead).catch(() => (signal.aborted ? undefined : lead()));
    else void lead();
    this.#updateStories();
  }

  #disconnect(): void {
    if (!this.#connected) return;
    this.#broadcast({ type: 'closed', tab: this.#tab });
    this.#connected.abort();
    this.#connected = undefined;
    this.#isLeader = false;
    this.#channel?.close();
    this.#channel = undefined;
    this.#stream.close();
    this.#storiesByTab.clear();
    this.#latest.clear();
  }

  #onMessage(message: TabMessage): void {
    if (message.type === 'event') this.#deliver(message.event);
    else if (message.type === 'leader-changed') this.#updateStories();
    else if (this.#isLeader) this.#updateTab(message.tab, message.type === 'stories' ? message.stories : []);
  }

  #updateTab(tab: string, stories: string[]): void {
    const before = this.#storiesByTab.get(tab) ?? [];
    this.#storiesByTab.set(tab, stories);
    this.#updateStories();
    for (const story of stories) {
      const event = this.#latest.get(story);
      if (event && !before.includes(story)) this.#broadcast({ type: 'event', event });
    }
  }

  /** Updates the stream, or sends the stories of this tab to the leader. */
  #updateStories(): void {
    let stories = [...this.#listeners.keys()];
    if (this.#isLeader) {
      stories = [stories, ...this.#storiesByTab.values()].flat();
      this.#stream.setStories(stories);
    } else this.#broadcast({ type: 'stories', tab: this.#tab, stories });
    for (const story of this.#latest.keys()) if (!stories.includes(story)) this.#latest.delete(story);
  }

  #broadcast(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  #deliver(event: LiveEvent): void {
    const { type, story } = event;
    const listeners = this.#listeners.get(story);
    const latest = this.#latest.get(story);
    if (type === 'thread' || type === 'reset') {
      if (listeners || this.#isLeader) this.#latest.set(story, event);
    } else if (type !== 'reactions' && latest?.type === 'thread')
      this.#latest.set(story, { ...latest, version: event.version });
    for (const listener of listeners ?? []) listener(event);
  }
}
