import type { Site } from '../../client/site.js';
import * as limits from '../../contract/limits.js';
import type { Counts, StoryCounts } from '../../contract/types.js';

/** Length of a query string that all proxies accept. */
const maxQueryLength = 7000;
/** Elements of one page connect within a task or two. */
const batchMs = 16;

interface PendingCount {
  resolve(counts: StoryCounts): void;
  reject(error: unknown): void;
}

/**
 * Batches the stories of a list page into as few `GET /counts` as possible. Sorts them, so that every reader sends the
 * same request.
 */
export class CountBatch {
  readonly #site: Pick<Site, 'request'>;
  readonly #pending = new Map<string, PendingCount[]>();

  constructor(site: Pick<Site, 'request'>) {
    this.#site = site;
  }

  get(story: string): Promise<StoryCounts> {
    if (!this.#pending.size) setTimeout(() => this.#send(), batchMs);
    return new Promise((resolve, reject) => {
      this.#pending.set(story, [...(this.#pending.get(story) ?? []), { resolve, reject }]);
    });
  }

  #send(): void {
    const pending = new Map(this.#pending);
    this.#pending.clear();
    const settle = (stories: string[], act: (one: PendingCount, story: string) => void) => {
      for (const story of stories) for (const one of pending.get(story)!) act(one, story);
    };
    for (const stories of split([...pending.keys()].sort())) {
      this.#site.request<Counts>('counts', { query: { story: stories }, expects: 'counts' }).then(
        ({ counts }) =>
          settle(stories, ({ resolve }, story) => resolve(counts[story] ?? { comments: 0, reactions: 0 })),
        (error: unknown) => settle(stories, ({ reject }) => reject(error)),
      );
    }
  }
}

/** Splits stories into groups that fit into one request each. */
function split(stories: string[]): string[][] {
  const groups: string[][] = [];
  let queryLength = Infinity;
  for (const story of stories) {
    const addedLength = '&story='.length + encodeURIComponent(story).length;
    const group = groups.at(-1);
    if (group && group.length < limits.countsStories && queryLength + addedLength <= maxQueryLength) group.push(story);
    else {
      groups.push([story]);
      queryLength = 0;
    }
    queryLength += addedLength;
  }
  return groups;
}
