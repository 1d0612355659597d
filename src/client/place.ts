import type { Me } from '../contract/types.js';
import type { Query } from './answer.js';
import type { Call } from './http.js';
import type { Part } from './parts.js';
import { storyOf } from './settings.js';
import { type Site, siteOf } from './site.js';

const languageTag = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;

/** How a widget talks to the API: a site and the story it stands on, in one language. */
export class Place {
  readonly site: Site;
  readonly story: string;
  /** BCP 47, or empty where the page does not say: then the site's own language answers. */
  readonly lang: string;

  constructor(site: Site, story: string, lang = '') {
    this.site = site;
    this.story = story;
    this.lang = languageTag.test(lang) ? lang : '';
  }

  /** What the page's one joined request brings for this entry. `again` asks the API anew. */
  part<Answer>(entry: Part<Answer>, again?: boolean): Promise<Answer> {
    if (again) this.site.page.forget(this.story);
    return this.site.page.ask(this.story, this.lang, entry) as Promise<Answer>;
  }

  /** A public GET about this story. */
  read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.site.call<T>(path, { query: { story: this.story, lang: this.lang || undefined, ...query }, signal });
  }

  /** An act of the reader, who becomes a guest by the first one. */
  async act<T>(method: Call['method'], path: string, options: Omit<Call, 'method' | 'token'>): Promise<T> {
    const answer = await (await this.site.reader()).call<T>(path, { method, ...options });
    this.site.page.forget(this.story);
    return answer;
  }

  /** The reader's own overlay on this story, or nothing before the reader's first act. Asked once for all widgets. */
  me(): Promise<Me | undefined> {
    return this.site.me(this.story);
  }

  /** Tells every widget on this story. */
  tell<T>(topic: string, value: T): void {
    this.site.tell(`${topic} ${this.story}`, value);
  }

  /** Hears what is told about this story until the signal ends it; what was told last comes at once. */
  watch<T>(topic: string, listener: (value: T) => void, signal: AbortSignal): void {
    this.site.watch(`${topic} ${this.story}`, listener, signal);
  }

  /** Hears that another reader signed in, or that this one signed out. */
  watchReader(listener: () => void, signal: AbortSignal): void {
    this.site.watch('reader', listener, signal);
  }
}

/**
 * Where an element stands: its own attributes, else the script tag's, else what the page implies.
 *
 * @throws ApiError `site-not-found` or `story-key-invalid`
 */
export function placeOf(element: Element, lang: string): Place {
  return new Place(siteOf(element), storyOf(element), lang);
}
