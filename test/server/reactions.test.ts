import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPolls } from '../../server/src/reactions/polls.js';
import type { Problem, Reacted, Reactions } from '../../src/contract/types.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

describe.each(databases)('reactions on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
    const choices = ['sea', 'sky', 'soil', 'constructor'].map((id) => ({ id, label: { en: id }, icon: id }));
    const topics = { id: 'topics', question: { en: 'What next?' }, multiple: true, choices };
    await server.services.database.writer.submit(addPolls, { siteId: 'paper', poll: topics });
  });
  afterAll(() => server.close());

  const react = (token: string, choice: unknown, story: string, poll = 'reactions') =>
    server.ask('/reactions', { method: 'PUT', token, json: { story, poll, choice } });
  const takeBack = (token: string, story: string) =>
    server.ask(`/reactions?${storyQuery(story)}`, { method: 'DELETE', token });
  const read = async (story: string, query = '') =>
    (await (await server.ask(`/reactions?${storyQuery(story)}${query}`)).json()) as Reactions;

  test('returns the default poll with zeros for an unknown story, in the requested language', async () => {
    const poll = await read(`${storyUrl}/unseen`);
    expect(poll.counts).toEqual({ great: 0, like: 0, fun: 0, improve: 0 });
    expect(poll.total).toBe(0);
    expect(poll.poll.question).toBe('Cảm nhận của bạn về bài viết này');
    expect(poll.poll.choices.map(({ label }) => label)).toEqual(['Rất hay', 'Thích', 'Giải trí', 'Cần cải thiện']);
    expect((await read(`${storyUrl}/unseen`, '&lang=en-GB')).poll.question).toBe('How do you feel about this story?');
  });

  test('counts one vote per reader when it is cast, changed and removed', async () => {
    const story = `${storyUrl}/one`;
    const token = await server.guest();
    const chosen = (await (await react(token, 'great', story)).json()) as Reacted;
    expect(chosen).toMatchObject({ choice: 'great', total: 1, counts: { great: 1, like: 0 } });
    const again = (await (await react(token, 'great', story)).json()) as Reacted;
    expect(again.version).toBe(chosen.version);
    const changed = (await (await react(token, 'fun', story)).json()) as Reacted;
    expect(changed).toMatchObject({ choice: 'fun', total: 1, counts: { great: 0, fun: 1 } });
    expect(await read(story)).toMatchObject({ total: 1, counts: { fun: 1 } });
    expect((await (await takeBack(token, story)).json()) as Reacted).toMatchObject({
      choice: null,
      total: 0,
      counts: { fun: 0 },
    });
    expect((await takeBack(token, story)).status).toBe(200);
  });

  test("returns the reader's choice in `/me`", async () => {
    const story = `${storyUrl}/me`;
    const token = await server.guest();
    await react(token, 'like', story);
    await react(token, ['sky', 'sea'], story, 'topics');
    const me = (await (await server.ask(`/me?${storyQuery(story)}`, { token })).json()) as { reactions: unknown };
    expect(me.reactions).toEqual({ reactions: 'like', topics: ['sea', 'sky'] });
  });

  test('counts choices with any valid id, `constructor` included', async () => {
    const story = `${storyUrl}/names`;
    const voted = (await (await react(await server.guest(), ['constructor'], story, 'topics')).json()) as Reacted;
    expect(voted.counts).toEqual({ sea: 0, sky: 0, soil: 0, constructor: 1 });
    expect((await read(`${storyUrl}/unseen`, '&poll=topics')).counts).toMatchObject({ constructor: 0 });
  });

  test('creates no story when a missing vote is removed', async () => {
    const story = `${storyUrl}/never`;
    const answer = await takeBack(await server.guest(), story);
    expect(await answer.json()).toMatchObject({ choice: null, total: 0, counts: { great: 0 } });
    expect(await server.services.stories.find(server.site, story)).toBeUndefined();
  });

  test('invalidates the public cache before the vote is acknowledged', async () => {
    const story = `${storyUrl}/cached`;
    for (let voters = 1; voters <= 5; voters += 1) {
      await read(story);
      await react(await server.guest(), 'great', story);
      expect((await read(story)).total).toBe(voters);
    }
  });

  test('keeps one of a hundred concurrent votes of one reader', async () => {
    const story = `${storyUrl}/parallel`;
    const token = await server.guest();
    const choices = ['great', 'like', 'fun', 'improve'];
    await Promise.all(Array.from({ length: 100 }, (_, index) => react(token, choices[index % 4], story)));
    const { counts = {}, total } = await read(story);
    expect(total).toBe(1);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1);
  });

  test.each([
    ['an unknown choice', { choice: 'love' }, 422, 'choice-not-found'],
    ['two choices on a single-choice poll', { choice: ['great', 'fun'] }, 422, 'validation-failed'],
    ['an unknown poll', { poll: 'nowhere', choice: 'great' }, 404, 'poll-not-found'],
    ['a wrong type', { choice: 7 }, 422, 'validation-failed'],
    ['a story key of 10 kB', { story: 'x'.repeat(10_000), choice: 'great' }, 422, 'story-key-invalid'],
    ['a story on a foreign origin', { story: 'https://elsewhere.example/a', choice: 'great' }, 404, 'story-not-found'],
  ])('refuses %s and stores nothing', async (_, body, status, code) => {
    const before = await server.services.database.read.selectFrom('reaction_votes').select('readerId').execute();
    const answer = await server.ask('/reactions', {
      method: 'PUT',
      token: await server.guest(),
      json: { story: storyUrl, ...body },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(((await answer.json()) as Problem).code).toBe(code);
    const after = await server.services.database.read.selectFrom('reaction_votes').select('readerId').execute();
    expect(after).toHaveLength(before.length);
  });

  test('keeps tallies equal to a recount for any sequence of votes', async () => {
    const story = `${storyUrl}/recount`;
    const tokens = await Promise.all(Array.from({ length: 4 }, () => server.guest()));
    const act = fc.record({ reader: fc.nat(3), choice: fc.constantFrom('great', 'like', 'fun', 'improve', null) });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
        await Promise.all(
          acts.map(({ reader, choice }) =>
            choice === null ? takeBack(tokens[reader] ?? '', story) : react(tokens[reader] ?? '', choice, story),
          ),
        );
        const { counts, total } = await read(story);
        const known = await server.services.stories.find(server.site, story);
        const votes = await server.services.database.read
          .selectFrom('reaction_votes')
          .select('choicesJson')
          .where('storyId', '=', known?.id ?? '')
          .execute();
        const recount: Record<string, number> = { great: 0, like: 0, fun: 0, improve: 0 };
        for (const { choicesJson } of votes)
          for (const choice of JSON.parse(choicesJson) as string[]) recount[choice] = (recount[choice] ?? 0) + 1;
        expect(counts).toEqual(recount);
        expect(total).toBe(votes.length);
      }),
      { numRuns: 15 },
    );
  });
});
