import { storiesBody } from 'afterword/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/src/storage/database.js';
import { putStories } from '../../server/src/stories/store.js';
import { databases, openTestServices, storyQuery, storyUrl, type AskInit, type TestServer } from './setup.js';

const dayMs = 24 * 60 * 60_000;

/** Requests refer to rows by what they have cached for five seconds. */
describe.each(databases)('on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
  });
  afterEach(() => server.close());

  const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code;
  const post = (token: string, json: object) => server.ask('/comments', { method: 'POST', token, json });

  test('a guest who was deleted a moment ago is refused with token-invalid', async () => {
    const writer = await server.guest();
    const posted = await post(writer, { story: storyUrl, text: 'Một ý kiến' });
    const { comment } = (await posted.json()) as { comment: { id: string; author: { id: string } } };
    const acts: Record<string, [string, AskInit]> = {
      comment: ['/comments', { method: 'POST', json: { story: storyUrl, text: 'Một ý khác' } }],
      reply: ['/comments', { method: 'POST', json: { story: storyUrl, parentId: comment.id, text: 'Vâng' } }],
      reaction: ['/reactions', { method: 'PUT', json: { story: storyUrl, choice: 'great' } }],
      vote: [`/comments/${comment.id}/vote`, { method: 'PUT', json: { value: 1 } }],
      report: [`/comments/${comment.id}/reports`, { method: 'POST', json: { reason: 'spam' } }],
      mute: [`/readers/${comment.author.id}/mute`, { method: 'PUT' }],
      rename: ['/readers/me', { method: 'PATCH', json: { name: 'Mai' } }],
    };
    const tokens = await Promise.all(Object.keys(acts).map(() => server.guest()));
    await server.services.retention.run(Date.now() + 31 * dayMs);
    const answers = await Promise.all(
      Object.values(acts).map(([path, init], index) => server.ask(path, { ...init, token: tokens[index]! })),
    );
    const refusals = await Promise.all(answers.map(async (answer) => [answer.status, await codeOf(answer)]));
    expect(Object.fromEntries(Object.keys(acts).map((act, index) => [act, refusals[index]]))).toEqual(
      Object.fromEntries(Object.keys(acts).map((act) => [act, [401, 'token-invalid']])),
    );
  });

  test('a write beside that of a deleted guest is stored', async () => {
    const [deleted, other] = await Promise.all([server.guest(), server.guest()]);
    await post(other, { story: storyUrl, text: 'Trước' });
    await server.services.retention.run(Date.now() + 31 * dayMs);
    const answers = await Promise.all(
      [deleted, other, deleted, other].map((token, number) => post(token, { story: storyUrl, text: `Ý ${number}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 201, 401, 201]);
  });

  /** Stores a story as another process does: the caches of this server are not cleared. */
  async function putElsewhere(id: string, url: string): Promise<void> {
    const database = await openDatabase(server.services.config.database);
    try {
      const story = { id, url, title: 'Một bài', publishedAt: new Date().toISOString() };
      const { stories } = storiesBody.parse({ stories: [story] });
      await database.writer.submit(putStories, { siteId: 'paper', stories });
    } finally {
      await database.close();
    }
  }

  test('a write to a story that was merged a moment ago goes to the one it was merged into', async () => {
    const token = await server.guest();
    await post(token, { story: storyUrl, text: 'Trước' });
    const before = await server.services.stories.find(server.site, storyUrl);
    await putElsewhere('an-id', `${storyUrl}-of-before`);
    expect((await post(token, { story: 'an-id', text: 'Bài kia' })).status).toBe(201);
    await putElsewhere('an-id', storyUrl);
    const { database, stories } = server.services;
    expect((await stories.find(server.site, storyUrl))?.id).toBe(before?.id);
    const stored = database.read.selectFrom('stories').select('id').where('id', '=', before!.id);
    expect(await stored.execute()).toEqual([]);
    const signals = { signals: [{ type: 'read', story: storyUrl }] };
    const answers = [
      await server.ask(`/comments?${storyQuery()}&sort=best`),
      await post(token, { story: storyUrl, text: 'Sau' }),
      await server.ask('/reactions', { method: 'PUT', token, json: { story: storyUrl, choice: 'great' } }),
      await server.ask('/signals', { method: 'POST', json: signals }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 204]);
    const thread = (await (await server.ask(`/comments?${storyQuery('an-id')}`)).json()) as { total: number };
    expect(thread.total).toBe(3);
  });
});
