import type { Me, Page, Session } from '../contract/types.js';
import { answerOf, search } from './answer.js';
import type { ApiError } from './api-error.js';
import type { Call } from './http.js';
import { PageRequests } from './page-requests.js';
import type { Reader } from './reader.js';
import { pageSettings, settingsOf } from './settings.js';
import { SafeStorage } from './storage.js';

/** Everything a page needs of one site: its API, who the reader is, and what its widgets tell one another. */
export class Site extends EventTarget {
  readonly page = new PageRequests((query) => this.call<Page>('page', { query }));
  /** The address that all of the site's paths begin with. */
  readonly root: string;
  readonly #storage = new SafeStorage(pageSettings().storage);
  #reader?: Promise<Reader>;
  readonly #told = new Map<string, unknown>();

  constructor(root: string) {
    super();
    this.root = root;
  }

  /** A call of the API. A public GET that goes well needs no code but what is here: it is all that most readers ask. */
  async call<T>(path: string, options: Call = {}): Promise<T> {
    const { method, query, token, signal } = options;
    const url = this.root + path;
    if (method || token) return (await http()).call<T>(url, options);
    const ask = () => answerOf<T>(url + search(query), { signal });
    return ask().catch(async (failure: ApiError) => {
      const again = failure.passing && (await http().catch(() => undefined));
      if (!again) throw failure;
      return again.askAgain(ask, failure, signal);
    });
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
    return this.#storage.get<Session>(`afterword:${this.root}`)?.token;
  }

  set token(token: string | undefined) {
    this.#storage.set(`afterword:${this.root}`, token && { token });
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

/** What only failures and those who write need. */
const http = () => import('./http.js');

const sites = new Map<string, Site>();

/** The one site of an element, or of the script tag. */
export function siteOf(element?: Element): Site {
  const { api, site } = settingsOf(element);
  const root = `${api}/v1/sites/${encodeURIComponent(site)}/`;
  if (!sites.has(root)) sites.set(root, new Site(root));
  return sites.get(root)!;
}
