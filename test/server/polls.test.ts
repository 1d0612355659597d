import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newSiteSchema } from '../../server/src/sites/store.js';
import type { EditedPoll, PollResults, Problem, Reacted, Reactions } from '../../src/contract/types.js';
import { databases, openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

const question = { vi: 'Bạn đi làm bằng gì?', en: 'How do you get to work?' };
const choices = [
  { id: 'bus', label: { vi: 'Xe buýt', en: 'Bus' }, icon: '🚌' },
  { id: 'bike', label: { vi: 'Xe đạp' }, icon: 'https://paper.example/bike.svg' },
  { id: 'walk', label: { vi: 'Đi bộ', en: 'On foot' } },
];

describe.each(databases)('poll editing on %s', (kind) => {
  let server: TestServer;
  let key: string;
  let made = 0;
  let poll: string;
  let story: string;
  beforeAll(async () => {
    server = await openTestServices(kind, { AFTERWORD_LIMITS: 'on' });
    key = await server.services.sites.makeServerKey('paper');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    poll = `to-work-${++made}`;
    story = `${storyUrl}/${made}`;
  });

  const asEditor = (path: string, init: Parameters<TestServer['ask']>[1] = {}) =>
    server.ask(path, { token: key, ...init });
  const put = (body: object, id = poll) =>
    asEditor(`/polls/${id}`, { method: 'PUT', json: { question, choices, ...body } });
  const show = async () => (await (await asEditor(`/polls/${poll}`)).json()) as EditedPoll;
  const newGuest = async () => (await server.services.readers.addGuest('paper', 'Lan')).token;
  const vote = async (choice: unknown, { token, from = origin }: { token?: string; from?: string } = {}) =>
    server.ask('/reactions', {
      method: 'PUT',
      token: token ?? (await newGuest()),
      json: { story, poll, choice },
      headers: { origin: from },
    });
  /** Votes as clients do, which try again where a busy server had no connection to the database in time. */
  const voteAgainWhileBusy = async (choice: unknown, token: string) => {
    let answer = await vote(choice, { token });
    while (answer.status === 503) answer = await vote(choice, { token });
    return answer;
  };
  const read = async (query = '') =>
    (await (await server.ask(`/reactions?${storyQuery(story)}&poll=${poll}${query}`)).json()) as Reactions;
  const results = async (query = '') =>
    (await (await asEditor(`/polls/${poll}/results?${storyQuery(story)}${query}`)).json()) as PollResults;
  const freeze = (frozen: boolean) => asEditor(`/polls/${poll}/frozen`, { method: 'PUT', json: { story, frozen } });
  const codeOf = async (answer: Response) => ((await answer.json()) as Problem).code;
  const signOn = async (token: string) => {
    const { id } = await server.services.readers.authenticate(`Bearer ${token}`, 'paper');
    await server.services.database.writer.submit(
      {
        name: 'sign-on',
        run: async ({ db }, ids: readonly string[]) => {
          await db.updateTable('readers').set({ kind: 'signed-on' }).where('id', 'in', ids).execute();
          return ids.map(() => undefined);
        },
      },
      id,
    );
    // Invalidates the cached reader, as sign-in does.
    await server.services.readers.setBadges(id, []);
  };

  test("requires the site's server key", async () => {
    const before = await server.ask(`/polls/${poll}`, { method: 'PUT', json: { question, choices } });
    expect([before.status, await codeOf(before)]).toEqual([401, 'token-required']);
    const reader = await server.ask('/polls', { token: await newGuest() });
    expect([reader.status, await codeOf(reader)]).toEqual([401, 'token-invalid']);
    expect((await asEditor(`/polls/${poll}`)).status).toBe(404);
  });

  test('creates a poll that is listed, translated and open for votes at once', async () => {
    const answer = await put({ multiple: true });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      id: poll,
      question,
      multiple: true,
      results: 'always',
      state: 'open',
      opensAt: null,
      closesAt: null,
      story: null,
      choices: choices.map((choice) => ({ icon: '', ...choice, retired: false })),
    });
    const { poll: english } = await read('&lang=en');
    expect(english.choices.map(({ label }) => label)).toEqual(['Bus', 'Xe đạp', 'On foot']);
    expect(((await (await vote(['bus', 'walk'])).json()) as Reacted).counts).toEqual({ bus: 1, bike: 0, walk: 1 });
    const { polls } = (await (await asEditor('/polls')).json()) as { polls: EditedPoll[] };
    expect(polls.map(({ id }) => id)).toEqual(expect.arrayContaining([poll, 'reactions']));
  });

  test('changes texts, icons and order, and retires omitted choices with their votes', async () => {
    await put({});
    await vote('bus');
    await vote('bike');
    const reworded = { id: 'bike', label: { vi: 'Xe máy' }, icon: 'fun' };
    await put({ choices: [choices[2], reworded] });
    const { poll: shown, counts, total } = await read('&lang=vi');
    expect(shown.choices).toEqual([
      { id: 'walk', label: 'Đi bộ', icon: '' },
      { id: 'bike', label: 'Xe máy', icon: 'fun' },
    ]);
    expect([counts, total]).toEqual([{ bus: 1, bike: 1, walk: 0 }, 2]);
    expect(await codeOf(await vote('bus'))).toBe('choice-not-found');
    expect((await show()).choices.map(({ id, retired }) => [id, retired])).toEqual([
      ['walk', false],
      ['bike', false],
      ['bus', true],
    ]);
    await put({});
    expect((await read()).poll.choices).toHaveLength(3);
    expect((await vote('bus')).status).toBe(200);
  });

  test('refuses edits that would invalidate votes', async () => {
    await put({});
    await put({ multiple: true });
    await vote(['bus']);
    const answer = await put({ multiple: false });
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'poll-in-use']);
    const elsewhere = await put({ multiple: true, story: `${storyUrl}/elsewhere` });
    expect(await codeOf(elsewhere)).toBe('poll-in-use');
    expect((await show()).multiple).toBe(true);
    expect((await put({ multiple: true, story })).status).toBe(200);
  });

  test('shows the poll of a story on no other story', async () => {
    await put({ story });
    expect((await vote('bus')).status).toBe(200);
    expect((await show()).story).toBe(story);
    const other = `${storyUrl}/other`;
    const elsewhere = await server.ask(`/reactions?${storyQuery(other)}&poll=${poll}`);
    expect([elsewhere.status, await codeOf(elsewhere)]).toEqual([404, 'poll-not-found']);
    const voted = await server.ask('/reactions', {
      method: 'PUT',
      token: await newGuest(),
      json: { story: other, poll, choice: 'bus' },
    });
    expect(await codeOf(voted)).toBe('poll-not-found');
  });

  test('opens and closes by time and shows results as configured', async () => {
    const hour = 3_600_000;
    const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
    await put({ opensAt: at(hour) });
    expect((await read()).poll.state).toBe('closed');
    expect(await codeOf(await vote('bus'))).toBe('poll-closed');
    await put({ opensAt: at(-hour), closesAt: at(hour), results: 'after-closing' });
    await vote('bus');
    expect(await read()).not.toHaveProperty('counts');
    await put({ results: 'after-closing', closesAt: at(-1) });
    expect(await read()).toMatchObject({ poll: { state: 'closed' }, counts: { bus: 1 }, total: 1 });
  });

  test.each([
    ['a question without text', { question: {} }, 'question'],
    ['a single choice', { choices: choices.slice(0, 1) }, 'choices'],
    ['duplicate choice ids', { choices: [choices[0], choices[0]] }, 'choices.1.id'],
    ['a choice without text', { choices: [choices[0], { id: 'x', label: { vi: '  ' } }] }, 'choices.1.label.vi'],
    [
      'a script URL as icon',
      { choices: [choices[0], { ...choices[1], icon: 'javascript:alert(1)' }] },
      'choices.1.icon',
    ],
    [
      'a closing time before the opening time',
      { opensAt: '2026-01-02T00:00:00Z', closesAt: '2026-01-01T00:00:00Z' },
      'closesAt',
    ],
  ])('refuses %s and names the field', async (_, body, field) => {
    const answer = await put(body);
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as Problem;
    expect(errors?.map((error) => error.field)).toContain(field);
    expect((await asEditor(`/polls/${poll}`)).status).toBe(404);
  });

  test('counts all and trusted votes, by choice and by origin', async () => {
    const partner = 'https://partner.example';
    const { site } = server;
    await server.services.sites.put(newSiteSchema.parse({ ...site, origins: [origin, partner] }));
    await put({ multiple: true });
    const known = await newGuest();
    await signOn(known);
    await vote(['bus', 'walk'], { token: known });
    await vote(['bus']);
    await vote(['bike'], { from: partner });
    const found = await results();
    expect(found).toMatchObject({ poll, stories: [{ story, frozen: null, total: { votes: 3, trusted: 1 } }] });
    const [{ choices: all, origins } = { choices: {}, origins: [] }] = found.stories;
    expect(all).toEqual({
      bus: { votes: 2, trusted: 1 },
      bike: { votes: 1, trusted: 0 },
      walk: { votes: 1, trusted: 1 },
    });
    expect(origins.map(({ origin, total }) => [origin, total.votes])).toEqual([
      [origin, 2],
      [partner, 1],
    ]);
    const { counts, total } = await read();
    expect(Object.entries(all).map(([id, { votes }]) => [id, votes])).toEqual(Object.entries(counts ?? {}));
    expect(found.stories[0]?.total.votes).toBe(total);
    await server.services.sites.put(newSiteSchema.parse(site));
  });

  test('exports results as CSV and escapes formulas', async () => {
    const first = { id: 'sum', label: { vi: '=1+1, "hai"' } };
    await put({ choices: [first, choices[1]] });
    await vote('sum');
    const answer = await asEditor(`/polls/${poll}/results?${storyQuery(story)}&format=csv`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await answer.text()).split('\n')).toEqual([
      'story,poll,origin,choice,label,retired,votes,trusted',
      `${story},${poll},${origin},sum,"'=1+1, ""hai""",no,1,0`,
      `${story},${poll},${origin},bike,Xe đạp,no,0,0`,
      '',
    ]);
  });

  test('freezes a poll on one story, keeps its counts, and resumes it', async () => {
    await put({});
    await vote('bus');
    expect((await freeze(true)).status).toBe(200);
    expect(await read()).toMatchObject({ poll: { state: 'frozen' }, counts: { bus: 1 } });
    const answer = await vote('bus');
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'poll-frozen']);
    expect((await results()).stories[0]?.frozen?.why).toBe('by an editor');
    const other = await server.ask(`/reactions?${storyQuery(`${story}/other`)}&poll=${poll}`);
    expect(((await other.json()) as Reactions).poll.state).toBe('open');
    await freeze(false);
    expect((await vote('bus')).status).toBe(200);
    expect((await read()).total).toBe(2);
  });

  describe('with limits', () => {
    const limit = (reactions: object) =>
      server.services.sites.put(
        newSiteSchema.parse({ ...server.site, settings: { ...server.site.settings, reactions } }),
      );
    afterAll(() => limit({}));

    test('requires sign-in from guests beyond the network limit and accepts identified readers', async () => {
      await limit({ networkGuests: 20, burstGuests: null });
      await put({});
      const answers = await Promise.all(Array.from({ length: 60 }, () => vote('bus')));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
      const refused = answers.find(({ status }) => status !== 200)!;
      expect([refused.status, await codeOf(refused)]).toEqual([403, 'vote-needs-identity']);
      const known = await newGuest();
      await signOn(known);
      expect((await vote('bike', { token: known })).status).toBe(200);
      expect(await read()).toMatchObject({ counts: { bus: 20, bike: 1 }, total: 21 });
      expect((await results()).stories[0]?.total).toEqual({ votes: 21, trusted: 1 });
    });

    test('accepts 500 of ten thousand guests of one network and counts them correctly', async () => {
      await limit({});
      await put({});
      const tokens = await Promise.all(Array.from({ length: 10_000 }, newGuest));
      const answers = await Promise.all(tokens.map((token, at) => voteAgainWhileBusy(choices[at % 3]!.id, token)));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(9_500);
      expect(new Set(await Promise.all(refused.map(codeOf)))).toEqual(new Set(['vote-needs-identity']));
      const { counts = {}, total } = await read();
      expect([total, Object.values(counts).reduce((sum, count) => sum + count)]).toEqual([500, 500]);
      const [recount] = (await results()).stories;
      expect(Object.entries(recount?.choices ?? {}).map(([id, { votes }]) => [id, votes])).toEqual(
        Object.entries(counts),
      );
    }, 480_000);

    test('lets guests change their vote after the network limit is reached', async () => {
      await limit({ networkGuests: 1, burstGuests: null });
      await put({});
      const token = await newGuest();
      await vote('bus', { token });
      expect(await codeOf(await vote('bus'))).toBe('vote-needs-identity');
      expect((await vote('bike', { token })).status).toBe(200);
      expect(await read()).toMatchObject({ counts: { bus: 0, bike: 1 } });
    });

    test('freezes the poll on a burst for one choice without losing votes, but not on a burst of varied votes', async () => {
      await limit({ networkGuests: null, burstGuests: 30 });
      await put({});
      const varied = await Promise.all(Array.from({ length: 90 }, (_, at) => vote(choices[at % 3]!.id)));
      expect(varied.every(({ status }) => status === 200)).toBe(true);
      story = `${story}/stuffed`;
      const burst = await Promise.all(Array.from({ length: 90 }, () => vote('bus')));
      const taken = burst.filter(({ status }) => status === 200).length;
      expect(taken).toBeLessThan(90);
      expect(new Set(await Promise.all(burst.filter(({ status }) => status !== 200).map(codeOf)))).toEqual(
        new Set(['poll-frozen']),
      );
      expect(await read()).toMatchObject({ poll: { state: 'frozen' }, total: taken, counts: { bus: taken } });
      expect((await results()).stories[0]).toMatchObject({
        total: { votes: taken },
        frozen: { why: expect.stringContaining('burst') as string },
      });
    });
  });
});
