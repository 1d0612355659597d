import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { decideOnComments } from '../../server/src/comments/moderation/decisions.js';
import type { Comment } from '../../src/contract/types.js';
import { idsOf, numbered, openThreadServer, type ThreadServer } from './comments-thread-server.js';
import { databases } from './setup.js';

const sorts = ['best', 'newest', 'oldest', 'discussed'] as const;

describe.each(databases)('comment anchors on %s', (kind) => {
  let server: ThreadServer;
  beforeAll(async () => {
    server = await openThreadServer(kind);
  });
  afterAll(() => server.close());
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  test.each(sorts)('%s: returns the page around a root and cursors in both directions', async (sort) => {
    const story = await server.newStory();
    const roots = [
      ...(await server.write(story, numbered(20))),
      ...(await server.write(story, numbered(20), null, Date.now() + 5)),
    ];
    const query = `&sort=${sort}&limit=7&replies=0`;
    const whole = await server.readOn(story, query, await server.readPage(story, query), false);
    for (const { id } of [roots[0]!, roots[13]!, roots[39]!]) {
      const page = await server.readPage(story, `${query}&anchor=${id}`);
      expect(idsOf(page.comments)).toContain(id);
      expect(page.comments.length).toBeLessThanOrEqual(7);
      const before = await server.readOn(story, query, page, true);
      const after = await server.readOn(story, query, page, false);
      expect([...before, ...after.slice(page.comments.length)]).toEqual(whole);
    }
  });

  test('nests an anchored reply below its ancestors, each with its first replies', async () => {
    const story = await server.newStory();
    const [root] = await server.write(story, numbered(10));
    const path = [root!];
    for (let depth = 1; depth < 8; depth++) {
      await server.write(story, numbered(4), path.at(-1)!.id);
      vi.setSystemTime(Date.now() + 5);
      path.push((await server.write(story, ['Ancestor'], path.at(-1)!.id))[0]!);
    }
    await server.write(story, numbered(2), path.at(-1)!.id);
    const page = await server.readPage(story, `&sort=newest&limit=3&anchor=${path.at(-1)!.id}`);
    let at = page.comments.find(({ id }) => id === root!.id);
    for (const { id } of path.slice(1)) {
      const siblings: Comment[] = at!.replies.comments;
      expect(siblings).toHaveLength(4);
      at = siblings.find((comment) => comment.id === id);
      expect(at?.parentId).not.toBeNull();
    }
    expect(at?.replies.comments).toHaveLength(2);
  });

  test('returns only the lower end of a path of ten thousand ancestors', async () => {
    const story = await server.newStory();
    const [root] = await server.write(story, ['The root']);
    const last = await insertReplyChain(root!, 10_000);
    const { read } = server.services.database;
    expect((await read.selectFrom('comments').select('depth').where('id', '=', last).executeTakeFirst())?.depth).toBe(
      10_000,
    );
    const page = await server.readPage(story, `&anchor=${last}`);
    const depth = (comment: Comment): number => 1 + Math.max(0, ...comment.replies.comments.map(depth));
    expect(depth(page.comments[0]!)).toBe(41);
    const [joint] = page.comments[0]!.replies.comments.slice(-1);
    expect(joint?.parentId).not.toBe(root!.id);
    expect(JSON.stringify(page)).toContain(last);
  });

  test('ignores an anchor that is hidden, unknown or on another story', async () => {
    const [story, other] = [await server.newStory(), await server.newStory()];
    const [hidden] = await server.write(story, numbered(5));
    const [foreign] = await server.write(other, ['Elsewhere']);
    await server.services.database.writer.submit(decideOnComments, {
      siteId: 'paper',
      commentId: hidden!.id,
      decision: { state: 'rejected' },
    });
    const first = await server.readPage(story, '&sort=oldest&limit=2');
    for (const id of [hidden!.id, foreign!.id, '0192c3a0-0000-7000-8000-000000000000'])
      expect(await server.readPage(story, `&sort=oldest&limit=2&anchor=${id}`)).toEqual(first);
    expect((await server.requestPage(story, '&anchor=rubbish')).status).toBe(422);
  });

  test.each(sorts)('%s: returns a pinned comment first', async (sort) => {
    const story = await server.newStory();
    const roots = await server.write(story, numbered(12));
    await server.services.database.writer.submit(decideOnComments, {
      siteId: 'paper',
      commentId: roots[5]!.id,
      decision: { pinned: true },
    });
    const query = `&sort=${sort}&limit=3`;
    const page = await server.readPage(story, `${query}&anchor=${roots[5]!.id}`);
    expect(page.comments[0]?.id).toBe(roots[5]!.id);
    expect((await server.readOn(story, query, page, false)).sort()).toEqual(idsOf(roots).sort());
  });

  /** Inserts a chain of nested replies directly, since posting them would take minutes. */
  async function insertReplyChain(root: Comment, depth: number): Promise<string> {
    let last = root.id;
    await server.services.database.writer.submit(
      {
        name: 'insert-reply-chain',
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
