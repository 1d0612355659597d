import { limits, type Comments, type Thread } from 'afterword/contract';
import { tags, type Shown } from '../http/public-cache.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import type { KnownStory } from '../stories/known-stories.js';
import type { CommentSort } from './cursor.js';
import { readPage, type CommentPage } from './paging.js';

interface ThreadPageRequest {
  readonly sort: CommentSort;
  readonly limit: number;
  readonly replies: number;
  readonly parent?: string | undefined;
  readonly cursor?: string | undefined;
  readonly anchor?: string | undefined;
}

const emptyPage: CommentPage = { comments: [], prevCursor: null, nextCursor: null };

/** A page of a story's thread, as everybody sees it. A story never seen has an empty thread. */
export async function readThreadPage(
  services: Services,
  site: Site,
  storyKey: string,
  request: ThreadPageRequest,
): Promise<Shown<Comments>> {
  const story = await services.stories.find(site.id, storyKey);
  const { total, version, ...thread } = await shownThread(services, site, story);
  const parent = request.parent ?? null;
  const page = story
    ? await readPage(services.database.read, services.orders, {
        ...request,
        storyId: story.id,
        parent,
        cursor: request.cursor,
        anchor: request.anchor,
      })
    : emptyPage;
  return {
    value: { ...page, total, thread, version },
    tags: [tags.site(site.id), tags.story(site.id, story?.key ?? storyKey)],
  };
}

/** When a story's thread closes by itself, in milliseconds since 1970, or `null`. */
function closesByAge({ settings }: Site, { since }: KnownStory): number | null {
  return settings.closeAfterDays === null ? null : since + settings.closeAfterDays * dayMillis;
}

export function isClosedByAge(site: Site, story: KnownStory): boolean {
  const closesAt = closesByAge(site, story);
  return closesAt !== null && closesAt <= Date.now();
}

const dayMillis = 24 * 60 * 60_000;

/** Whether a story's thread takes comments, under which rules, and how many it holds. */
export async function shownThread(
  { database }: Pick<Services, 'database'>,
  site: Site,
  story: KnownStory | undefined,
): Promise<Thread & { total: number; version: number }> {
  const row =
    story && (await database.read.selectFrom('threads').selectAll().where('storyId', '=', story.id).executeTakeFirst());
  const closesAt = row?.closesAt ?? (story ? closesByAge(site, story) : null);
  const { who, votes, editSeconds, moderation } = site.settings;
  return {
    state: row?.state === 'open' && closesAt !== null && closesAt <= Date.now() ? 'closed' : (row?.state ?? 'open'),
    closesAt: closesAt === null ? null : new Date(closesAt).toISOString(),
    question: row?.question ?? null,
    rules: { who, votes, editSeconds, moderation, maxGraphemes: limits.commentGraphemes },
    total: row?.total ?? 0,
    version: row?.version ?? 0,
  };
}
