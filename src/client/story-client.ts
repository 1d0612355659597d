import type { Comment, Me, Reacted } from '../contract/types.js';
import type { Part } from './page-batch.js';
import type { QueuedComment } from './queued-write.js';
import type { Query, RequestOptions } from './request.js';
import { storyOf } from './settings.js';
import { type Site, siteOf } from './site.js';

const languageTag = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;

/** What the widgets of a story publish to one another, by topic. */
interface StoryTopics {
  /** The API's answer to a vote in the poll, whichever widget it comes from. */
  [vote: `vote:${string}`]: Reacted;
  /** All comments that are queued on the story. */
  'queued-comments': readonly QueuedComment[];
  /** A queued comment that has been sent. */
  'comment-sent': Comment;
}

/** The API as one widget uses it: of one story on one site, in one language. */
export class StoryClient {
  readonly site: Site;
  /** The story's key. */
  readonly story: string;
  /** BCP 47; empty for the site's own language. */
  readonly lang: string;

  constructor(site: Site, story: string, lang = '') {
    this.site = site;
    this.story = story;
    this.lang = languageTag.test(lang) ? lang : '';
  }

  /** Returns true where the other client is of the same story on the same site; the languages may differ. */
  isOfSameStory({ site, story }: StoryClient): boolean {
    return this.site === site && this.story === story;
  }

  /** Returns an entry of the page's batched request; `again` bypasses the cache. */
  part<Answer>(entry: Part<Answer>, again?: boolean): Promise<Answer> {
    if (again) this.site.page.invalidate(this.story);
    return this.site.page.get(this.story, this.lang, entry) as Promise<Answer>;
  }

  /** Sends a public GET about the story. */
  read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.site.request<T>(path, { query: { story: this.story, lang: this.lang || undefined, ...query }, signal });
  }

  /** Sends a write of the reader, who becomes a guest by the first one. */
  async write<T>(
    method: RequestOptions['method'],
    path: string,
    options: Omit<RequestOptions, 'method' | 'token'> = {},
  ): Promise<T> {
    const answer = await (await this.site.session()).request<T>(path, { method, ...options });
    this.site.page.invalidate(this.story);
    return answer;
  }

  /** Returns the reader's own state on the story; undefined before the reader's first act. Cached for all widgets. */
  async me(): Promise<Me | undefined> {
    return this.site.token ? (await this.site.session()).me(this.story) : undefined;
  }

  /** Publishes a value to every widget on the story. */
  publish<Topic extends keyof StoryTopics>(topic: Topic, value: StoryTopics[Topic]): void {
    this.site.publish(`${topic} ${this.story}`, value);
  }

  /** Subscribes to a topic of the story until the signal aborts; replays the last value at once. */
  subscribe<Topic extends keyof StoryTopics>(
    topic: Topic,
    listener: (value: StoryTopics[Topic]) => void,
    signal: AbortSignal,
  ): void {
    this.site.subscribe(`${topic} ${this.story}`, listener, signal);
  }
}

/** Returns whether an element still has the same site and story. Undefined stands for none, or an invalid one. */
export function isCurrentStory(element: Element, client: StoryClient | undefined): boolean {
  try {
    const now = storyClientFor(element, '');
    return !!client && now.isOfSameStory(client);
  } catch {
    return !client;
  }
}

/**
 * Returns the client for an element: by its attributes, the script tag's settings, then the page itself.
 *
 * @throws ApiError `site-not-found` or `story-key-invalid`
 */
export function storyClientFor(element: Element, lang: string): StoryClient {
  return new StoryClient(siteOf(element), storyOf(element), lang);
}
