import type { Me, Page, Session } from '../contract/types.js';
import { ApiError } from './api-error.js';
import { call, type Call } from './http.js';
import { PageRequests } from './page-requests.js';
import { settingsOf, storageKind } from './settings.js';
import { SafeStorage } from './storage.js';

/** Everything a page needs of one site: its API, who the reader is, and what its widgets tell one another. */
export class SiteClient {
  readonly page = new PageRequests((query) => this.call<Page>('page', { query }));
  readonly #root: string;
  readonly #storage = new SafeStorage(storageKind());
  readonly #key: string;
  #guest?: Promise<Session>;
  /** By story; dropped by every act of the reader. */
  readonly #overlays = new Map<string, Promise<Me | undefined>>();
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  readonly #told = new Map<string, unknown>();

  constructor(api: string, site: string) {
    this.#root = `${api}/v1/sites/${encodeURIComponent(site)}/`;
    this.#key = `afterword:${this.#root}`;
  }

  /** A call that says nothing about the reader. */
  call<T>(path: string, options?: Call): Promise<T> {
    return call<T>(this.#root + path, options);
  }

  /** A call as the reader, who becomes a guest by the first one. A token that no longer holds is replaced once. */
  async callAsReader<T>(path: string, options: Call): Promise<T> {
    this.#overlays.clear();
    try {
      return await this.call<T>(path, { ...options, token: this.#token ?? (await this.#becomeGuest()) });
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      this.#keep(undefined);
      return await this.call<T>(path, { ...options, token: await this.#becomeGuest() });
    } finally {
      this.#overlays.clear();
    }
  }

  /** The reader's own overlay on a story, or nothing where there is no reader yet. */
  me(story: string): Promise<Me | undefined> {
    const token = this.#token;
    if (!token) return Promise.resolve(undefined);
    let overlay = this.#overlays.get(story);
    if (!overlay) {
      overlay = this.call<Me>('me', { query: { story }, token }).catch((error: unknown) => {
        this.#overlays.delete(story);
        if (!isUnauthorized(error)) throw error;
        this.#keep(undefined);
        return undefined;
      });
      this.#overlays.set(story, overlay);
    }
    return overlay;
  }

  /** Takes over a reader whom the publisher vouches for. What the guest did moves along. */
  async signIn(jwt: string): Promise<void> {
    this.#keep(await this.call<Session>('readers/sso', { method: 'POST', body: { jwt }, token: this.#token }));
    this.tell('reader', undefined);
  }

  /** Forgets the reader on this page and in this browser. */
  signOut(): void {
    this.#keep(undefined);
    this.tell('reader', undefined);
  }

  /** Hears what is told about a topic until the signal ends it; what was told last comes at once. */
  watch<T>(topic: string, listener: (value: T) => void, signal: AbortSignal): void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    signal.addEventListener('abort', () => listeners.delete(listener));
    if (this.#told.get(topic) !== undefined) listener(this.#told.get(topic) as T);
  }

  tell<T>(topic: string, value: T): void {
    this.#told.set(topic, value);
    for (const listener of this.#listeners.get(topic) ?? []) listener(value as never);
  }

  get #token(): string | undefined {
    const token = this.#storage.get<Session>(this.#key)?.token;
    return typeof token === 'string' ? token : undefined;
  }

  #keep(session: Session | undefined): void {
    this.#overlays.clear();
    this.#storage.set(this.#key, session && { token: session.token });
  }

  /** Several first acts at once make one guest. */
  async #becomeGuest(): Promise<string> {
    this.#guest ??= this.call<Session>('readers', { method: 'POST', body: {} }).finally(
      () => (this.#guest = undefined),
    );
    const session = await this.#guest;
    this.#keep(session);
    return session.token;
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.problem?.status === 401;
}

const clients = new Map<string, SiteClient>();

/** The one client of an element's site, or of the script tag's. */
export function clientOf(element?: Element): SiteClient {
  const { api, site } = settingsOf(element);
  const key = `${api} ${site}`;
  let client = clients.get(key);
  if (!client) clients.set(key, (client = new SiteClient(api, site)));
  return client;
}
