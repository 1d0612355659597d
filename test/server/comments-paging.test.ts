import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { decideOnComments } from '../../server/src/comments/moderation/decisions.js';
import { encodeCursor } from '../../server/src/comments/reading/cursor.js';
import { deleteComments } from '../../server/src/comments/writing/edit.js';
import { voteOnComments } from '../../server/src/comments/writing/vote.js';
import type { Problem } from '../../src/contract/types.js';
import { idsOf, numbered, openThreadServer, type ThreadServer } from './comments-thread-server.js';
import { databases } from './setup.js';

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;

describe.each(databases)('comment paging on %s', (kind) => {
  let server: ThreadServer;
  beforeAll(async () => {
    server = await openThreadServer(kind);
  });
  afterAll(() => server.close());
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  const code = async (answer: Response) => ((await answer.json()) as Problem).code;

  test.each(sorts)('%s returns every root exactly once, forwards and backwards', async (sort) => {
    const story = await server.newStory();
    const roots = await server.write(story, numbered(30));
    await Promise.all(roots.slice(0, 6).map((root) => server.write(story, numbered(2), root.id)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (limit) => {
        const query = `&sort=${sort}&limit=${limit}&replies=0`;
        const forwards = await server.readOn(story, query, await server.readPage(story, query), false);
        expect([...forwards].sort()).toEqual(idsOf(roots).sort());
        let last = await server.readPage(story, query);
        while (last.nextCursor !== null) last = await server.readPage(story, `${query}&cursor=${last.nextCursor}`);
        expect(await server.readOn(story, query, last, true)).toEqual(forwards);
      }),
      { numRuns: 5 },
    );
  });

  const change = fc.record({
    kind: fc.constantFrom('write', 'vote', 'delete', 'reply', 'pass'),
    which: fc.nat({ max: 1000 }),
    /** More than 10 s allow a new version of the stored order. */
    seconds: fc.constantFrom(0, 1, 11),
  });
  test.each(sorts)(
    '%s neither skips nor repeats a comment while others post, vote and delete between pages',
    async (sort) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 7 }),
          fc.boolean(),
          fc.array(change, { minLength: 1, maxLength: 12 }),
          async (limit, ofReplies, changes) => {
            const story = await server.newStory();
            // Most comments share a creation time, so that ids break ties.
            const [root] = await server.write(story, ['The first one']);
            const parentId = ofReplies ? root!.id : null;
            const there = [
              ...(await server.write(story, numbered(8), parentId)),
              ...(await server.write(story, numbered(8), parentId)),
            ];
            if (!ofReplies) there.push(root!);
            const deleted = new Set<string>();
            const left = [...changes];
            const between = async () => {
              const { kind, which, seconds } = left.shift() ?? { kind: 'pass', which: 0, seconds: 0 };
              vi.setSystemTime(Date.now() + seconds * 1000);
              const { id: commentId } = there[which % there.length]!;
              const { writer } = server.services.database;
              if (kind === 'write') await server.write(story, ['Another one'], parentId);
              if (kind === 'reply' && !deleted.has(commentId)) await server.write(story, ['A reply'], commentId);
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
            const seen = await server.readOn(story, query, await server.readPage(story, query), false, between);
            expect(seen).toHaveLength(new Set(seen).size);
            const missed = idsOf(there).filter((id) => !deleted.has(id) && !seen.includes(id));
            expect(missed).toEqual([]);
          },
        ),
        { numRuns: kind === 'sqlite' ? 25 : 12 },
      );
    },
  );

  test.each(['best', 'discussed'] as const)('%s: includes a new root in the first page at once', async (sort) => {
    const story = await server.newStory();
    await server.write(story, numbered(3));
    expect((await server.readPage(story, `&sort=${sort}`)).comments).toHaveLength(3);
    vi.setSystemTime(Date.now() + 1000);
    const [fresh] = await server.write(story, ['Just now']);
    expect(idsOf((await server.readPage(story, `&sort=${sort}&limit=2`)).comments)).toContain(fresh!.id);
  });

  test('sorts `best` by votes after at most ten seconds', async () => {
    const story = await server.newStory();
    const [first, second] = await server.write(story, numbered(2));
    const [top, other] = [await server.readPage(story, '')].flatMap(({ comments }) => idsOf(comments));
    expect([top, other].sort()).toEqual([first!.id, second!.id].sort());
    await server.services.database.writer.submit(voteOnComments, {
      siteId: 'paper',
      commentId: other!,
      readerId: 'voter-a',
      value: 1,
    });
    vi.setSystemTime(Date.now() + 10_001);
    expect(idsOf((await server.readPage(story, '')).comments)).toEqual([other, top]);
  });

  test.each(['best', 'discussed'] as const)(
    '%s: keeps a cursor valid for 15 minutes after the next version of the order',
    async (sort) => {
      const story = await server.newStory();
      await server.write(story, numbered(6));
      const query = `&sort=${sort}&limit=2`;
      const { nextCursor } = await server.readPage(story, query);
      const rebuildOrder = async (after: number) => {
        vi.setSystemTime(Date.now() + after);
        await server.write(story, ['Another one']);
        await server.readPage(story, query);
      };
      await rebuildOrder(60 * 60_000);
      expect((await server.readPage(story, `${query}&cursor=${nextCursor}`)).comments).toHaveLength(2);
      await rebuildOrder(15 * 60_000 + 1);
      const answer = await server.requestPage(story, `${query}&cursor=${nextCursor}`);
      expect(answer.status).toBe(410);
      expect(await code(answer)).toBe('cursor-expired');
    },
  );

  test('pages over replies by the cursor of their parent', async () => {
    const story = await server.newStory();
    const [root] = await server.write(story, ['A root']);
    const replies = await server.write(story, numbered(5), root!.id);
    const [shown] = (await server.readPage(story, '&limit=1')).comments;
    expect(shown?.replies.comments).toHaveLength(3);
    const rest = await server.readPage(story, `&parent=${root!.id}&cursor=${shown?.replies.nextCursor}`);
    expect(idsOf([...shown!.replies.comments, ...rest.comments]).sort()).toEqual(idsOf(replies).sort());
    expect(rest.nextCursor).toBeNull();
  });

  test('replaces a held or removed comment by an empty placeholder while it has replies', async () => {
    const story = await server.newStory();
    const [held, alone] = await server.write(story, ['A secret', 'Another secret']);
    await server.write(story, ['A reply'], held!.id);
    for (const { id: commentId } of [held!, alone!])
      await server.services.database.writer.submit(decideOnComments, {
        siteId: 'paper',
        commentId,
        decision: { state: 'rejected' },
      });
    vi.setSystemTime(Date.now() + 11_000);
    const page = await server.readPage(story, '');
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
  ])('refuses an invalid cursor (%s)', async (cursor) => {
    const answer = await server.requestPage(await server.newStory(), `&cursor=${encodeURIComponent(cursor)}`);
    expect(answer.status).toBe(422);
    expect(await code(answer)).toBe('cursor-invalid');
  });
});
