import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Comment, CommentAnswer, LiveEvent } from '../../src/contract/types.js';
import { decideOnComments, setThreads } from '../../server/src/comments/moderation.js';
import { createServices } from '../../server/src/services.js';
import { freezeTallies } from '../../server/src/reactions/editing.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

type Heard = LiveEvent & { id: number };

describe.each(databases)('live on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  let story = '';
  const listening: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    story = `${storyUrl}/live-${stories++}`;
  });
  afterEach(async () => {
    for (const stop of listening.splice(0)) await stop();
  });

  /** Listens to stories, as a browser does. */
  async function listen(query = storyQuery(story), headers: Record<string, string> = {}) {
    const answer = await server.ask(`/live?${query}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const heard: Heard[] = [];
    const reader = answer.body!.getReader();
    let ended = false;
    const reading = (async () => {
      const decoder = new TextDecoder();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const blocks = (text + decoder.decode(part.value as Uint8Array, { stream: true })).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = new Map(
            block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
          );
          if (!fields.has('data')) continue;
          const event = JSON.parse(fields.get('data')!) as LiveEvent;
          expect(fields.get('event')).toBe(event.type);
          heard.push({ ...event, id: Number(fields.get('id')) });
        }
      }
      ended = true;
    })();
    const stop = () => reader.cancel().then(() => reading);
    listening.push(stop);
    const of = (type: LiveEvent['type']) => heard.filter((event) => event.type === type);
    const until = (type: LiveEvent['type'], count = 1) =>
      vi.waitFor(() => expect(of(type).length).toBeGreaterThanOrEqual(count), { timeout: 5000, interval: 20 });
    // What changes before it is said where the stories stand is a part of that.
    if (!headers['last-event-id']) await until('thread', new URLSearchParams(query).getAll('story').length);
    return { heard, of, until, stop, ended: () => ended };
  }
  const post = async (text: string, rest: object = {}) => {
    const token = await server.guest();
    const answer = await server.ask('/comments', { method: 'POST', token, json: { story, text, ...rest } });
    return { token, comment: ((await answer.json()) as CommentAnswer).comment };
  };
  const react = async (choice: string) =>
    server.ask('/reactions', {
      method: 'PUT',
      token: await server.guest(),
      json: { story, poll: 'reactions', choice },
    });
  const decide = (
    { id: commentId }: Comment,
    decision: Parameters<typeof decideOnComments.run>[1][number]['decision'],
  ) => server.services.database.writer.submit(decideOnComments, { siteId: 'paper', commentId, decision });

  test('tells where the thread stands, then comments, replies and votes as they come', async () => {
    const { heard, until, of } = await listen();
    expect(heard[0]).toMatchObject({ story, thread: { state: 'open' }, version: 0 });
    const { comment } = await post('Bình luận đầu tiên');
    await until('comment');
    expect(of('comment')[0]).toMatchObject({
      story,
      comment: { id: comment.id, text: 'Bình luận đầu tiên' },
      total: 1,
    });
    await post('Trả lời', { parentId: comment.id });
    await until('comment', 2);
    await server.ask(`/comments/${comment.id}/vote`, {
      method: 'PUT',
      token: await server.guest(),
      json: { value: 1 },
    });
    await until('comment-changed');
    expect(of('comment-changed').at(-1)).toMatchObject({ comment: { id: comment.id, votes: { up: 1 } } });
    const ids = heard.map(({ id }) => id);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
  });

  test('what is taken away is told without its text', async () => {
    const { token, comment } = await post('Điều này sẽ bị xoá');
    const other = await post('Điều này sẽ bị gỡ');
    const { until, of } = await listen();
    await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
    await decide(other.comment, { state: 'removed' });
    await until('comment-changed', 2);
    const states = new Map(of('comment-changed').map((event) => [(event as { comment: Comment }).comment.id, event]));
    expect(states.get(comment.id)).toMatchObject({ comment: { state: 'deleted', text: '', nodes: [] } });
    expect(states.get(other.comment.id)).toMatchObject({
      comment: { state: 'removed', text: '', author: { name: '' } },
    });
  });

  test('what waits for a moderator is told to nobody', async () => {
    await server.services.sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
    const { heard, until } = await listen();
    const { comment } = await post('Chờ duyệt');
    await server.services.sites.put(server.site);
    await post('Đã duyệt');
    await until('comment');
    expect(JSON.stringify(heard)).not.toContain(comment.id);
    await decide(comment, { state: 'visible' });
    await until('comment', 2);
    expect(JSON.stringify(heard)).toContain('Chờ duyệt');
  });

  test('votes of a poll come together, with the counts of all choices', async () => {
    const { until, of } = await listen();
    await Promise.all(['great', 'great', 'fun'].map(react));
    await until('reactions');
    await vi.waitFor(() =>
      expect(of('reactions').at(-1)).toMatchObject({
        poll: 'reactions',
        counts: { great: 2, like: 0, fun: 1, improve: 0 },
        total: 3,
      }),
    );
    expect(of('reactions').length).toBeLessThanOrEqual(3);
  });

  test('who comes hears where polls stand, and then whether they are paused', async () => {
    await Promise.all(['great', 'fun'].map(react));
    const { until, of } = await listen();
    await until('reactions');
    expect(of('reactions')[0]).toMatchObject({ state: 'open', counts: { great: 1, fun: 1 }, total: 2 });
    const { id: storyId } = (await server.services.stories.find('paper', story))!;
    await server.services.database.writer.submit(freezeTallies, { storyId, pollId: 'reactions', why: 'a review' });
    await until('reactions', 2);
    expect(of('reactions').at(-1)).toMatchObject({ state: 'frozen', total: 2 });
  });

  test('a thread that is closed or asked something is told', async () => {
    await post('Mở đầu');
    const { until, of } = await listen();
    const { id: storyId } = (await server.services.stories.find('paper', story))!;
    await server.services.database.writer.submit(setThreads, { storyId, state: 'closed', question: 'Vì sao?' });
    await until('thread', 2);
    expect(of('thread').at(-1)).toMatchObject({ thread: { state: 'closed', question: 'Vì sao?' } });
  });

  test('what another process of the same database writes is told too', async () => {
    const { comment } = await post('Từ trang báo');
    const { until, of } = await listen();
    const { config, database, log } = server.services;
    const other = createServices(config, database, log);
    await other.database.writer.submit(decideOnComments, {
      siteId: 'paper',
      commentId: comment.id,
      decision: { pinned: true },
    });
    await until('comment-changed');
    expect(of('comment-changed')[0]).toMatchObject({ comment: { pinned: true } });
  });

  test('each story comes under the name it was asked by, and only those asked for', async () => {
    const [first, second] = [story, `${story}-b`];
    const { until, of } = await listen(`${storyQuery(first)}&${storyQuery(second)}`);
    const third = await listen(storyQuery(`${story}-c`));
    await post('Một');
    story = second;
    await post('Hai');
    await until('comment', 2);
    expect(
      of('comment')
        .map((event) => event.story)
        .sort(),
    ).toEqual([first, second].sort());
    expect(third.of('comment')).toEqual([]);
  });

  test('who comes back hears what came meanwhile, once', async () => {
    const { heard, until, stop } = await listen();
    await post('Trước');
    await until('comment');
    await stop();
    const last = heard.at(-1)!.id;
    await post('Giữa chừng');
    const again = await listen(storyQuery(story), { 'last-event-id': String(last) });
    await again.until('comment');
    expect(again.of('comment').map((event) => (event as { comment: Comment }).comment.text)).toEqual(['Giữa chừng']);
    expect(again.of('reset')).toEqual([]);
  });

  test.each(['1', String(Number.MAX_SAFE_INTEGER)])('who was away too long (%s) is told to ask anew', async (last) => {
    const { until } = await listen(storyQuery(story), { 'last-event-id': last });
    await until('reset');
  });

  test('a flood is not told one by one', async () => {
    const { until, of } = await listen();
    await Promise.all(Array.from({ length: 120 }, (_, index) => post(`Bình luận ${index}`)));
    await until('reset');
    expect(of('comment').length).toBeLessThan(120);
  });

  test.each(['', `${Array.from({ length: 21 }, (_, index) => `story=s${index}`).join('&')}`, 'story='])(
    'a question that makes no sense is refused: %s',
    async (query) => {
      expect((await server.ask(`/live?${query}`)).status).toBe(422);
    },
  );

  test('one network cannot take all the room', async () => {
    const many = await Promise.all(Array.from({ length: 500 }, () => server.ask(`/live?${storyQuery(story)}`)));
    const refused = await server.ask(`/live?${storyQuery(story)}`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const { body } of many) await body?.cancel();
    await listen();
  });

  test('all streams end with the server', async () => {
    const other = await openTestServices(kind);
    const answer = await other.ask(`/live?${storyQuery(story)}`);
    const reader = answer.body!.getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes('event: thread')) text += decoder.decode((await reader.read()).value as Uint8Array);
    await other.close();
    expect((await reader.read()).done).toBe(true);
  });
});
