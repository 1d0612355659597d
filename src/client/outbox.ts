import type { Comment, CommentAnswer } from '../contract/types.js';
import type { ApiError } from './api-error.js';
import type { Place } from './place.js';
import { pageSettings } from './settings.js';
import type { Site } from './site.js';
import { SafeStorage } from './storage.js';
import { subjectOf } from './subject.js';

/** A comment that the API does not have yet. */
export interface Waiting {
  /** Its Idempotency-Key: however often it is sent, it is posted once. */
  readonly key: string;
  readonly story: string;
  readonly parentId?: string | undefined;
  readonly text: string;
  readonly mentions?: readonly string[] | undefined;
  /** What its writer wants to be called from now on. */
  readonly name?: string | undefined;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  /** Why the API does not want it: then it waits for its writer. */
  readonly refused?: string | undefined;
  /** Who wrote it; nobody where the reader had not acted before. */
  readonly reader?: string | undefined;
}

const firstWaitMillis = 5000;
const mostWaitMillis = 5 * 60_000;

const outboxes = new WeakMap<Site, Outbox>();

/** The outbox of a site, for all its stories. What waits in it goes out by itself. */
export function outboxOf({ site }: Pick<Place, 'site'>): Outbox {
  let outbox = outboxes.get(site);
  if (!outbox) outboxes.set(site, (outbox = new Outbox(site)));
  return outbox;
}

/**
 * Comments on their way: kept in the browser before they are sent, until the API has them or refuses them. They outlive a failed
 * connection, a closed tab and a restart of the browser; only one tab sends at a time.
 *
 * Tells `waiting {story}` with what waits on every change, and `posted {story}` with each comment that went out later.
 */
export class Outbox {
  readonly #site: Site;
  readonly #name: string;
  readonly #storage = new SafeStorage(pageSettings().storage);
  /** On their way for the first time: nobody waits for them yet. */
  readonly #leaving = new Set<string>();
  /** Who was acting last. */
  #reader?: string | undefined;
  #wait = firstWaitMillis;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(site: Site) {
    this.#site = site;
    this.#reader = subjectOf(site.token);
    this.#name = `afterword:outbox:${site.root}`;
    addEventListener('online', () => void this.flush());
    addEventListener('storage', ({ key }) => key === this.#name && this.#tell());
    // Who signs in takes along what waits, as the guest's comments go along; what another person left stays theirs.
    site.watch<string | undefined>('reader', (token) => this.#become(token), new AbortController().signal);
    void this.flush();
  }

  #become(token: string | undefined): void {
    const before = this.#reader;
    this.#reader = subjectOf(token);
    if (!before || !token) return;
    this.#keep(this.#all.map((one) => (one.reader === before ? { ...one, reader: this.#reader } : one)));
    void this.flush();
  }

  /** What waits under a story, the oldest first. */
  waiting(story: string): Waiting[] {
    return this.#all.filter((waiting) => waiting.story === story && !this.#leaving.has(waiting.key));
  }

  /**
   * Keeps a comment, and sends it.
   *
   * @returns the API's comment
   * @throws ApiError where that fails. What could not be sent (`unreachable`) waits and goes out later; what was refused is dropped.
   */
  async post(post: Pick<Waiting, 'story' | 'parentId' | 'text' | 'mentions' | 'name'>): Promise<Comment> {
    const at = Date.now();
    this.#reader = subjectOf(this.#site.token);
    const waiting = { ...post, key: newKey(at), at, reader: this.#reader };
    this.#leaving.add(waiting.key);
    this.#keep([...this.#all, waiting]);
    try {
      return (await this.#alone(() => this.#send(waiting)))!;
    } catch (error) {
      // What is refused stays with the writer, who is told why.
      if (isRefusal(error)) this.drop(waiting.key);
      throw error;
    } finally {
      this.#leaving.delete(waiting.key);
      this.#tell();
    }
  }

  /** Takes a comment back before it is sent. */
  drop(key: string): void {
    this.#keep(this.#all.filter((waiting) => waiting.key !== key));
  }

  /** Sends what waits, in order, and tries again later where that fails. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#all.length) return;
    await this.#alone(async () => {
      for (const waiting of this.#all) {
        if (waiting.refused || (waiting.reader && waiting.reader !== subjectOf(this.#site.token))) continue;
        try {
          const comment = await this.#send(waiting);
          if (comment) this.#site.tell(`posted ${waiting.story}`, comment);
        } catch (error) {
          if (!isRefusal(error) || (error as ApiError).passing) return;
          const refused = (error as ApiError).code;
          this.#keep(this.#all.map((other) => (other.key === waiting.key ? { ...other, refused } : other)));
        }
      }
    });
  }

  async #send(waiting: Waiting): Promise<Comment | undefined> {
    const { key, story, parentId, text, mentions, name } = waiting;
    // Another tab has sent it, or its reader has taken it back.
    if (!this.#all.some((other) => other.key === key)) return undefined;
    try {
      const body = { story, parentId, text, mentions };
      const call = { method: 'POST', body, idempotencyKey: key } as const;
      const reader = await this.#site.reader();
      if (name) await reader.call('readers/me', { method: 'PATCH', body: { name } });
      const { comment } = await reader.call<CommentAnswer>('comments', call);
      this.#wait = firstWaitMillis;
      this.#site.page.forget(story);
      this.drop(key);
      return comment;
    } catch (error) {
      if (!isRefusal(error) || (error as ApiError).passing) this.#later((error as Partial<ApiError>).waitMs);
      throw error;
    }
  }

  /** While one tab sends, another does not. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    let begun = false;
    const once = () => {
      begun = true;
      return work();
    };
    if (!('locks' in navigator)) return once();
    return navigator.locks.request(this.#name, once).catch((error: unknown) => {
      // A sandboxed frame is refused.
      if (begun) throw error;
      return once();
    });
  }

  #later(asked = 0): void {
    clearTimeout(this.#timer);
    const wait = Math.max(asked, this.#wait * (0.5 + Math.random() / 2));
    this.#wait = Math.min(mostWaitMillis, this.#wait * 2);
    this.#timer = setTimeout(() => void this.flush(), wait);
  }

  get #all(): Waiting[] {
    const kept = this.#storage.get<Waiting[]>(this.#name);
    return Array.isArray(kept) ? kept : [];
  }

  #keep(all: readonly Waiting[]): void {
    const stories = new Set([...this.#all, ...all].map(({ story }) => story));
    this.#storage.set(this.#name, all.length ? all : undefined);
    for (const story of stories) this.#site.tell(`waiting ${story}`, this.waiting(story));
  }

  #tell(): void {
    for (const { story } of this.#all) this.#site.tell(`waiting ${story}`, this.waiting(story));
  }
}

/** Whether the API itself said no. Code that could not be fetched is out of reach like the API. */
function isRefusal(error: unknown): boolean {
  return (error as Partial<ApiError>).unreachable === false;
}

/** Begins with the time, so that keys made together stand together in the API's memory of them. */
function newKey(at: number): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `${at.toString(36)}-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
