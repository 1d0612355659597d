import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Comment, Comments, Problem } from '../../src/contract/types.js';
import { deleteComments } from '../../server/src/comments/changes.js';
import { decodeStoredCursor, decodeTimeCursor, encodeCursor } from '../../server/src/comments/cursor.js';
import { decideOnComments } from '../../server/src/comments/moderation.js';
import { voteOnComments } from '../../server/src/comments/votes.js';
import { postComments } from '../../server/src/comments/writes.js';
import { addReaders } from '../../server/src/readers/store.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;

describe.each(databases)('paging on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  beforeAll(async () => {
    server = await openTestServices(kind);
    const reader = { kind: 'guest' as const, verified: false, badges: [] };
    for (const id of ['writer', 'voter-a', 'voter-b'])
      await server.services.database.writer.submit(addReaders, {
        siteId: 'paper',
        reader: { ...reader, id, name: id },
      });
  });
  afterAll(() => server.close());
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  /** A story of its own, by key and id. */
  async function newStory() {
    const key = `${storyUrl}/pages-${stories++}`;
    return { key, id: (await server.services.stories.ensure(server.site, key)).id };
  }
  type Story = Awaited<ReturnType<typeof newStory>>;

  const write = (story: Story, texts: readonly string[], parentId: string | null = null, createdAt = Date.now()) =>
    Promise.all(
      texts.map((text) =>
        server.services.database.writer.submit(postComments, {
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
    );
  const ask = (story: Story, query: string) => server.ask(`/comments?${storyQuery(story.key)}${query}`);
  const read = async (story: Story, query: string) => {
    server.services.cache.drop(`story paper ${story.key}`);
    const answer = await ask(story, query);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Comments;
  };
  const code = async (answer: Response) => ((await answer.json()) as Problem).code;
  const idsOf = (comments: readonly Comment[]) => comments.map(({ id }) => id);
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `Comment ${index}`);

  /** Reads on from a page until the list ends, in one direction; `between` runs before each further page. */
  async function readOn(story: Story, query: string, first: Comments, back: boolean, between = async () => {}) {
    const pages = [first];
    let cursor = back ? first.prevCursor : first.nextCursor;
    while (cursor !== null) {
      await between();
      const page = await read(story, `${query}&cursor=${cursor}`);
      pages[back ? 'unshift' : 'push'](page);
      cursor = back ? page.prevCursor : page.nextCursor;
    }
    return pages.flatMap(({ comments }) => idsOf(comments));
  }

  test.each(sorts)('%s shows every root once, forwards and back', async (sort) => {
    const story = await newStory();
    const roots = await write(story, numbered(30));
    await Promise.all(roots.slice(0, 6).map((root) => write(story, numbered(2), root.id)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (limit) => {
        const query = `&sort=${sort}&limit=${limit}&replies=0`;
        const forwards = await readOn(story, query, await read(story, query), false);
        expect([...forwards].sort()).toEqual(idsOf(roots).sort());
        let last = await read(story, query);
        while (last.nextCursor !== null) last = await read(story, `${query}&cursor=${last.nextCursor}`);
        expect(await readOn(story, query, last, true)).toEqual(forwards);
      }),
      { numRuns: 5 },
    );
  });

  const change = fc.record({
    kind: fc.constantFrom('write', 'vote', 'delete', 'reply', 'pass'),
    which: fc.nat({ max: 1000 }),
    /** Long enough now and then for another version of a stored order. */
    seconds: fc.constantFrom(0, 1, 11),
  });
  test.each(sorts)(
    '%s neither skips nor repeats a comment, whatever is written, voted on or deleted between the pages',
    async (sort) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 7 }),
          fc.boolean(),
          fc.array(change, { minLength: 1, maxLength: 12 }),
          async (limit, ofReplies, changes) => {
            const story = await newStory();
            // Many share a millisecond, and so a place in the order by time.
            const [root] = await write(story, ['The first one']);
            const parentId = ofReplies ? root!.id : null;
            const there = [
              ...(await write(story, numbered(8), parentId)),
              ...(await write(story, numbered(8), parentId)),
            ];
            if (!ofReplies) there.push(root!);
            const deleted = new Set<string>();
            const left = [...changes];
            const between = async () => {
              const { kind, which, seconds } = left.shift() ?? { kind: 'pass', which: 0, seconds: 0 };
              vi.setSystemTime(Date.now() + seconds * 1000);
              const { id: commentId } = there[which % there.length]!;
              const { writer } = server.services.database;
              if (kind === 'write') await write(story, ['Another one'], parentId);
              if (kind === 'reply' && !deleted.has(commentId)) await write(story, ['A reply'], commentId);
              if (kind === 'vote' && !deleted.has(commentId))
                await writer.submit(voteOnComments, {
                  siteId: 'paper',
                  commentId,
                  readerId: which % 2 ? 'voter-a' : 'voter-b',
                  value: which % 3 ? 1 : -1,
                });
              if (kind === 'delete' && commentId !== root!.id) {
                await writer.submit(deleteComments, { siteId: 'paper', commentId, readerId: 'writer' });
                deleted.add(commentId);
              }
            };
            const query = `&sort=${sort}&limit=${limit}&replies=0${parentId === null ? '' : `&parent=${parentId}`}`;
            const seen = await readOn(story, query, await read(story, query), false, between);
            expect(seen).toHaveLength(new Set(seen).size);
            const missed = idsOf(there).filter((id) => !deleted.has(id) && !seen.includes(id));
            expect(missed).toEqual([]);
          },
        ),
        { numRuns: kind === 'sqlite' ? 25 : 12 },
      );
    },
  );

  test.each(['best', 'discussed'] as const)(
    '%s: a root written a moment ago stands on the first page',
    async (sort) => {
      const story = await newStory();
      await write(story, numbered(3));
      expect((await read(story, `&sort=${sort}`)).comments).toHaveLength(3);
      vi.setSystemTime(Date.now() + 1000);
      const [fresh] = await write(story, ['Just now']);
      expect(idsOf((await read(story, `&sort=${sort}&limit=2`)).comments)).toContain(fresh!.id);
    },
  );

  test('best follows the votes, ten seconds later at most', async () => {
    const story = await newStory();
    const [first, second] = await write(story, numbered(2));
    const [top, other] = [await read(story, '')].flatMap(({ comments }) => idsOf(comments));
    expect([top, other].sort()).toEqual([first!.id, second!.id].sort());
    await server.services.database.writer.submit(voteOnComments, {
      siteId: 'paper',
      commentId: other!,
      readerId: 'voter-a',
      value: 1,
    });
    vi.setSystemTime(Date.now() + 10_001);
    expect(idsOf((await read(story, '')).comments)).toEqual([other, top]);
  });

  test.each(['best', 'discussed'] as const)(
    '%s: a cursor holds a quarter of an hour after the next order',
    async (sort) => {
      const story = await newStory();
      await write(story, numbered(6));
      const query = `&sort=${sort}&limit=2`;
      const { nextCursor } = await read(story, query);
      const orderAnew = async (after: number) => {
        vi.setSystemTime(Date.now() + after);
        await write(story, ['Another one']);
        await read(story, query);
      };
      await orderAnew(60 * 60_000);
      expect((await read(story, `${query}&cursor=${nextCursor}`)).comments).toHaveLength(2);
      await orderAnew(15 * 60_000 + 1);
      const answer = await ask(story, `${query}&cursor=${nextCursor}`);
      expect(answer.status).toBe(410);
      expect(await code(answer)).toBe('cursor-expired');
    },
  );

  test('replies go on by the cursor of their comment', async () => {
    const story = await newStory();
    const [root] = await write(story, ['A root']);
    const replies = await write(story, numbered(5), root!.id);
    const [shown] = (await read(story, '&limit=1')).comments;
    expect(shown?.replies.comments).toHaveLength(3);
    const rest = await read(story, `&parent=${root!.id}&cursor=${shown?.replies.nextCursor}`);
    expect(idsOf([...shown!.replies.comments, ...rest.comments]).sort()).toEqual(idsOf(replies).sort());
    expect(rest.nextCursor).toBeNull();
  });

  describe('around a comment', () => {
    test.each(sorts)('%s: the page that holds a root, and the rest of the list on both sides', async (sort) => {
      const story = await newStory();
      const roots = [
        ...(await write(story, numbered(20))),
        ...(await write(story, numbered(20), null, Date.now() + 5)),
      ];
      const query = `&sort=${sort}&limit=7&replies=0`;
      const whole = await readOn(story, query, await read(story, query), false);
      for (const { id } of [roots[0]!, roots[13]!, roots[39]!]) {
        const page = await read(story, `${query}&anchor=${id}`);
        expect(idsOf(page.comments)).toContain(id);
        expect(page.comments.length).toBeLessThanOrEqual(7);
        const before = await readOn(story, query, page, true);
        const after = await readOn(story, query, page, false);
        expect([...before, ...after.slice(page.comments.length)]).toEqual(whole);
      }
    });

    test('a reply comes below its root, with all that stand between and its own first replies', async () => {
      const story = await newStory();
      const [root] = await write(story, numbered(10));
      const way = [root!];
      for (let depth = 1; depth < 8; depth++) {
        await write(story, numbered(4), way.at(-1)!.id);
        vi.setSystemTime(Date.now() + 5);
        way.push((await write(story, ['On the way'], way.at(-1)!.id))[0]!);
      }
      await write(story, numbered(2), way.at(-1)!.id);
      const page = await read(story, `&sort=newest&limit=3&anchor=${way.at(-1)!.id}`);
      let at = page.comments.find(({ id }) => id === root!.id);
      for (const { id } of way.slice(1)) {
        const siblings: Comment[] = at!.replies.comments;
        expect(siblings).toHaveLength(4);
        at = siblings.find((comment) => comment.id === id);
        expect(at?.parentId).not.toBeNull();
      }
      expect(at?.replies.comments).toHaveLength(2);
    });

    test('of a way ten thousand comments long, the end is carried', async () => {
      const story = await newStory();
      const [root] = await write(story, ['The root']);
      const { db, last } = { db: server.services.database.read, last: await deepen(story, root!, 10_000) };
      expect((await db.selectFrom('comments').select('depth').where('id', '=', last).executeTakeFirst())?.depth).toBe(
        10_000,
      );
      const page = await read(story, `&anchor=${last}`);
      const depth = (comment: Comment): number => 1 + Math.max(0, ...comment.replies.comments.map(depth));
      expect(depth(page.comments[0]!)).toBe(41);
      const [joint] = page.comments[0]!.replies.comments.slice(-1);
      expect(joint?.parentId).not.toBe(root!.id);
      expect(JSON.stringify(page)).toContain(last);
    });

    test('one that is hidden, of another story or unknown changes nothing', async () => {
      const [story, other] = [await newStory(), await newStory()];
      const [hidden] = await write(story, numbered(5));
      const [foreign] = await write(other, ['Elsewhere']);
      await server.services.database.writer.submit(decideOnComments, {
        siteId: 'paper',
        commentId: hidden!.id,
        decision: { state: 'rejected' },
      });
      const first = await read(story, '&sort=oldest&limit=2');
      for (const id of [hidden!.id, foreign!.id, '0192c3a0-0000-7000-8000-000000000000'])
        expect(await read(story, `&sort=oldest&limit=2&anchor=${id}`)).toEqual(first);
      expect((await ask(story, '&anchor=rubbish')).status).toBe(422);
    });

    test.each(sorts)('%s: a pinned one stands on the first page, above the others', async (sort) => {
      const story = await newStory();
      const roots = await write(story, numbered(12));
      await server.services.database.writer.submit(decideOnComments, {
        siteId: 'paper',
        commentId: roots[5]!.id,
        decision: { pinned: true },
      });
      const query = `&sort=${sort}&limit=3`;
      const page = await read(story, `${query}&anchor=${roots[5]!.id}`);
      expect(page.comments[0]?.id).toBe(roots[5]!.id);
      expect((await readOn(story, query, page, false)).sort()).toEqual(idsOf(roots).sort());
    });
  });

  test('what is held or taken away keeps its place, and nothing else, while a reply stands below it', async () => {
    const story = await newStory();
    const [held, alone] = await write(story, ['A secret', 'Another secret']);
    await write(story, ['A reply'], held!.id);
    for (const { id: commentId } of [held!, alone!])
      await server.services.database.writer.submit(decideOnComments, {
        siteId: 'paper',
        commentId,
        decision: { state: 'rejected' },
      });
    vi.setSystemTime(Date.now() + 11_000);
    const page = await read(story, '');
    expect(idsOf(page.comments)).toEqual([held!.id]);
    expect(page.comments[0]).toMatchObject({ state: 'removed', text: '', nodes: [], author: { id: '', name: '' } });
    expect(page.comments[0]?.replies.comments[0]?.text).toBe('A reply');
    expect(JSON.stringify(page)).not.toContain('secret');
  });

  test.each([
    'rubbish',
    Buffer.from('[2,"best",false,1]').toString('base64url'),
    Buffer.from('[2,"best",false,-1,0]').toString('base64url'),
    Buffer.from('[2,"best",false,1,1e300]').toString('base64url'),
    Buffer.from('[1,"newest",null,false,1,""]').toString('base64url'),
    encodeCursor({ sort: 'newest', parent: null, backwards: false, createdAt: 1, id: '' }),
    '%00',
  ])('a cursor that is not ours (%s) is refused', async (cursor) => {
    const answer = await ask(await newStory(), `&cursor=${encodeURIComponent(cursor)}`);
    expect(answer.status).toBe(422);
    expect(await code(answer)).toBe('cursor-invalid');
  });

  /** Puts a chain of replies below a comment, past the pipeline: one that was grown there would take minutes. */
  async function deepen(story: Story, root: Comment, depth: number): Promise<string> {
    let last = root.id;
    await server.services.database.writer.submit(
      {
        name: 'deepen',
        async run({ db }) {
          const [row] = await db.selectFrom('comments').selectAll().where('id', '=', root.id).execute();
          const rows = Array.from({ length: depth }, (_, index) => {
            const id = `${root.id.slice(0, 24)}${index.toString(16).padStart(12, '0')}`;
            const made = { ...row!, id, parentId: last, depth: index + 1, replies: index + 1 < depth ? 1 : 0 };
            last = id;
            return made;
          });
          for (let from = 0; from < depth; from += 500)
            await db
              .insertInto('comments')
              .values(rows.slice(from, from + 500))
              .execute();
          await db.updateTable('comments').set({ replies: 1 }).where('id', '=', root.id).execute();
          return [undefined];
        },
      },
      undefined,
    );
    return last;
  }
});

describe('a cursor', () => {
  const uuid = fc.uuid();
  const moment = fc.nat({ max: 2 ** 45 });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('newest' as const, 'oldest' as const),
        fc.option(uuid),
        fc.boolean(),
        moment,
        fc.oneof(uuid, fc.constant('')),
        (sort, parent, backwards, createdAt, id) => {
          const at = { sort, parent, backwards, createdAt, id };
          expect(decodeTimeCursor(encodeCursor(at), sort, parent)).toEqual(at);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('best' as const, 'discussed' as const),
        fc.boolean(),
        fc.nat(),
        fc.nat(),
        (sort, ...rest) => {
          const [backwards, version, position] = rest;
          const at = { sort, backwards, version, position };
          expect(decodeStoredCursor(encodeCursor(at), sort)).toEqual(at);
        },
      ),
    );
  });

  test('that is anything else is refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (cursor) => {
          for (const decode of [
            () => decodeTimeCursor(cursor, 'newest', null),
            () => decodeStoredCursor(cursor, 'best'),
          ])
            expect(decode).toThrow(expect.objectContaining({ code: 'cursor-invalid' }));
        },
      ),
    );
  });
});
