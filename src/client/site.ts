import type { Me, Page, Session } from '../contract/types.js';
import { type Call, call, json } from './http.js';
import { PageRequests } from './page-requests.js';
import type { Reader } from './reader.js';
import { pageSettings, settingsOf } from './settings.js';
import { SafeStorage } from './storage.js';

/** Everything a page needs of one site: its API, who the reader is, and what its widgets tell one another. */
export class Site extends EventTarget {
  readonly page = new PageRequests((query) => this.call<Page>('page', { query }));
  readonly #root: string;
  readonly #storage = new SafeStorage(pageSettings().storage);
  #reader?: Promise<Reader>;
  readonly #told = new Map<string, unknown>();

  constructor(root: string) {
    super();
    this.#root = root;
  }

  /** A call that says nothing about the reader. */
  call<T>(path: string, options?: Call): Promise<T> {
    return call<T>(this.#root + path, options);
  }

  /** Says something that needs no answer, also while the page is left. Plain text is sent without asking first. */
  beacon(path: string, body: object): void {
    navigator.sendBeacon(this.#root + path, json(body));
  }

  /** The reader's own overlay on a story, or nothing where there is no reader yet. */
  async me(story: string): Promise<Me | undefined> {
    return this.token ? (await this.reader()).me(story) : undefined;
  }

  /** What only a reader who acts needs: most never do. */
  reader(): Promise<Reader> {
    this.#reader ??= import('./reader.js').then(({ Reader }) => new Reader(this));
    // A chunk that did not come may come the next time.
    this.#reader.catch(() => (this.#reader = undefined));
    return this.#reader;
  }

  get token(): string | undefined {
    return this.#storage.get<Session>(`afterword:${this.#root}`)?.token;
  }

  set token(token: string | undefined) {
    this.#storage.set(`afterword:${this.#root}`, token && { token });
  }

  /** Hears what is told about a topic until the signal ends it; what was told last comes at once. */
  watch<T>(topic: string, listener: (value: T) => void, signal: AbortSignal): void {
    this.addEventListener(topic, () => listener(this.#told.get(topic) as T), { signal });
    if (this.#told.has(topic)) listener(this.#told.get(topic) as T);
  }

  tell<T>(topic: string, value: T): void {
    this.#told.set(topic, value);
    this.dispatchEvent(new Event(topic));
  }
}

const sites = new Map<string, Site>();

/** The one site of an element, or of the script tag. */
export function siteOf(element?: Element): Site {
  const { api, site } = settingsOf(element);
  const root = `${api}/v1/sites/${encodeURIComponent(site)}/`;
  if (!sites.has(root)) sites.set(root, new Site(root));
  return sites.get(root)!;
}
