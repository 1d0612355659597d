import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decideOnComments } from '../../server/src/comments/moderation/decisions.js';
import { readCommentDetails, readQueue } from '../../server/src/comments/moderation/queue.js';
import type {
  Comment,
  CommentAnswer,
  CommentHistory,
  CommentNode,
  Comments,
  Me,
  Problem,
} from '../../src/contract/types.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('comment moderation on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  let story = '';
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    story = `${storyUrl}/moderation-${stories++}`;
  });

  const post = async (token: string, text: string, rest: object = {}) => {
    const answer = await server.ask('/comments', { method: 'POST', token, json: { story, text, ...rest } });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const edit = async (token: string, { id }: Comment, json: object) => {
    const answer = await server.ask(`/comments/${id}`, { method: 'PATCH', token, json });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const read = async () => (await (await server.ask(`/comments?${storyQuery(story)}&sort=newest`)).json()) as Comments;
  const me = async (token: string) => (await (await server.ask(`/me?${storyQuery(story)}`, { token })).json()) as Me;
  const code = async (answer: Response) => ((await answer.json()) as Problem).code;
  let lastHost = 0;
  /** Reports a comment from a network of its own, or from the given address. */
  const report = (token: string, { id }: { id: string }, json: object, address = `203.0.113.${++lastHost}`) =>
    server.ask(`/comments/${id}/reports`, { method: 'POST', token, json, address });
  const history = (id: string) => server.ask(`/comments/${id}/history`);
  const decide = (
    { id: commentId }: Comment,
    decision: Parameters<typeof decideOnComments.run>[1][number]['decision'],
    revision?: number,
  ) => server.services.database.writer.submit(decideOnComments, { siteId: 'paper', commentId, decision, revision });

  describe('reports', () => {
    test('hold a comment after three reporters; the author gets the reason, moderators get the details', async () => {
      const writer = await server.guest();
      const comment = await post(writer, 'Một lời khó nghe');
      const first = await server.guest();
      for (const reason of ['abuse', 'hate'])
        expect((await report(first, comment, { reason, note: 'Xem lại giúp' })).status).toBe(202);
      await report(await server.guest(), comment, { reason: 'spam' });
      expect((await read()).comments).toHaveLength(1);
      await report(await server.guest(), comment, { reason: 'spam' });
      expect((await read()).comments).toHaveLength(0);
      expect((await me(writer)).own[0]).toMatchObject({ state: 'pending', reasons: ['reported'] });
      const { database } = server.services;
      const [row] = (await readQueue(database, 'paper', 'pending', 50)).filter(({ id }) => id === comment.id);
      expect(row).toMatchObject({ reports: 3 });
      expect(row?.findingsJson).toContain('3 reports');
      const found = await readCommentDetails(database, 'paper', comment.id);
      expect(found?.reports.map(({ reason }) => reason)).toEqual(['hate', 'spam', 'spam']);
    });

    test('do not hold an approved comment until it is edited', async () => {
      const writer = await server.guest();
      const comment = await post(writer, 'Bị báo cáo oan');
      await decide(comment, { state: 'visible' });
      const reportThrice = async () => {
        for (let reader = 0; reader < 3; reader++) await report(await server.guest(), comment, { reason: 'off-topic' });
      };
      await reportThrice();
      expect((await read()).comments).toHaveLength(1);
      await edit(writer, comment, { text: 'Nói khác đi' });
      await reportThrice();
      expect((await read()).comments).toHaveLength(0);
    });

    /** Reports by guests, each from one of the addresses in turn. */
    const reportAs = async (count: number, comment: Comment, addresses?: readonly string[]) => {
      for (let reader = 0; reader < count; reader++)
        await report(await server.guest(), comment, { reason: 'abuse' }, addresses?.[reader % addresses.length]);
    };
    const identify = async (token: string) => {
      const { reader } = await me(token);
      await server.services.database.writer.submit(
        {
          name: 'identify',
          async run({ db }) {
            await db.updateTable('readers').set({ kind: 'signed-on' }).where('id', '=', reader.id).execute();
            return [undefined];
          },
        },
        undefined,
      );
    };

    test.each([
      ['one address', ['198.51.100.1']],
      ['two addresses', ['198.51.100.1', '198.51.100.2']],
      ['one IPv6 customer', ['2001:db8:7:1::1', '2001:db8:7:2::1', '2001:db8:7:3::1']],
    ])('do not hold a comment by many guests of %s', async (_, addresses) => {
      const comment = await post(await server.guest(), 'Một lời bị ghét');
      await reportAs(6, comment, addresses);
      expect((await read()).comments).toHaveLength(1);
    });

    test('count identified readers of one network, each for one', async () => {
      const comment = await post(await server.guest(), 'Một lời bị ghét');
      for (let reader = 0; reader < 3; reader++) {
        const token = await server.guest();
        await identify(token);
        expect((await read()).comments).toHaveLength(1);
        await report(token, comment, { reason: 'hate' }, '198.51.100.9');
      }
      expect((await read()).comments).toHaveLength(0);
    });

    test('store no address, and no hash that is the same for two comments', async () => {
      const comments = [await post(await server.guest(), 'Một'), await post(await server.guest(), 'Hai')];
      const token = await server.guest();
      for (const comment of comments) await report(token, comment, { reason: 'spam' }, '198.51.100.77');
      const rows = await server.services.database.read
        .selectFrom('comment_reports')
        .selectAll()
        .where(
          'commentId',
          'in',
          comments.map(({ id }) => id),
        )
        .execute();
      expect(JSON.stringify(rows)).not.toContain('198.51');
      expect(new Set(rows.map(({ networkHash }) => networkHash)).size).toBe(2);
    });

    test('queue a comment that the newsroom has picked or written, but never hide it', async () => {
      const writer = await server.guest();
      const [pinned, featured, approved] = [
        await post(writer, 'Một'),
        await post(writer, 'Hai'),
        await post(writer, 'Ba'),
      ];
      await decide(pinned, { pinned: true });
      await decide(featured, { featured: true });
      await decide(approved, { state: 'visible' });
      const colleague = await server.guest('Thu Hà');
      await server.services.readers.setBadges((await me(colleague)).reader.id, ['staff']);
      const staff = await post(colleague, 'Bốn');
      for (const comment of [pinned, featured, approved, staff]) await reportAs(4, comment);
      expect((await read()).comments).toHaveLength(4);
      const listed = await runCommand(server, 'comments', 'list', '--site', 'paper', '--state', 'reported');
      for (const { id } of [pinned, featured, approved, staff]) expect(listed.stdout).toContain(`${id}@1\t`);
      await decide(staff, { state: 'visible' });
      const after = await runCommand(server, 'comments', 'list', '--site', 'paper', '--state', 'reported');
      expect(after.stdout).not.toContain(staff.id);
    });

    test('hold a pinned comment that its author has edited', async () => {
      const writer = await server.guest();
      const comment = await post(writer, 'Lời hay');
      await decide(comment, { pinned: true });
      await edit(writer, comment, { text: 'Lời dở' });
      await reportAs(3, comment);
      expect((await read()).comments).toHaveLength(0);
    });

    test.each([
      [{ reason: 'boring' }, 422, 'validation-failed'],
      [{}, 422, 'validation-failed'],
      [{ reason: 'spam', note: 'a'.repeat(1001) }, 422, 'validation-failed'],
    ])('refuses an invalid report: %j', async (json, status, expected) => {
      const answer = await report(await server.guest(), await post(await server.guest(), 'Gì đó'), json);
      expect(answer.status).toBe(status);
      expect(await code(answer)).toBe(expected);
    });

    test('refuse an unknown comment', async () => {
      const token = await server.guest();
      const gone = await post(token, 'Sắp xoá');
      await server.ask(`/comments/${gone.id}`, { method: 'DELETE', token });
      for (const id of [gone.id, '0192c3a0-0000-7000-8000-000000000000'])
        expect((await report(token, { id }, { reason: 'spam' })).status).toBe(404);
    });
  });

  describe('decisions', () => {
    const comments = (...argv: string[]) => runCommand(server, 'comments', ...argv, '--site', 'paper');
    const stateOf = async ({ id }: Comment) =>
      (await readCommentDetails(server.services.database, 'paper', id))?.comment;
    const hold = async () => {
      const { sites } = server.services;
      await sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
      const token = await server.guest();
      const comment = await post(token, 'Một lời hiền lành');
      return { token, comment, after: () => sites.put(server.site) };
    };

    test('do not publish a text that the moderator has not read', async () => {
      const { token, comment, after } = await hold();
      expect((await comments('list')).stdout).toContain(`${comment.id}@1\t`);
      await edit(token, comment, { text: 'Một lời độc địa' });
      for (const id of [`${comment.id}@1`, comment.id]) {
        const stale = await comments('approve', id);
        expect(stale).toMatchObject({ code: 1, stdout: '' });
        expect(stale.stderr).toMatch(
          /^afterword: \S+: The comment has changed since it was listed\. .*comments show.*\n$/,
        );
      }
      expect(await stateOf(comment)).toMatchObject({ state: 'pending', revision: 2 });
      const shown = (await comments('show', comment.id)).stdout;
      expect(shown).toContain(`${comment.id}@2\t`);
      expect(shown).toContain('Một lời độc địa');
      expect(await comments('approve', `${comment.id}@2`)).toMatchObject({ code: 0, stderr: '' });
      expect(await stateOf(comment)).toMatchObject({ state: 'visible' });
      await after();
    });

    test('accept a bare id of a comment that was not edited, and to reject any', async () => {
      const { token, comment, after } = await hold();
      expect(await comments('approve', comment.id)).toMatchObject({ code: 0 });
      await edit(token, comment, { text: 'Sửa lại' });
      for (const command of ['pin', 'feature']) expect(await comments(command, comment.id)).toMatchObject({ code: 1 });
      expect(await comments('reject', `${comment.id}@1`)).toMatchObject({ code: 1 });
      expect(await comments('reject', comment.id)).toMatchObject({ code: 0 });
      expect(await stateOf(comment)).toMatchObject({ state: 'rejected' });
      await after();
    });

    test('decide on the other comments where one is refused', async () => {
      const [first, second] = [await hold(), await hold()];
      await edit(first.token, first.comment, { text: 'Sửa lại' });
      const result = await comments('approve', first.comment.id, 'none', `${second.comment.id}@1`);
      expect(result).toMatchObject({ code: 1, stdout: `${second.comment.id}\tvisible\n` });
      expect(result.stderr).toContain('none: There is no such comment.');
      await second.after();
    });

    test('mark a text in the list of which only the beginning is shown', async () => {
      const { after } = await hold();
      expect((await comments('list')).stdout).not.toContain('characters, see show');
      const long = await post(await server.guest(), `${'lời hiền '.repeat(30)}lời độc`);
      expect((await comments('list')).stdout).toMatch(new RegExp(`${long.id}@1.*… \\(\\d+ characters, see show\\)`));
      await after();
    });
  });

  describe('revisions', () => {
    test('lists all versions of a comment, oldest first', async () => {
      const token = await server.guest();
      const comment = await post(token, 'Một *lần*');
      await edit(token, comment, { text: 'Hai lần' });
      await edit(token, comment, { text: 'Hai lần' });
      await edit(token, comment, { text: 'Ba lần' });
      const { revisions } = (await (await history(comment.id)).json()) as CommentHistory;
      expect(revisions.map(({ text }) => text)).toEqual(['Một *lần*', 'Hai lần', 'Ba lần']);
      expect(revisions[0]?.at).toBe(comment.createdAt);
      expect(revisions[0]?.nodes[0]).toMatchObject({ type: 'paragraph' });
    });

    test('hides revisions of comments that are not visible, and deletes them with the comment', async () => {
      const token = await server.guest();
      const comment = await post(token, 'Điều bí mật');
      await edit(token, comment, { text: 'Điều khác' });
      await decide(comment, { state: 'rejected' });
      expect((await history(comment.id)).status).toBe(404);
      await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
      const left = await server.services.database.read.selectFrom('comment_revisions').selectAll().execute();
      expect(left.filter(({ commentId }) => commentId === comment.id)).toEqual([]);
    });

    test('keeps no revision of a text that was never visible', async () => {
      const { sites } = server.services;
      await sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
      const token = await server.guest();
      const comment = await post(token, 'Chưa duyệt');
      await edit(token, comment, { text: 'Đã sửa' });
      await sites.put(server.site);
      await decide(comment, { state: 'visible' }, 2);
      const { revisions } = (await (await history(comment.id)).json()) as CommentHistory;
      expect(revisions.map(({ text }) => text)).toEqual(['Đã sửa']);
    });
  });

  describe('muting', () => {
    test('is private to the reader and can be undone', async () => {
      const [token, other] = [await server.guest(), await server.guest()];
      const { author } = await post(other, 'Ồn ào');
      const mute = (id: string, method = 'PUT') => server.ask(`/readers/${id}/mute`, { method, token });
      for (let time = 0; time < 2; time++) expect((await mute(author.id)).status).toBe(204);
      expect((await me(token)).muted).toEqual([author.id]);
      expect((await me(other)).muted).toEqual([]);
      for (let time = 0; time < 2; time++) expect((await mute(author.id, 'DELETE')).status).toBe(204);
      expect((await me(token)).muted).toEqual([]);
      const own = await mute((await me(token)).reader.id);
      expect([own.status, await code(own)]).toEqual([422, 'mute-not-allowed']);
      expect((await mute('0192c3a0-0000-7000-8000-000000000000')).status).toBe(404);
      expect((await mute('rubbish')).status).toBe(422);
    });
  });

  describe('mentions', () => {
    const typed = (nodes: readonly CommentNode[]): string =>
      nodes
        .map((node) =>
          node.type === 'mention'
            ? `[${node.name}]`
            : 'value' in node
              ? node.value
              : 'children' in node
                ? typed(node.children)
                : '',
        )
        .join('');

    test('allow only participants of the thread', async () => {
      const first = await post(await server.guest('Lan'), 'Mở đầu');
      const second = await post(await server.guest('Lan Anh'), 'Tiếp theo');
      const stranger = await me(await server.guest('Minh'));
      const token = await server.guest();
      const mentions = [first.author.id, second.author.id, stranger.reader.id];
      const text = 'Chào @Lan Anh, @Lan và *@Lan*, @Minh, a@Lan, @Lanh';
      const { nodes } = await post(token, text, { mentions });
      expect(typed(nodes)).toBe('Chào [Lan Anh], [Lan] và [Lan], @Minh, a@Lan, @Lanh');
      expect(JSON.stringify(nodes)).toContain(second.author.id);
      expect(typed((await post(token, '@Lan ơi')).nodes)).toBe('@Lan ơi');
      const preview = await server.ask('/comments/preview', { method: 'POST', token, json: { text, story, mentions } });
      expect(await preview.json()).toEqual({ nodes });
    });

    test('match names in any Unicode normalization', async () => {
      const { author } = await post(await server.guest('Hồng Nhung'.normalize('NFD')), 'Mở đầu');
      const text = 'Chào @Hồng Nhung'.normalize('NFD');
      const { nodes } = await post(await server.guest(), text, { mentions: [author.id] });
      expect(typed(nodes)).toBe('Chào [Hồng Nhung]'.normalize());
    });

    test('survive an edit that does not repeat them, also after the reader has left the thread under another name', async () => {
      const lan = await server.guest('Lan');
      const first = await post(lan, 'Mở đầu');
      const second = await post(await server.guest('Bình'), 'Tiếp theo');
      const token = await server.guest();
      const mine = await post(token, 'Chào @Lan', { mentions: [first.author.id] });
      await server.ask('/readers/me', { method: 'PATCH', token: lan, json: { name: 'Lan Hương' } });
      await server.ask(`/comments/${first.id}`, { method: 'DELETE', token: lan });
      const edit = async (text: string, mentions?: string[]) =>
        (
          (await (
            await server.ask(`/comments/${mine.id}`, { method: 'PATCH', token, json: { text, mentions } })
          ).json()) as { comment: Comment }
        ).comment;
      expect(typed((await edit('*Chào @Lan* nhé')).nodes)).toBe('Chào [Lan] nhé');
      expect(typed((await edit('Chào @Bình và @Lan', [second.author.id])).nodes)).toBe('Chào [Bình] và [Lan]');
      expect(typed((await edit('Chào @Bình')).nodes)).toBe('Chào [Bình]');
      expect(typed((await edit('Chào @Lan')).nodes)).toBe('Chào @Lan');
    });
  });
});
