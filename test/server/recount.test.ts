import type { Comment } from 'afterword/contract';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commentCounters, sortOrderLengths, threadTotals } from '../../server/src/comments/counter-checks.js';
import { decideOnComments } from '../../server/src/comments/moderation/decisions.js';
import { recount } from '../../server/src/ops/recount.js';
import { tallyCounters } from '../../server/src/reactions/counter-checks.js';
import type { CounterDifference } from '../../server/src/storage/counter-check.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

const checks = [commentCounters, threadTotals, tallyCounters, sortOrderLengths];

describe.each(databases)('recount on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
  });
  afterEach(() => server.close());

  async function post(token: string, text: string, parentId?: string): Promise<Comment> {
    const answer = await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text, parentId } });
    return ((await answer.json()) as { comment: Comment }).comment;
  }
  const vote = (token: string, id: string, value: number) =>
    server.ask(`/comments/${id}/vote`, { method: 'PUT', token, json: { value } });
  const react = (token: string, choice: string) =>
    server.ask('/reactions', { method: 'PUT', token, json: { story: storyUrl, poll: 'reactions', choice } });
  const remove = (commentId: string) =>
    server.services.database.writer.submit(decideOnComments, {
      siteId: 'paper',
      commentId,
      decision: { state: 'removed' },
    });

  /** Writes past the commands that keep counters and rows in step. */
  const damage = (statement: ReturnType<typeof sql>) =>
    server.services.database.writer.submit(
      {
        name: 'damage',
        run: async ({ db }, statements: readonly (typeof statement)[]) => {
          for (const each of statements) await each.execute(db);
          return statements.map(() => undefined);
        },
      },
      statement,
    );

  /** A thread with a removed comment that is listed for its reply, votes of both kinds, reactions and a stored order. */
  async function fill() {
    const [lan, minh, hoa] = [await server.guest('Lan'), await server.guest('Minh'), await server.guest('Hoa')];
    const root = await post(lan, 'The bridge is open again.');
    const removed = await post(minh, 'Nonsense.', root.id);
    const reply = await post(hoa, 'What was it?', removed.id);
    await remove(removed.id);
    await vote(minh, root.id, 1);
    await vote(hoa, root.id, 1);
    await vote(lan, reply.id, -1);
    await react(lan, 'great');
    await react(minh, 'fun');
    await react(hoa, 'fun');
    await server.ask(`/comments?${storyQuery()}&sort=best`);
    const { id } = await server.services.database.read.selectFrom('stories').select('id').executeTakeFirstOrThrow();
    return { root, removed, reply, storyId: id };
  }

  it('exits with 0 where every counter is equal', async () => {
    await fill();
    const { code, stdout, stderr } = await runCommand(server, 'recount');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+ rows compared\. All counters are equal to their rows\.\n$/);
  });

  it('prints each counter that differs and exits with 1; --fix mends them all', async () => {
    const { root, removed, reply, storyId } = await fill();
    const scoreBefore = await server.services.database.read
      .selectFrom('comments')
      .select('score')
      .where('id', '=', root.id)
      .executeTakeFirstOrThrow();
    await damage(sql`update comments set up = 7, score = 3 where id = ${root.id}`);
    await damage(sql`update comments set down = 0 where id = ${reply.id}`);
    await damage(sql`update comments set replies = 5 where id = ${removed.id}`);
    await damage(sql`update threads set total = 40 where story_id = ${storyId}`);
    await damage(sql`update reaction_tallies set voters = 9, counts_json = '{"great":4,"fun":2}'`);
    await damage(sql`update thread_orders set length = 12`);
    const found = await runCommand(server, 'recount');
    expect(found.code).toBe(1);
    expect(found.stderr).toBe(
      'afterword: 8 counters differ from their rows. Mend them with: afterword recount --fix\n',
    );
    const lines = found.stdout.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('comments.score')).sort()).toEqual(
      [
        `comments.up\t${root.id}\tstored 7\tcounted 2`,
        `comments.down\t${reply.id}\tstored 0\tcounted 1`,
        `comments.replies\t${removed.id}\tstored 5\tcounted 1`,
        `threads.total\t${storyId}\tstored 40\tcounted 2`,
        `reaction_tallies.voters\t${storyId} reactions\tstored 9\tcounted 3`,
        `reaction_tallies.counts.great\t${storyId} reactions\tstored 4\tcounted 1`,
        `thread_orders.length\t${storyId} best 1\tstored 12\tcounted 1`,
      ].sort(),
    );
    expect(lines.filter((line) => line.startsWith(`comments.score\t${root.id}\tstored 3\tcounted `))).toHaveLength(1);

    const mended = await runCommand(server, 'recount', '--fix');
    expect(mended).toMatchObject({ code: 0, stderr: '' });
    expect(mended.stdout).toMatch(/8 counters are mended\.\n$/);
    expect((await runCommand(server, 'recount')).code).toBe(0);
    const { read } = server.services.database;
    const row = await read.selectFrom('comments').selectAll().where('id', '=', root.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ up: 2, down: 0, score: scoreBefore.score });
  });

  it('creates counters whose row is missing', async () => {
    const { storyId } = await fill();
    await damage(sql`delete from thread_order_ids`);
    await damage(sql`delete from thread_orders`);
    await damage(sql`delete from threads`);
    await damage(sql`delete from reaction_tallies`);
    expect((await runCommand(server, 'recount')).stdout).toContain(`threads.total\t${storyId}\tstored 0\tcounted 2\n`);
    expect((await runCommand(server, 'recount', '--fix')).code).toBe(0);
    const answer = await server.ask(`/reactions?${storyQuery()}&poll=reactions&cached=no`);
    expect(await answer.json()).toMatchObject({ total: 3, counts: { great: 1, fun: 2 } });
    expect((await runCommand(server, 'recount')).code).toBe(0);
  });

  it('mends the ancestors of a comment that was listed by its wrong count alone', async () => {
    const { root, removed, reply } = await fill();
    await damage(sql`update comments set state = 'removed', replies = 3 where id = ${reply.id}`);
    await damage(sql`update threads set total = 1`);
    // The parents agree with the wrong count, and so do not differ until it is mended.
    expect((await runCommand(server, 'recount')).stdout.trim().split('\n')).toEqual([
      `comments.replies\t${reply.id}\tstored 3\tcounted 0`,
    ]);
    expect((await runCommand(server, 'recount', '--fix')).stdout).toContain('3 counters are mended.');
    const rows = await server.services.database.read.selectFrom('comments').select(['id', 'replies']).execute();
    expect(new Map(rows.map(({ id, replies }) => [id, replies]))).toEqual(
      new Map([root.id, removed.id, reply.id].map((id) => [id, 0])),
    );
    expect((await runCommand(server, 'recount')).code).toBe(0);
  });

  it('finds no difference while the server writes, with and without --fix', async () => {
    const { root } = await fill();
    const tokens = await Promise.all(Array.from({ length: 12 }, (_, index) => server.guest(`Reader ${index}`)));
    const found: CounterDifference[] = [];
    let isWriting = true;
    let rounds = 0;
    const recounting = (async () => {
      while (isWriting || rounds < 4) {
        const options = { fix: rounds % 2 === 1, report: (difference: CounterDifference) => found.push(difference) };
        await recount(server.services.database, checks, options);
        rounds += 1;
      }
    })();
    for (let round = 0; round < 6; round++) {
      await Promise.all(
        tokens.map(async (token, index) => {
          const comment = await post(token, `Round ${round} of ${index}`, index % 2 ? root.id : undefined);
          await vote(token, root.id, round % 2 ? 1 : -1);
          await react(token, round % 2 ? 'great' : 'fun');
          if (index % 3 === 0) await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
        }),
      );
    }
    isWriting = false;
    await recounting;
    expect(found).toEqual([]);
    expect(rounds).toBeGreaterThan(1);
  });
});
