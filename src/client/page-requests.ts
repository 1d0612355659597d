import type { Page } from '../contract/types.js';
import { ApiError, isProblem } from './api-error.js';
import type { Query } from './answer.js';

/** An answer older than this is asked for again. */
const freshMs = 60_000;
/** Entries in one request: the API's own limit. */
const most = 20;

/**
 * Joins what the widgets of a page ask for into one `GET /page`.
 * Until the document is parsed everything waits; later questions are joined per frame. The same question is asked once.
 */
export class PageRequests {
  readonly #read: (query: Query) => Promise<Page>;
  readonly #answers = new Map<string, { at: number; answer: Promise<unknown> }>();
  /** Requests that still take entries, by story and language. */
  readonly #open = new Map<string, { entries: string[]; page: Promise<Page> }>();

  constructor(read: (query: Query) => Promise<Page>) {
    this.#read = read;
  }

  ask(story: string, lang: string, entry: string): Promise<unknown> {
    const key = `${entry} ${lang} ${story}`;
    const known = this.#answers.get(key);
    if (known && Date.now() - known.at < freshMs) return known.answer;
    const answer = this.#join(story, lang, entry).then(({ parts }) => {
      const part = parts[entry];
      if (isProblem(part)) throw new ApiError(part.code as ApiError['code'], part);
      if (!part) throw new ApiError('not-json');
      return part;
    });
    this.#answers.set(key, { at: Date.now(), answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** Makes the next question about a story go to the API again. */
  forget(story: string): void {
    for (const key of this.#answers.keys()) if (key.endsWith(` ${story}`)) this.#answers.delete(key);
  }

  #join(story: string, lang: string, entry: string): Promise<Page> {
    const group = `${lang} ${story}`;
    const open = this.#open.get(group);
    if (open && open.entries.push(entry) <= most) return open.page;
    const entries = [entry];
    const page = nextFrame().then(() => {
      this.#open.delete(group);
      return this.#read({ story, lang: lang || undefined, parts: entries.slice(0, most).join() });
    });
    this.#open.set(group, { entries, page });
    return page;
  }
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => {
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve);
    // Half a frame: the frame itself waits for what is being drawn, and a hidden tab has none.
    else setTimeout(resolve, 8);
  });
}
