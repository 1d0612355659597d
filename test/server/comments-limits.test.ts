import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommentAnswer } from '../../src/contract/types.js';
import { newSiteSchema } from '../../server/src/sites/store.js';
import { openTestServices, storyUrl, type TestServer } from './setup.js';

describe('limits of a network', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices('sqlite', { AFTERWORD_LIMITS: 'on' });
  });
  afterAll(() => server.close());

  const preview = (token: string, address: string) =>
    server.ask('/comments/preview', { method: 'POST', token, address, json: { text: '- một' } });

  test('bound previews, however many guests send them', async () => {
    const statuses: number[] = [];
    for (let guest = 0; guest < 3; guest++) {
      const token = await server.guest();
      for (let time = 0; time < 100; time++) statuses.push((await preview(token, '203.0.113.7')).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(240);
    expect(statuses.filter((status) => status === 429)).toHaveLength(60);
    expect((await preview(await server.guest(), '203.0.113.8')).status).toBe(200);
  });

  test('bound the guests that vote on a comment, and never a vote that changes or is removed', async () => {
    const reactions = { networkGuests: 3, burstGuests: null };
    const settings = { ...server.site.settings, reactions };
    await server.services.sites.put(newSiteSchema.parse({ ...server.site, settings }));
    const posted = await server.ask('/comments', {
      method: 'POST',
      token: await server.guest(),
      json: { story: `${storyUrl}/likes`, text: 'Một bình luận' },
    });
    const { comment } = (await posted.json()) as CommentAnswer;
    const vote = (token: string, value: number, address = '203.0.113.10') =>
      server.ask(`/comments/${comment.id}/vote`, { method: 'PUT', token, address, json: { value } });
    const guests = await Promise.all(Array.from({ length: 5 }, () => server.guest()));
    const answers = await Promise.all(guests.map((token) => vote(token, 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = answers.findIndex(({ status }) => status !== 200);
    expect(await answers[refused]!.json()).toMatchObject({ status: 403, code: 'vote-needs-identity' });
    expect((await vote(guests[refused]!, 0)).status).toBe(200);
    const accepted = guests[answers.findIndex(({ status }) => status === 200)]!;
    expect((await vote(accepted, -1)).status).toBe(200);
    expect(await (await vote(guests[refused]!, 1, '203.0.113.11')).json()).toMatchObject({ votes: { up: 3, down: 1 } });
  });

  test('count edits like comments', async () => {
    const statuses: number[] = [];
    for (let guest = 0; guest < 11; guest++) {
      const token = await server.guest();
      const request = { token, address: '203.0.113.9' };
      const json = { story: storyUrl, text: `Bình luận ${guest}` };
      const posted = await server.ask('/comments', { method: 'POST', ...request, json });
      statuses.push(posted.status);
      if (posted.status !== 201) continue;
      const { comment } = (await posted.json()) as CommentAnswer;
      for (let time = 0; time < 19; time++) {
        const edited = { text: `Lần ${time}` };
        statuses.push(
          (await server.ask(`/comments/${comment.id}`, { method: 'PATCH', ...request, json: edited })).status,
        );
      }
    }
    expect(statuses.filter((status) => status < 300)).toHaveLength(200);
    expect(statuses.at(-1)).toBe(429);
  });
});
