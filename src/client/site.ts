import type { HeldChoice, Page } from '../contract/types.js';
import { isObject } from './json.js';
import { memoize } from './memoize.js';
import { PageBatch } from './page-batch.js';
import { readQueuedWrites, type QueuedWrite } from './queued-write.js';
import { request, type RequestOptions } from './request.js';
import type { Session } from './session.js';
import { pageSettings, siteSettings } from './settings.js';
import { SafeStorage } from './storage.js';

/** A reader as stored in the browser. */
export interface StoredReader {
  readonly token: string;
  /** A guest's writes move along at sign-in. */
  readonly isGuest?: boolean;
}

function isStoredReader(value: unknown): value is StoredReader {
  return isObject(value) && typeof value['token'] === 'string';
}

/** Everything that the widgets of a page share about one site: its API, its reader, and messages between widgets. */
export class Site extends EventTarget {
  /** URL prefix of the site's API paths. */
  readonly root: string;
  readonly page = new PageBatch(
    (query) => this.request<Page>('page', { query, expects: 'parts' }),
    async (page, entries) =>
      (await import('./single-parts.js')).requestParts((path, options) => this.request(path, options), page, entries),
  );
  readonly storage = new SafeStorage(pageSettings().storage);
  #session?: Promise<Session>;
  readonly #lastValues = new Map<string, unknown>();

  constructor(root: string) {
    super();
    this.root = root;
  }

  /** Sends a request to a path of the site. */
  request<T>(path: string, options?: RequestOptions): Promise<T> {
    return request<T>(this.root + path, options);
  }

  /** The reader as stored in the browser; undefined before the reader's first act. */
  get reader(): StoredReader | undefined {
    return this.storage.get(`afterword:${this.root}`, isStoredReader);
  }

  set reader(reader: StoredReader | undefined) {
    this.storage.set(`afterword:${this.root}`, reader);
  }

  get token(): string | undefined {
    return this.reader?.token;
  }

  /** Key of the queued writes in the browser's storage. */
  get outboxKey(): string {
    return `afterword:outbox:${this.root}`;
  }

  /** The outbox has queued writes, which it sends once its code is loaded. */
  get hasQueuedWrites(): boolean {
    return readQueuedWrites(this.storage, this.outboxKey).length > 0;
  }

  /** Stores a vote for the outbox while its code cannot be loaded, in place of an earlier one in the same poll. */
  queueVote(story: string, poll: string, choice: HeldChoice): void {
    const writes = readQueuedWrites(this.storage, this.outboxKey);
    const isReplaced = (write: QueuedWrite) => write.kind === 'vote' && write.story === story && write.poll === poll;
    const vote: QueuedWrite = { kind: 'vote', key: `${Date.now()}`, story, poll, choice };
    this.storage.set(this.outboxKey, [...writes.filter((write) => !isReplaced(write)), vote]);
  }

  /** Loads the session, which only readers who act need. */
  session(): Promise<Session> {
    this.#session ??= import('./session.js').then(({ Session }) => new Session(this));
    // The next call loads a chunk that has failed again.
    this.#session.catch(() => (this.#session = undefined));
    return this.#session;
  }

  /** Subscribes to a topic until the signal aborts; replays the last value at once. {@link StoryClient} has the topics. */
  subscribe<T>(topic: string, listener: (value: T) => void, signal: AbortSignal): void {
    const replay = () => listener(this.#lastValues.get(topic) as T);
    this.addEventListener(topic, replay, { signal });
    if (this.#lastValues.has(topic)) replay();
  }

  /** Publishes a value to the subscribers of a topic. */
  publish<T>(topic: string, value: T): void {
    this.#lastValues.set(topic, value);
    this.dispatchEvent(new Event(topic));
  }

  /** Calls the listener when a reader signs in or out. */
  onReaderChange(listener: () => void, signal: AbortSignal): void {
    this.addEventListener('reader', listener, { signal });
  }

  /** Reports to every widget that a reader has signed in or out. */
  publishReader(): void {
    this.dispatchEvent(new Event('reader'));
  }
}

const siteAt = memoize((root: string) => new Site(root));

/** Returns the site of an element, or of the page's settings; one object per API and site. */
export function siteOf(element?: Element): Site {
  const { api, site } = siteSettings(element);
  return siteAt(`${api}/v1/sites/${encodeURIComponent(site)}/`);
}

/** Signs in a reader by a token that the publisher has signed. */
export async function signIn(jwt: string): Promise<void> {
  return (await siteOf().session()).signIn(jwt);
}

/** Removes the reader from this page and this browser. */
export async function signOut(): Promise<void> {
  (await siteOf().session()).signOut();
}
