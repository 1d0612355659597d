import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideOnComments, setThreads } from '../../server/src/comments/moderation/decisions.js';
import type { CommentAnswer, Comments, Me, Problem } from '../../src/contract/types.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('comments on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());

  const send = (token: string, story: string, text: unknown, rest: object = {}, headers: Record<string, string> = {}) =>
    server.ask('/comments', { method: 'POST', token, headers, json: { story, text, ...rest } });
  const post = async (token: string, story: string, text: string, parentId?: string) => {
    const answer = await send(token, story, text, parentId === undefined ? {} : { parentId });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as CommentAnswer).comment;
  };
  const read = async (story: string, query = '') =>
    (await (await server.ask(`/comments?${storyQuery(story)}${query}`)).json()) as Comments;
  const code = async (answer: Response) => ((await answer.json()) as Problem).code;
  const decide = (commentId: string, decision: Parameters<typeof decideOnComments.run>[1][number]['decision']) =>
    server.services.database.writer.submit(decideOnComments, { siteId: 'paper', commentId, decision });

  /** Sets the site to pre-moderation while `work` runs. */
  const whilePreModerated = async <T>(work: () => Promise<T>) => {
    await server.services.sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
    return work().finally(() => server.services.sites.put(server.site));
  };

  test('returns an empty, open thread for an unknown story', async () => {
    expect(await read(`${storyUrl}/unseen`)).toMatchObject({
      comments: [],
      total: 0,
      nextCursor: null,
      thread: { state: 'open', rules: { votes: 'up-down', moderation: 'post' } },
    });
  });

  test('returns a comment and a reply with their author right after posting', async () => {
    const story = `${storyUrl}/talk`;
    const root = await post(await server.guest('Lan'), story, 'Bài viết *hay* quá');
    const reply = await post(await server.guest('Minh'), story, 'Đồng ý', root.id);
    const { comments, total } = await read(story);
    expect(total).toBe(2);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toMatchObject({
      id: root.id,
      author: { name: 'Lan' },
      state: 'visible',
      replies: { total: 1 },
    });
    expect(comments[0]?.replies.comments[0]).toMatchObject({
      id: reply.id,
      parentId: root.id,
      author: { name: 'Minh' },
    });
    expect(comments[0]?.nodes).toEqual([
      {
        type: 'paragraph',
        children: [
          { type: 'text', value: 'Bài viết ' },
          { type: 'emphasis', children: [{ type: 'text', value: 'hay' }] },
          { type: 'text', value: ' quá' },
        ],
      },
    ]);
  });

  test.each([
    ['empty', ' \n\u200b ', 'comment-empty'],
    ['of 100 kB', 'a'.repeat(100_000), 'body-too-large'],
    ['of 30 kB', 'a'.repeat(30_000), 'comment-too-long'],
    ['of 5,001 characters', 'a'.repeat(5001), 'comment-too-long'],
    ['of a wrong type', 7, 'validation-failed'],
  ])('refuses a comment %s and stores nothing', async (_, text, expected) => {
    const story = `${storyUrl}/refused`;
    const answer = await send(await server.guest(), story, text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await code(answer)).toBe(expected);
    expect((await read(story)).total).toBe(0);
  });

  test('requires a visible parent in the same thread for a reply', async () => {
    const root = await post(await server.guest(), `${storyUrl}/here`, 'Here');
    const answer = await send(await server.guest(), `${storyUrl}/there`, 'There', { parentId: root.id });
    expect(answer.status).toBe(422);
    expect(await code(answer)).toBe('parent-not-found');
  });

  test('posts once per Idempotency-Key, for concurrent requests too, and refuses the key with another text', async () => {
    const story = `${storyUrl}/once`;
    const token = await server.guest();
    const again = () => send(token, story, 'Once', {}, { 'idempotency-key': 'key 1' });
    const answers = await Promise.all([again(), again(), again()]);
    const later = await again();
    const ids = await Promise.all(
      [...answers, later].map(async (answer) => ((await answer.json()) as CommentAnswer).comment.id),
    );
    expect(new Set(ids).size).toBe(1);
    expect((await read(story)).total).toBe(1);
    const other = await send(token, story, 'Other', {}, { 'idempotency-key': 'key 1' });
    expect(other.status).toBe(422);
    expect(await code(other)).toBe('idempotency-key-reused');
    // Keys are scoped to the reader.
    expect((await send(await server.guest(), story, 'Mine', {}, { 'idempotency-key': 'key 1' })).status).toBe(201);
  });

  test('accepts an Idempotency-Key again after thirty days', async () => {
    const story = `${storyUrl}/forgotten`;
    const token = await server.guest();
    const again = () => send(token, story, 'Again', {}, { 'idempotency-key': 'old' });
    const id = async (answer: Response) => ((await answer.json()) as CommentAnswer).comment.id;
    const first = await id(await again());
    await server.services.retention.purge(Date.now() + 31 * 86_400_000);
    expect(await id(await again())).not.toBe(first);
  });

  test('allows edits by the author within the edit window and sets `editedAt`', async () => {
    const story = `${storyUrl}/edit`;
    const token = await server.guest();
    const { id } = await post(token, story, 'Frist');
    const edit = (by: string, text: string) =>
      server.ask(`/comments/${id}`, { method: 'PATCH', token: by, json: { text } });
    expect(((await (await edit(token, 'First')).json()) as CommentAnswer).comment).toMatchObject({
      text: 'First',
      editedAt: expect.any(String),
    });
    expect(await code(await edit(await server.guest(), 'Mine'))).toBe('not-the-author');
    expect(await code(await edit(token, ''))).toBe('comment-empty');
    expect((await read(story)).comments[0]?.text).toBe('First');
  });

  test('replaces a deleted comment by an empty placeholder while it has replies', async () => {
    const story = `${storyUrl}/delete`;
    const [lan, minh, hoa] = await Promise.all([server.guest('Lan'), server.guest('Minh'), server.guest('Hoa')]);
    const root = await post(lan ?? '', story, 'Root');
    const child = await post(minh ?? '', story, 'Child', root.id);
    const grandchild = await post(hoa ?? '', story, 'Grandchild', child.id);
    const remove = (id: string, by = '') => server.ask(`/comments/${id}`, { method: 'DELETE', token: by });
    expect((await remove(child.id, minh)).status).toBe(200);
    expect((await remove(root.id, lan)).status).toBe(200);
    expect((await remove(root.id, lan)).status).toBe(200);
    const { comments, total } = await read(story);
    expect(total).toBe(1);
    const [place] = comments;
    expect(place).toMatchObject({
      state: 'deleted',
      text: '',
      nodes: [],
      author: { id: '', name: '' },
      replies: { total: 1 },
    });
    expect(place?.replies.comments[0]?.replies.comments[0]?.id).toBe(grandchild.id);
    await remove(grandchild.id, hoa);
    expect(await read(story)).toMatchObject({ comments: [], total: 0 });
  });

  test('counts one vote per reader, allows changing and removing it, and refuses votes for own comments', async () => {
    const story = `${storyUrl}/votes`;
    const author = await server.guest();
    const { id } = await post(author, story, 'Vote');
    const token = await server.guest();
    const vote = (by: string, value: number) =>
      server.ask(`/comments/${id}/vote`, { method: 'PUT', token: by, json: { value } });
    expect(await (await vote(token, 1)).json()).toEqual({ votes: { up: 1, down: 0 }, value: 1 });
    expect(await (await vote(token, 1)).json()).toEqual({ votes: { up: 1, down: 0 }, value: 1 });
    expect(((await (await server.ask(`/me?${storyQuery(story)}`, { token })).json()) as Me).votes).toEqual({ [id]: 1 });
    expect(await (await vote(token, -1)).json()).toEqual({ votes: { up: 0, down: 1 }, value: -1 });
    expect(await (await vote(token, 0)).json()).toEqual({ votes: { up: 0, down: 0 }, value: 0 });
    const own = await vote(author, 1);
    expect(own.status).toBe(403);
    expect(await code(own)).toBe('own-comment');
    expect((await read(story)).comments[0]?.votes).toEqual({ up: 0, down: 0 });
  });

  test('applies moderator decisions: approve, reject, pin, close', async () => {
    const story = `${storyUrl}/desk`;
    const first = await post(await server.guest(), story, 'First');
    const second = await post(await server.guest(), story, 'Second');
    await decide(first.id, { state: 'rejected' });
    await decide(second.id, { pinned: true });
    server.services.cache.drop(`story paper ${storyUrl}/desk`);
    expect(await read(story)).toMatchObject({ total: 1, comments: [{ id: second.id, pinned: true }] });
    await decide(first.id, { state: 'visible' });
    server.services.cache.drop(`story paper ${storyUrl}/desk`);
    expect((await read(story, '&sort=newest')).comments.map(({ id }) => id)).toEqual([second.id, first.id]);
    const known = await server.services.stories.find(server.site, story);
    await server.services.database.writer.submit(setThreads, { storyId: known?.id ?? '', state: 'closed' });
    const answer = await send(await server.guest(), story, 'Late');
    expect(answer.status).toBe(409);
    expect(await code(answer)).toBe('thread-closed');
  });

  test("holds a guest's comment on a pre-moderated site and shows it to its author only", async () => {
    const story = `${storyUrl}/pre`;
    const token = await server.guest();
    const held = await whilePreModerated(() => post(token, story, 'Wait'));
    expect(held).toMatchObject({ state: 'pending', reasons: ['guest'] });
    expect((await read(story)).total).toBe(0);
    expect(((await (await server.ask(`/me?${storyQuery(story)}`, { token })).json()) as Me).own).toMatchObject([
      { id: held.id, state: 'pending' },
    ]);
  });

  test('holds an approved comment again after an edit', async () => {
    const story = `${storyUrl}/bait`;
    const token = await server.guest();
    await whilePreModerated(async () => {
      const { id } = await post(token, story, 'Harmless');
      await decide(id, { state: 'visible' });
      const edit = { method: 'PATCH', token, json: { text: 'Buy this' } };
      const { comment } = (await (await server.ask(`/comments/${id}`, edit)).json()) as CommentAnswer;
      expect(comment).toMatchObject({ state: 'pending', reasons: ['guest'], text: 'Buy this' });
    });
    expect(await read(story)).toMatchObject({ comments: [], total: 0 });
  });

  test('hides the reasons for a hold once the comment is visible', async () => {
    const story = `${storyUrl}/approved`;
    const { id } = await whilePreModerated(async () => post(await server.guest(), story, 'Wait'));
    await decide(id, { state: 'visible' });
    const [shown] = (await read(story)).comments;
    expect(shown?.id).toBe(id);
    expect(shown).not.toHaveProperty('reasons');
  });

  test('replays the first result of a repeated request after the thread was closed', async () => {
    const story = `${storyUrl}/closing`;
    const token = await server.guest();
    const once = () => send(token, story, 'In time', {}, { 'idempotency-key': 'in-time' });
    const first = (await (await once()).json()) as CommentAnswer;
    const known = await server.services.stories.find(server.site, story);
    await server.services.database.writer.submit(setThreads, { storyId: known?.id ?? '', state: 'closed' });
    const again = await once();
    expect(again.status).toBe(201);
    expect(((await again.json()) as CommentAnswer).comment.id).toBe(first.comment.id);
  });

  test('creates no story for a refused reply', async () => {
    const story = `${storyUrl}/never`;
    const answer = await send(await server.guest(), story, 'To nobody', {
      parentId: '01990000-0000-7000-8000-000000000000',
    });
    expect(await code(answer)).toBe('parent-not-found');
    expect(await server.services.stories.find(server.site, story)).toBeUndefined();
  });

  test('shows a changed reader name in the thread at once', async () => {
    const story = `${storyUrl}/renamed`;
    const token = await server.guest('Lan');
    await post(token, story, 'Hello');
    expect((await read(story)).comments[0]?.author.name).toBe('Lan');
    await server.ask('/readers/me', { method: 'PATCH', token, json: { name: 'Lan Anh' } });
    expect((await read(story)).comments[0]?.author.name).toBe('Lan Anh');
  });

  test('previews the nodes without storing anything', async () => {
    const answer = await server.ask('/comments/preview', {
      method: 'POST',
      token: await server.guest(),
      json: { text: '**Đậm**' },
    });
    expect(await answer.json()).toEqual({
      nodes: [{ type: 'paragraph', children: [{ type: 'strong', children: [{ type: 'text', value: 'Đậm' }] }] }],
    });
  });
});
