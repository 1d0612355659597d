import * as limits from '../contract/limits.js';
import type { Comments, LiveEvent } from '../contract/types.js';
import type { Site } from './site.js';

const eventTypes = ['reactions', 'comment', 'comment-changed', 'thread', 'reset'] as const;
/** Batches changes of the stories: widgets often subscribe together. */
const debounceMs = 200;
/** An open stream without an event after this time is taken as buffered by a proxy. */
const firstEventTimeoutMs = 10_000;
const minPollMs = 30_000;
const maxPollMs = 5 * 60_000;

/**
 * Server-sent events of several stories over one `EventSource`. Where the stream is refused or buffered, it polls the
 * versions of the threads with backoff, and connects again after each poll.
 */
export class LiveStream {
  readonly #site: Site;
  readonly #onEvent: (event: LiveEvent) => void;
  #source?: EventSource | undefined;
  #wantedStories: readonly string[] = [];
  #connectedStories: readonly string[] = [];
  #connectTimer?: ReturnType<typeof setTimeout>;
  #pollTimer?: ReturnType<typeof setTimeout>;
  #pollDelayMs = minPollMs;

  constructor(site: Site, onEvent: (event: LiveEvent) => void) {
    this.#site = site;
    this.#onEvent = onEvent;
  }

  /** Replaces the stories of the stream. Connects again where they have changed. */
  setStories(stories: readonly string[]): void {
    this.#wantedStories = [...new Set(stories)].slice(-limits.liveStories);
    clearTimeout(this.#connectTimer);
    this.#connectTimer = setTimeout(() => this.#connect(), debounceMs);
  }

  close(): void {
    clearTimeout(this.#connectTimer);
    this.#disconnect();
  }

  #connect(): void {
    const stories = this.#wantedStories;
    const connected = this.#connectedStories;
    if (stories.length === connected.length && stories.every((story) => connected.includes(story))) return;
    this.#disconnect();
    if (!stories.length) return;
    this.#connectedStories = stories;
    const query = new URLSearchParams(stories.map((story) => ['story', story]));
    const source = (this.#source = new EventSource(`${this.#site.root}live?${query}`));
    for (const type of eventTypes)
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        clearTimeout(this.#pollTimer);
        this.#pollDelayMs = minPollMs;
        this.#onEvent(JSON.parse(data) as LiveEvent);
      });
    source.onopen = () => {
      clearTimeout(this.#pollTimer);
      this.#pollTimer = setTimeout(() => this.#schedulePoll(), firstEventTimeoutMs);
    };
    source.onerror = () => {
      // Otherwise the browser connects again by itself, with Last-Event-ID.
      if (source.readyState === EventSource.CLOSED) this.#schedulePoll();
    };
  }

  #disconnect(): void {
    clearTimeout(this.#pollTimer);
    this.#source?.close();
    this.#connectedStories = [];
  }

  #schedulePoll(): void {
    this.#source?.close();
    clearTimeout(this.#pollTimer);
    const jitter = 0.75 + Math.random() / 2;
    this.#pollTimer = setTimeout(() => void this.#poll(), this.#pollDelayMs * jitter);
    this.#pollDelayMs = Math.min(maxPollMs, this.#pollDelayMs * 2);
  }

  async #poll(): Promise<void> {
    const stories = this.#connectedStories;
    for (const story of stories) {
      const query = { story, sort: 'newest', limit: 1, replies: 0 };
      const page = await this.#site
        .request<Comments>('comments', { query, expects: 'comments' })
        .catch(() => undefined);
      if (page) this.#onEvent({ type: 'thread', story, thread: page.thread, version: page.version });
    }
    // Stories that changed meanwhile have connected already.
    if (stories !== this.#connectedStories) return;
    this.#connectedStories = [];
    this.#connect();
  }
}
