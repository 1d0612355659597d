import { ApiError, isProblem } from './api-error.js';
import type { Page } from '../contract/types.js';
import type { Query } from './http.js';

/** An answer older than this is asked for again. */
const freshMs = 60_000;
/** Entries in one request: the API's own limit. */
const most = 20;

interface Asked {
  at: number;
  answer: Promise<unknown>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * Joins what the widgets of a page ask for into one `GET /page`.
 * Until the document is parsed everything waits; later questions are joined per frame. The same question is asked once.
 */
export class PageRequests {
  readonly #read: (query: Query) => Promise<Page>;
  readonly #asked = new Map<string, Asked>();
  /** By story and language, then by entry. */
  readonly #waiting = new Map<string, Map<string, Waiting>>();

  constructor(read: (query: Query) => Promise<Page>) {
    this.#read = read;
  }

  ask(story: string, lang: string, entry: string): Promise<unknown> {
    const key = JSON.stringify([story, lang, entry]);
    const asked = this.#asked.get(key);
    if (asked && Date.now() - asked.at < freshMs) return asked.answer;
    const answer = new Promise((resolve, reject) => this.#join(story, lang, entry, { resolve, reject }));
    this.#asked.set(key, { at: Date.now(), answer });
    answer.catch(() => this.#asked.delete(key));
    return answer;
  }

  /** Makes the next question about a story go to the API again. */
  forget(story: string): void {
    for (const key of this.#asked.keys()) if ((JSON.parse(key) as string[])[0] === story) this.#asked.delete(key);
  }

  #join(story: string, lang: string, entry: string, waiting: Waiting): void {
    if (!this.#waiting.size) nextFrame(() => this.#flush());
    const group = JSON.stringify([story, lang]);
    const entries = this.#waiting.get(group) ?? new Map<string, Waiting>();
    this.#waiting.set(group, entries.set(entry, waiting));
  }

  #flush(): void {
    const groups = [...this.#waiting];
    this.#waiting.clear();
    for (const [group, entries] of groups) {
      const [story, lang] = JSON.parse(group) as [string, string];
      const all = [...entries];
      while (all.length) void this.#send(story, lang, all.splice(0, most));
    }
  }

  async #send(story: string, lang: string, entries: [string, Waiting][]): Promise<void> {
    try {
      const query = { story, lang: lang || undefined, parts: entries.map(([entry]) => entry).join() };
      const { parts } = await this.#read(query);
      for (const [entry, { resolve, reject }] of entries) {
        const part = parts[entry];
        if (isProblem(part)) reject(new ApiError(part.code as ApiError['code'], part));
        else if (part) resolve(part);
        else reject(new ApiError('not-json'));
      }
    } catch (error) {
      for (const [, { reject }] of entries) reject(error);
    }
  }
}

function nextFrame(act: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act, { once: true });
  // A hidden tab has no frames, and should be ready when it is shown.
  else if (document.hidden) setTimeout(act);
  else requestAnimationFrame(act);
}
