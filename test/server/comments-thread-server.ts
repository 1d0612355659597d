import { expect } from 'vitest';
import { postComments } from '../../server/src/comments/writing/post.js';
import { addReaders, newGuestRow } from '../../server/src/readers/store.js';
import type { Comment, Comments } from '../../src/contract/types.js';
import { openTestServices, storyQuery, storyUrl, type DatabaseKind, type TestServer } from './setup.js';

export interface TestStory {
  readonly key: string;
  readonly id: string;
}

export interface ThreadServer extends TestServer {
  /** Creates a story. */
  newStory(): Promise<TestStory>;
  /** Stores comments without the rules and limits of the API. */
  write(story: TestStory, texts: readonly string[], parentId?: string | null, createdAt?: number): Promise<Comment[]>;
  requestPage(story: TestStory, query: string): Promise<Response>;
  /** Reads a page past the cache. */
  readPage(story: TestStory, query: string): Promise<Comments>;
  /** Reads all further pages in one direction and returns all ids; `between` runs before each page. */
  readOn(
    story: TestStory,
    query: string,
    first: Comments,
    backwards: boolean,
    between?: () => Promise<void>,
  ): Promise<string[]>;
}

export const idsOf = (comments: readonly Comment[]) => comments.map(({ id }) => id);
export const numbered = (count: number) => Array.from({ length: count }, (_, index) => `Comment ${index}`);

/** Opens a server for tests of long threads, with a writer and two voters. */
export async function openThreadServer(kind: DatabaseKind): Promise<ThreadServer> {
  const server = await openTestServices(kind);
  const { cache, database, stories } = server.services;
  for (const id of ['writer', 'voter-a', 'voter-b'])
    await database.writer.submit(addReaders, { ...newGuestRow('paper', id), id });
  let storyCount = 0;

  const requestPage = (story: TestStory, query: string) => server.ask(`/comments?${storyQuery(story.key)}${query}`);
  async function readPage(story: TestStory, query: string): Promise<Comments> {
    cache.drop(`story paper ${story.key}`);
    const answer = await requestPage(story, query);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Comments;
  }

  return {
    ...server,
    requestPage,
    readPage,
    async newStory() {
      const key = `${storyUrl}/pages-${storyCount++}`;
      return { key, id: (await stories.findOrCreate(server.site, key)).id };
    },
    write: (story, texts, parentId = null, createdAt = Date.now()) =>
      Promise.all(
        texts.map((text) =>
          database.writer.submit(postComments, {
            siteId: 'paper',
            storyId: story.id,
            parentId,
            author: { id: 'writer', name: 'writer', badges: [] },
            text,
            nodes: [],
            findings: [],
            createdAt,
            idempotency: undefined,
          }),
        ),
      ),
    async readOn(story, query, first, backwards, between = async () => {}) {
      const pages = [first];
      let cursor = backwards ? first.prevCursor : first.nextCursor;
      while (cursor !== null) {
        await between();
        const page = await readPage(story, `${query}&cursor=${cursor}`);
        pages[backwards ? 'unshift' : 'push'](page);
        cursor = backwards ? page.prevCursor : page.nextCursor;
      }
      return pages.flatMap(({ comments }) => idsOf(comments));
    },
  };
}
