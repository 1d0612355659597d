import type { Site } from '../../client/site.js';
import type { Counts, StoryCounts } from '../../contract/types.js';

const most = 100;
/** What proxies on the way take of an address for certain. */
const longest = 7000;

interface Waiting {
  resolve(counts: StoryCounts): void;
  reject(error: unknown): void;
}

/** Joins the stories that a list page counts into as few `GET /counts` as they fit, the same ones for every reader. */
export class CountRequests {
  readonly #site: Pick<Site, 'call'>;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(site: Pick<Site, 'call'>) {
    this.#site = site;
  }

  ask(story: string): Promise<StoryCounts> {
    // Elements of one page come within the same task or two.
    if (!this.#waiting.size) setTimeout(() => this.#flush(), 16);
    return new Promise((resolve, reject) => {
      this.#waiting.set(story, [...(this.#waiting.get(story) ?? []), { resolve, reject }]);
    });
  }

  #flush(): void {
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    for (const stories of split([...waiting.keys()].sort())) {
      this.#site.call<Counts>('counts', { query: { story: stories } }).then(
        ({ counts }) => each(stories, ({ resolve }, story) => resolve(counts[story] ?? { comments: 0, reactions: 0 })),
        (error: unknown) => each(stories, ({ reject }) => reject(error)),
      );
    }
    function each(stories: string[], act: (one: Waiting, story: string) => void): void {
      for (const story of stories) for (const one of waiting.get(story) ?? []) act(one, story);
    }
  }
}

function split(stories: string[]): string[][] {
  const groups: string[][] = [];
  let length = Infinity;
  for (const story of stories) {
    const own = encodeURIComponent(story).length + '&story='.length;
    const last = groups.at(-1);
    if (last && last.length < most && length + own <= longest) last.push(story);
    else {
      groups.push([story]);
      length = 0;
    }
    length += own;
  }
  return groups;
}
