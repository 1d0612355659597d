import type { Comments, LiveEvent } from '../contract/types.js';
import type { Place } from './place.js';
import type { Site } from './site.js';

type Listener = (event: LiveEvent) => void;

/** What the tabs of a browser tell one another. */
type Note =
  | { from: string; follows: string[] }
  | { from: string; leaves: true }
  | { from: string; asks: true }
  | { from: string; event: LiveEvent };

const kinds = ['reactions', 'comment', 'comment-changed', 'thread', 'reset'] as const;
/** The API follows no more stories at once. */
const mostStories = 20;
/** A change of what is followed is often one of several. */
const settleMillis = 200;
/** A stream that has said nothing by now is held up by a proxy. */
const silentMillis = 10_000;
const pollMillis = 30_000;
const mostPollMillis = 300_000;
/** A page that nobody has looked at for so long need not hear. */
const unseenMillis = 5 * 60_000;

const connections = new WeakMap<Site, LiveConnection>();

/**
 * Hears what is new about a story until the signal ends it. The first event is a `thread`, which says the version it stands at:
 * whoever shows an older one asks for what is new, and so after every break.
 *
 * All tabs of a browser that show one site to pages of one origin share one connection. Where events do not come through, the thread's
 * version is asked for now and then.
 */
export function live({ site, story }: Place, listener: Listener, signal: AbortSignal): void {
  if (signal.aborted) return;
  let connection = connections.get(site);
  if (!connection) connections.set(site, (connection = new LiveConnection(site)));
  connection.follow(story, listener, signal);
}

class LiveConnection {
  readonly #site: Site;
  readonly #name: string;
  readonly #id = Math.random().toString(36).slice(2);
  readonly #listeners = new Map<string, Set<Listener>>();
  /** What other tabs follow, where this one leads. */
  readonly #others = new Map<string, string[]>();
  #channel?: BroadcastChannel;
  /** Ends this tab's part, and the connection where it leads. */
  #part?: AbortController;
  #leads = false;
  #source?: EventSource;
  /** The stories that the connection brings. */
  #open: readonly string[] = [];
  #settling?: ReturnType<typeof setTimeout>;
  #waiting?: ReturnType<typeof setTimeout>;
  #unseen?: ReturnType<typeof setTimeout>;
  #pollAfter = pollMillis;

  constructor(site: Site) {
    this.#site = site;
    this.#name = `afterword-live ${site.root}`;
    // A page that is kept for the way back must hold nothing open; it is told what it missed when it is shown again.
    addEventListener('pagehide', () => this.#stop());
    addEventListener('pageshow', () => this.#start());
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#unseen);
      if (document.hidden) this.#unseen = setTimeout(() => this.#stop(), unseenMillis);
      else this.#start();
    });
  }

  follow(story: string, listener: Listener, signal: AbortSignal): void {
    const listeners = this.#listeners.get(story) ?? new Set();
    this.#listeners.set(story, listeners.add(listener));
    signal.addEventListener('abort', () => {
      listeners.delete(listener);
      if (!listeners.size && this.#listeners.get(story) === listeners) this.#listeners.delete(story);
      this.#changed();
      if (!this.#listeners.size) this.#stop();
    });
    this.#start();
    this.#changed();
    // Who comes to a story that is heard of already has missed where it stands.
    if (this.#open.includes(story)) void this.#poll(story);
  }

  #start(): void {
    if (this.#part || !this.#listeners.size) return;
    const part = (this.#part = new AbortController());
    try {
      this.#channel = new BroadcastChannel(this.#name);
      this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#hear(data);
    } catch {
      // A sandboxed frame has none: it listens for itself.
    }
    const lead = () =>
      new Promise<void>((resolve) => {
        if (part.signal.aborted) return resolve();
        part.signal.addEventListener('abort', () => resolve());
        this.#lead();
      });
    if (this.#channel && 'locks' in navigator)
      // Refused, or given up while it waited.
      navigator.locks
        .request(this.#name, { signal: part.signal }, lead)
        .catch(() => (part.signal.aborted ? undefined : lead()));
    else void lead();
    this.#changed();
  }

  #stop(): void {
    if (!this.#part) return;
    this.#post({ from: this.#id, leaves: true });
    this.#part.abort();
    this.#part = undefined;
    this.#channel?.close();
    this.#channel = undefined;
    this.#leads = false;
    this.#others.clear();
    clearTimeout(this.#settling);
    this.#close();
  }

  #lead(): void {
    this.#leads = true;
    this.#post({ from: this.#id, asks: true });
    this.#changed();
  }

  #hear(note: Note): void {
    if ('event' in note) return this.#tell(note.event);
    if ('asks' in note) return this.#changed();
    if (!this.#leads) return;
    if ('leaves' in note) this.#others.delete(note.from);
    else this.#others.set(note.from, note.follows);
    this.#settle();
    if (!('follows' in note)) return;
    // Another tab that comes to a story has missed where it stands.
    for (const story of note.follows) if (this.#open.includes(story)) void this.#poll(story);
  }

  /** This tab follows other stories than before. */
  #changed(): void {
    if (this.#leads) this.#settle();
    else this.#post({ from: this.#id, follows: [...this.#listeners.keys()] });
  }

  #post(note: Note): void {
    this.#channel?.postMessage(note);
  }

  #settle(): void {
    if (!this.#leads) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#connect(), settleMillis);
  }

  #connect(): void {
    const stories = [...new Set([...this.#listeners.keys(), ...[...this.#others.values()].flat()])].slice(-mostStories);
    if (stories.length === this.#open.length && stories.every((story) => this.#open.includes(story))) return;
    this.#close();
    if (!stories.length) return;
    this.#open = stories;
    const query = stories.map((story) => `story=${encodeURIComponent(story)}`).join('&');
    const source = (this.#source = new EventSource(`${this.#site.root}live?${query}`));
    for (const kind of kinds)
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        clearTimeout(this.#waiting);
        this.#pollAfter = pollMillis;
        const event = JSON.parse(data) as LiveEvent;
        this.#tell(event);
        this.#post({ from: this.#id, event });
      });
    source.onopen = () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.#giveUp(stories), silentMillis);
    };
    source.onerror = () => {
      // Else the browser tries again by itself, and says what it heard last.
      if (source.readyState === EventSource.CLOSED) this.#giveUp(stories);
    };
  }

  #close(): void {
    clearTimeout(this.#waiting);
    this.#source?.close();
    this.#source = undefined;
    this.#open = [];
  }

  /** Events do not come through: asks where the threads stand, less and less often, and then tries again. */
  #giveUp(stories: readonly string[]): void {
    this.#source?.close();
    clearTimeout(this.#waiting);
    const after = this.#pollAfter * (0.75 + Math.random() / 2);
    this.#pollAfter = Math.min(mostPollMillis, this.#pollAfter * 2);
    this.#waiting = setTimeout(async () => {
      for (const story of stories) await this.#poll(story);
      this.#open = [];
      this.#settle();
    }, after);
  }

  async #poll(story: string): Promise<void> {
    const query = { story, sort: 'newest', limit: 1, replies: 0 };
    const page = await this.#site.call<Comments>('comments', { query }).catch(() => undefined);
    if (!page) return;
    const event: LiveEvent = { type: 'thread', story, thread: page.thread, version: page.version };
    this.#tell(event);
    this.#post({ from: this.#id, event });
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners.get(event.story) ?? []) listener(event);
  }
}
