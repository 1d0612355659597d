import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Comment, CommentAnswer, LiveEvent } from '../../src/contract/types.js';
import * as limits from '../../src/contract/limits.js';
import { decideOnComments, setThreads } from '../../server/src/comments/moderation/decisions.js';
import { createServices } from '../../server/src/app.js';
import { freezeTallies } from '../../server/src/reactions/poll-editing.js';
import { observeQueries } from './observed-queries.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';
import { waitFor } from '../setup/wait-for.js';

type ReceivedEvent = LiveEvent & { id: number };

describe.each(databases)('live updates on %s', (kind) => {
  let server: TestServer;
  let stories = 0;
  let story = '';
  const openStreams: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    story = `${storyUrl}/live-${stories++}`;
  });
  afterEach(async () => {
    for (const stop of openStreams.splice(0)) await stop();
  });

  /** Subscribes to stories, as a browser does. */
  async function subscribe(query = storyQuery(story), headers: Record<string, string> = {}) {
    const answer = await server.ask(`/live?${query}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events: ReceivedEvent[] = [];
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
          events.push({ ...event, id: Number(fields.get('id')) });
        }
      }
      ended = true;
    })();
    const stop = () => reader.cancel().then(() => reading);
    openStreams.push(stop);
    const of = (type: LiveEvent['type']) => events.filter((event) => event.type === type);
    const until = (type: LiveEvent['type'], count = 1) =>
      waitFor(() => expect(of(type).length).toBeGreaterThanOrEqual(count), 20);
    // Changes before the first events are part of them.
    if (!headers['last-event-id']) await until('thread', new URLSearchParams(query).getAll('story').length);
    return { events, of, until, stop, ended: () => ended };
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

  test('look up stories that nobody has stored in few statements, and forget them with their subscribers', async () => {
    const streams = [];
    for (let stream = 0; stream < 3; stream++)
      streams.push(
        await subscribe(Array.from({ length: 20 }, (_, at) => storyQuery(`${story}-${stream}-${at}`)).join('&')),
      );
    const { queries, stop } = observeQueries();
    const lookups = () =>
      queries.filter(({ parameters }) => parameters.some((value) => String(value).startsWith(story)));
    try {
      // Each poll looks up stories and aliases.
      await waitFor(() => expect(lookups().length).toBeGreaterThanOrEqual(4));
      for (const { parameters } of lookups().slice(-2)) expect(parameters.length).toBeGreaterThanOrEqual(60);
      for (const stream of streams) await stream.stop();
      const { until } = await subscribe();
      queries.length = 0;
      await post('Bình luận đầu tiên');
      await until('comment');
      expect(queries.filter(({ parameters }) => parameters.includes(`${story}-0-0`))).toEqual([]);
    } finally {
      stop();
    }
  });

  test('send the state of the thread, then comments, replies and votes in order', async () => {
    const { events, until, of } = await subscribe();
    expect(events[0]).toMatchObject({ story, thread: { state: 'open' }, version: 0 });
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
    const ids = events.map(({ id }) => id);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
  });

  test('send comments of a node whose clock is behind, and show them in every order', async () => {
    await post('Trước');
    const { until, of } = await subscribe();
    await server.ask(`/comments?${storyQuery(story)}&sort=best`);
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now - 3_600_000);
    try {
      const { comment } = await post('Một giờ trước');
      await until('comment');
      expect(of('comment')).toMatchObject([{ comment: { id: comment.id } }]);
      for (const sort of ['best', 'newest', 'oldest', 'discussed']) {
        const answer = await server.ask(`/comments?${storyQuery(story)}&sort=${sort}`);
        const { comments } = (await answer.json()) as { comments: Comment[] };
        expect(
          comments.map(({ id }) => id),
          sort,
        ).toContain(comment.id);
      }
    } finally {
      clock.mockRestore();
    }
  });

  test('send deleted and removed comments without their text', async () => {
    const { token, comment } = await post('Điều này sẽ bị xoá');
    const other = await post('Điều này sẽ bị gỡ');
    const { until, of } = await subscribe();
    await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
    await decide(other.comment, { state: 'removed' });
    await until('comment-changed', 2);
    const states = new Map(of('comment-changed').map((event) => [(event as { comment: Comment }).comment.id, event]));
    expect(states.get(comment.id)).toMatchObject({ comment: { state: 'deleted', text: '', nodes: [] } });
    expect(states.get(other.comment.id)).toMatchObject({
      comment: { state: 'removed', text: '', author: { name: '' } },
    });
  });

  test('leave out pending comments', async () => {
    await server.services.sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
    const { events, until } = await subscribe();
    const { comment } = await post('Chờ duyệt');
    await server.services.sites.put(server.site);
    await post('Đã duyệt');
    await until('comment');
    expect(JSON.stringify(events)).not.toContain(comment.id);
    await decide(comment, { state: 'visible' });
    await until('comment', 2);
    expect(JSON.stringify(events)).toContain('Chờ duyệt');
  });

  test('send the votes of a poll together, with the counts of all choices', async () => {
    const { until, of } = await subscribe();
    await Promise.all(['great', 'great', 'fun'].map(react));
    await until('reactions');
    await waitFor(() =>
      expect(of('reactions').at(-1)).toMatchObject({
        poll: 'reactions',
        counts: { great: 2, like: 0, fun: 1, improve: 0 },
        total: 3,
      }),
    );
    expect(of('reactions').length).toBeLessThanOrEqual(3);
  });

  test('send the state of polls to a new subscriber, then that a poll is frozen', async () => {
    await Promise.all(['great', 'fun'].map(react));
    const { until, of } = await subscribe();
    await until('reactions');
    expect(of('reactions')[0]).toMatchObject({ state: 'open', counts: { great: 1, fun: 1 }, total: 2 });
    const { id: storyId } = (await server.services.stories.find(server.site, story))!;
    await server.services.database.writer.submit(freezeTallies, { storyId, pollId: 'reactions', by: 'editor' });
    await until('reactions', 2);
    expect(of('reactions').at(-1)).toMatchObject({ state: 'frozen', total: 2 });
  });

  test('send a closed thread and a new question', async () => {
    await post('Mở đầu');
    const { until, of } = await subscribe();
    const { id: storyId } = (await server.services.stories.find(server.site, story))!;
    await server.services.database.writer.submit(setThreads, { storyId, state: 'closed', question: 'Vì sao?' });
    await until('thread', 2);
    expect(of('thread').at(-1)).toMatchObject({ thread: { state: 'closed', question: 'Vì sao?' } });
  });

  test('send writes of another process on the same database', async () => {
    const { comment } = await post('Từ trang báo');
    const { until, of } = await subscribe();
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

  test('name each story by the requested key, and leave out other stories', async () => {
    const [first, second] = [story, `${story}-b`];
    const { until, of } = await subscribe(`${storyQuery(first)}&${storyQuery(second)}`);
    const third = await subscribe(storyQuery(`${story}-c`));
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

  test('replay missed events once after Last-Event-ID', async () => {
    const { events, until, stop } = await subscribe();
    await post('Trước');
    await until('comment');
    await stop();
    const last = events.at(-1)!.id;
    await post('Giữa chừng');
    const again = await subscribe(storyQuery(story), { 'last-event-id': String(last) });
    await again.until('comment');
    expect(again.of('comment').map((event) => (event as { comment: Comment }).comment.text)).toEqual(['Giữa chừng']);
    expect(again.of('reset')).toEqual([]);
  });

  test.each(['1', String(Number.MAX_SAFE_INTEGER)])(
    'send reset for a Last-Event-ID out of range (%s)',
    async (last) => {
      const { until } = await subscribe(storyQuery(story), { 'last-event-id': last });
      await until('reset');
    },
  );

  test('send reset instead of very many changes', async () => {
    const { until, of } = await subscribe();
    await Promise.all(Array.from({ length: 120 }, (_, index) => post(`Bình luận ${index}`)));
    await until('reset');
    expect(of('comment').length).toBeLessThan(120);
  });

  test.each(['', `${Array.from({ length: 21 }, (_, index) => `story=s${index}`).join('&')}`, 'story='])(
    'refuse an invalid request: %s',
    async (query) => {
      expect((await server.ask(`/live?${query}`)).status).toBe(422);
    },
  );

  test('limit the streams of one network', async () => {
    const many = await Promise.all(Array.from({ length: 500 }, () => server.ask(`/live?${storyQuery(story)}`)));
    const refused = await server.ask(`/live?${storyQuery(story)}`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const { body } of many) await body?.cancel();
    await subscribe();
  });

  test('limit the stories that the streams of one network watch, and those without a row of all networks', async () => {
    await post('Có thật');
    const opened: Response[] = [];
    const ask = (keys: readonly string[], network: number) =>
      server.ask(`/live?${keys.map(storyQuery).join('&')}`, { address: `198.51.100.${network}` });
    const invented = (from: number) => Array.from({ length: 20 }, (_, at) => `${story}-${from + at}`);
    let count = 0;
    const fill = async (until: number, network: number) => {
      for (; count < until; count += 20) {
        const answer = await ask(invented(count), network);
        expect(answer.status).toBe(200);
        opened.push(answer);
      }
    };
    const refusal = async (answer: Promise<Response>) => {
      const { status, headers } = await answer;
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      return status;
    };
    const before = server.services.live.refusedCount;
    await fill(limits.networkLiveStories, 1);
    expect(await refusal(ask(invented(count), 1))).toBe(429);
    opened.push(await ask(invented(0), 2));
    await fill(2 * limits.networkLiveStories, 3);
    await fill(limits.watchedUnstoredStories, 4);
    expect(await refusal(ask(invented(count), 5))).toBe(503);
    expect(server.services.live.refusedCount - before).toBe(2);
    const { of, until } = await subscribe();
    await post('Vẫn đến');
    await until('comment');
    expect(of('comment')).toHaveLength(1);
    for (const { body } of opened) await body?.cancel();
    await waitFor(async () => {
      const answer = await ask(invented(count), 5);
      await answer.body?.cancel();
      expect(answer.status).toBe(200);
    });
  });

  test('end all streams with the server', async () => {
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
