import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type {
  Comment,
  CommentAnswer,
  CommentHistory,
  CommentNode,
  Comments,
  Me,
  Problem,
} from '../../src/contract/types.js';
import { decideOnComments } from '../../server/src/comments/moderation.js';
import { readCase, readQueue } from '../../server/src/comments/queue.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('moderation on %s', (kind) => {
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
  const report = (token: string, { id }: { id: string }, json: object) =>
    server.ask(`/comments/${id}/reports`, { method: 'POST', token, json });
  const history = (id: string) => server.ask(`/comments/${id}/history`);
  const decide = (
    { id: commentId }: Comment,
    decision: Parameters<typeof decideOnComments.run>[1][number]['decision'],
  ) => server.services.database.writer.submit(decideOnComments, { siteId: 'paper', commentId, decision });

  describe('reports', () => {
    test('of three readers hold a comment; the writer learns that, the moderator reads why', async () => {
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
      const found = await readCase(database, 'paper', comment.id);
      expect(found?.reports.map(({ reason }) => reason)).toEqual(['hate', 'spam', 'spam']);
    });

    test('do not hold what a moderator has let stand, until it says something else', async () => {
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

    test.each([
      [{ reason: 'boring' }, 422, 'validation-failed'],
      [{}, 422, 'validation-failed'],
      [{ reason: 'spam', note: 'a'.repeat(1001) }, 422, 'validation-failed'],
    ])('that make no sense are refused: %j', async (json, status, expected) => {
      const answer = await report(await server.guest(), await post(await server.guest(), 'Gì đó'), json);
      expect(answer.status).toBe(status);
      expect(await code(answer)).toBe(expected);
    });

    test('of what is not there are refused', async () => {
      const token = await server.guest();
      const gone = await post(token, 'Sắp xoá');
      await server.ask(`/comments/${gone.id}`, { method: 'DELETE', token });
      for (const id of [gone.id, '0192c3a0-0000-7000-8000-000000000000'])
        expect((await report(token, { id }, { reason: 'spam' })).status).toBe(404);
    });
  });

  describe('history', () => {
    test('tells what a comment said, oldest first', async () => {
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

    test('of what is not shown is told to nobody, and is gone with what is deleted', async () => {
      const token = await server.guest();
      const comment = await post(token, 'Điều bí mật');
      await edit(token, comment, { text: 'Điều khác' });
      await decide(comment, { state: 'rejected' });
      expect((await history(comment.id)).status).toBe(404);
      await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
      const left = await server.services.database.read.selectFrom('comment_revisions').selectAll().execute();
      expect(left.filter(({ commentId }) => commentId === comment.id)).toEqual([]);
    });

    test('holds nothing that was never shown', async () => {
      const { sites } = server.services;
      await sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
      const token = await server.guest();
      const comment = await post(token, 'Chưa duyệt');
      await edit(token, comment, { text: 'Đã sửa' });
      await sites.put(server.site);
      await decide(comment, { state: 'visible' });
      const { revisions } = (await (await history(comment.id)).json()) as CommentHistory;
      expect(revisions.map(({ text }) => text)).toEqual(['Đã sửa']);
    });
  });

  describe('muting', () => {
    test('is the reader’s own business, and can be taken back', async () => {
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

    test('call those by name who take part in the thread, and nobody else', async () => {
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
  });

  describe('names', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await openTestServices(kind);
      const { reader } = await server.services.readers.addGuest('paper', 'Nguyễn Thu Hà');
      await server.services.readers.setBadges(reader.id, ['staff']);
    });
    afterAll(() => server.close());

    test.each([
      'Admin',
      'АDMIN', // a Cyrillic А
      'аdmіn', // Cyrillic а and і
      'Ａｄｍｉｎ',
      'Ad\u200Bmin',
      '[Admin] Tuấn',
      'Tòa soạn',
      'TOÀ SOẠN',
      'Toa soan The Paper',
      'The Paper',
      'Ban Biên Tập',
      'Nguyễn Thu Hà',
      'nguyen thu ha',
      'Nguуễn Thu Hà', // a Cyrillic у
    ])('that could be the newsroom’s are refused: %s', async (name) => {
      const answer = await server.ask('/readers', { method: 'POST', json: { name } });
      expect([answer.status, await code(answer)]).toEqual([422, 'name-reserved']);
      const token = await server.guest();
      expect((await server.ask('/readers/me', { method: 'PATCH', token, json: { name } })).status).toBe(422);
    });

    test.each(['Lan', 'Admiral', 'Thu Hà', 'Badminton', 'Đỗ Minh', 'Иван', '李雷', 'Paper'])(
      'others are taken: %s',
      async (name) => {
        expect((await server.ask('/readers', { method: 'POST', json: { name } })).status).toBe(201);
      },
    );
  });
});
