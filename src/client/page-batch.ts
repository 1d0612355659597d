import * as limits from '../contract/limits.js';
import type { Comments, Newsletters, Page, Rail, Reactions } from '../contract/types.js';
import { ApiError, isProblem, type Query } from './request.js';

/** An older answer is requested again. */
const maxAgeMs = 60_000;

declare const answer: unique symbol;
/** An entry of `GET /page`, typed by its answer. */
export type Part<Answer> = string & { readonly [answer]?: Answer };

/** Answers by entry. */
type Parts = Record<string, unknown>;
type FetchParts = (page: Query, entries: string[]) => Promise<Record<string, Promise<unknown>>>;
type Value = string | number | null | undefined;

/** Sort orders of comments. The default comes first, here and below. */
export const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;
export type Sort = (typeof sorts)[number];
/** @internal */
export const rails: readonly Rail['rail'][] = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'];

/**
 * Builds entries of `GET /page`, by their short names: content blockers refuse URLs with words such as `newsletter` and
 * `sponsored`. An unknown value becomes the default; trailing defaults are omitted.
 */
export const parts = {
  reactions: (poll?: Value): Part<Reactions> => `r:${toPoll(poll)}`.replace(/:reactions$/, ''),
  comments: (sort?: Value, limit?: Value): Part<Comments> =>
    `c:${toSort(sort)}:${toLimit(limit, 20)}`.replace(/(:best)?:20$/, ''),
  stories: (rail?: Value, limit?: Value): Part<Rail> => `s:${toRail(rail)[0]}:${toLimit(limit, 8)}`.replace(/:8$/, ''),
  newsletter: (): Part<Newsletters> => 'n',
};

/** Returns a known sort order: `best` for any other value. */
export function toSort(value: Value): Sort {
  return oneOf(sorts, value);
}

/** Returns a known rail: `related` for any other value. */
export function toRail(value: Value): Rail['rail'] {
  return oneOf(rails, value);
}

/** Returns a number of items as the API takes it: an integer from 1 to 100, the fallback where there is no number. */
export function toLimit(value: Value, fallback: number): number {
  return Math.min(Math.max(Math.trunc(Number(value)) || fallback, 1), limits.limit);
}

function toPoll(value: Value): Value {
  return /^[\w-]+$/.test(`${value ?? ''}`) ? value : 'reactions';
}

function oneOf<Known extends string>(known: readonly Known[], value: Value): Known {
  return known.find((one) => one === value) ?? known[0]!;
}

/**
 * Batches the entries that the widgets of a page ask for into one `GET /page` and caches the answers. Entries are
 * collected until the document is parsed; later ones per frame.
 */
export class PageBatch {
  readonly #fetchPage: (query: Query) => Promise<Page>;
  readonly #fetchParts: FetchParts;
  readonly #answers = new Map<string, { at: number; answer: Promise<unknown> }>();
  /** Batches that still take entries, by language and story. */
  readonly #open = new Map<string, { entries: string[]; parts: Promise<Parts> }>();
  /** The site's language, once an answer has named it. */
  lang?: string | undefined;
  /** `GET /page` had no answer where a part had one: a content blocker refuses it. */
  #isBlocked = false;

  /**
   * @param fetchPage sends `GET /page`
   * @param fetchParts requests each entry by itself, where `GET /page` cannot be sent
   */
  constructor(fetchPage: (query: Query) => Promise<Page>, fetchParts: FetchParts) {
    this.#fetchPage = fetchPage;
    this.#fetchParts = fetchParts;
  }

  /** Returns the answer to an entry, from the cache or the next batch. */
  get(story: string, lang: string, entry: string): Promise<unknown> {
    const key = `${entry} ${lang} ${story}`;
    const cached = this.#answers.get(key);
    if (cached && Date.now() - cached.at < maxAgeMs) return cached.answer;
    const answer = this.#enqueue(story, lang, entry).then(async (parts) => {
      const part = await parts[entry];
      if (isProblem(part)) throw new ApiError(part.code as ApiError['code'], part);
      if (!part) throw new ApiError('not-json');
      return part;
    });
    this.#answers.set(key, { at: Date.now(), answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** Drops the cached answers about a story. */
  invalidate(story: string): void {
    for (const key of this.#answers.keys()) if (key.endsWith(` ${story}`)) this.#answers.delete(key);
  }

  #enqueue(story: string, lang: string, entry: string): Promise<Parts> {
    const group = `${lang} ${story}`;
    const open = this.#open.get(group);
    if (open && open.entries.push(entry) <= limits.pageParts) return open.parts;
    const entries = [entry];
    const parts = batchWindow().then(() => {
      this.#open.delete(group);
      return this.#fetch({ story, lang: lang || undefined }, entries.slice(0, limits.pageParts));
    });
    this.#open.set(group, { entries, parts });
    return parts;
  }

  async #fetch(page: Query, entries: string[]): Promise<Parts> {
    let failure: unknown;
    if (!this.#isBlocked)
      try {
        const { lang, parts } = await this.#fetchPage({ ...page, parts: entries.join() });
        this.lang = lang;
        return parts;
      } catch (error) {
        if ((error as ApiError).code !== 'network') throw error;
        failure = error;
      }
    // Without a connection this code cannot be loaded either: no storm of requests.
    const parts = await this.#fetchParts(page, entries).catch((error: unknown) => {
      throw failure ?? error;
    });
    const onAnswer = () => (this.#isBlocked = true);
    for (const part of Object.values(parts)) part.then(onAnswer, () => undefined);
    return parts;
  }
}

/** Resolves when a batch is to be sent. */
function batchWindow(): Promise<unknown> {
  return new Promise((resolve) => {
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve);
    // Half a frame: requestAnimationFrame waits for rendering, and never fires in a hidden tab.
    else setTimeout(resolve, 8);
  });
}
