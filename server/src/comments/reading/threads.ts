import type { Comments } from 'afterword/contract';
import { tags, type PublicData } from '../../http/public-cache.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { RowCaches } from '../../storage/row-caches.js';
import type { StoryResolver } from '../../stories/story-resolver.js';
import { readPage, type CommentPage } from './paging.js';
import type { CommentSort, SortOrders } from './sort-orders.js';
import { readThread } from './thread-state.js';

/** Services needed to read a thread. */
export interface ThreadSources {
  readonly database: Database;
  readonly sortOrders: SortOrders;
  readonly rowCaches: RowCaches;
  readonly stories: StoryResolver;
}

interface ThreadPageRequest {
  readonly sort: CommentSort;
  readonly limit: number;
  readonly replies: number;
  readonly parent?: string | undefined;
  readonly cursor?: string | undefined;
  readonly anchor?: string | undefined;
}

const emptyPage: CommentPage = { comments: [], prevCursor: null, nextCursor: null };

/** Reads one page of a story's thread for the public. An unknown story has an empty thread. */
export function readThreadPage(
  sources: ThreadSources,
  site: Site,
  storyKey: string,
  request: ThreadPageRequest,
): Promise<PublicData<Comments>> {
  // A new version of a sort order refers to the story.
  return sources.rowCaches.retry(() => readOnce(sources, site, storyKey, request));
}

async function readOnce(
  sources: ThreadSources,
  site: Site,
  storyKey: string,
  request: ThreadPageRequest,
): Promise<PublicData<Comments>> {
  const story = await sources.stories.find(site, storyKey);
  const { total, version, ...thread } = await readThread(sources, site, story);
  const parent = request.parent ?? null;
  const page = story
    ? await readPage(sources.database.read, sources.sortOrders, {
        ...request,
        storyId: story.id,
        parent,
        cursor: request.cursor,
        anchor: request.anchor,
      })
    : emptyPage;
  return {
    value: { ...page, total, thread, version },
    tags: [tags.site(site.id), tags.story(site, story?.key ?? storyKey)],
  };
}
