import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { runCommand } from './cli.js';
import { openNewsletterServer } from './newsletter-server.js';
import { databases, openTestServices, origin, storyUrl, type TestServer } from './setup.js';

const partner = 'https://partner.example';
const dayMs = 86_400_000;

describe.each(databases)('sites report on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
    await server.services.sites.update('paper', (site) => ({ ...site, origins: [origin, partner] }));
    for (const [index, from] of [origin, origin, partner, undefined].entries()) await act(from, index);
    await addSubscriptions(server);
  });
  afterEach(() => server.close());

  /** Posts a comment and a reaction from a page, or from a program. */
  async function act(from: string | undefined, index: number): Promise<void> {
    const authorization = `Bearer ${await server.guest(`Reader ${index}`)}`;
    const send = (method: string, path: string, body: object) =>
      server.app.request(`/v1/sites/paper${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json', ...(from === undefined ? {} : { origin: from }) },
        body: JSON.stringify(body),
      });
    const posted = await send('POST', '/comments', { story: storyUrl, text: `Comment ${index}` });
    const reacted = await send('PUT', '/reactions', {
      story: storyUrl,
      poll: 'reactions',
      choice: await firstChoice(),
    });
    expect([posted.status, reacted.status]).toEqual([201, 200]);
  }

  const firstChoice = async () => (await server.services.polls.getOrThrow('paper', 'reactions')).choices[0]!.id;
  const report = async (...options: string[]) =>
    (await runCommand(server, 'sites', 'report', 'paper', ...options)).stdout;

  it('counts by origin', async () => {
    expect(JSON.parse(await report('--format', 'json'))).toMatchObject({
      site: 'paper',
      origins: [
        { origin, comments: 2, pending: 0, reactions: 2, signups: 2, confirmed: 1 },
        { origin: partner, comments: 1, reactions: 1, signups: 0 },
        { origin: null, comments: 1, reactions: 1, signups: 0 },
      ],
      total: { comments: 4, pending: 0, reactions: 4, signups: 2, confirmed: 1 },
    });
  });

  it('prints a table and CSV', async () => {
    expect((await report()).split('\n').slice(1)).toEqual([
      '',
      'origin                   comments  pending  reactions  signups  confirmed',
      'https://paper.example           2        0          2        2          1',
      'https://partner.example         1        0          1        0          0',
      '(none)                          1        0          1        0          0',
      'total                           4        0          4        2          1',
      '',
    ]);
    expect((await report('--format', 'csv')).split('\n').slice(0, 2)).toEqual([
      'origin,comments,pending,reactions,signups,confirmed',
      'https://paper.example,2,0,2,2,1',
    ]);
  });

  it('leaves out what is older than the days, and other sites', async () => {
    await runCommand(server, 'sites', 'add', 'weekly');
    const other = await runCommand(server, 'sites', 'report', 'weekly', '--format', 'json');
    expect(JSON.parse(other.stdout)).toMatchObject({ origins: [] });
    const signups = async (days: string) =>
      (JSON.parse(await report('--days', days, '--format', 'json')) as { total: { signups: number } }).total.signups;
    expect(await signups('30')).toBe(2);
    expect(await signups('90')).toBe(3);
  });

  it('refuses wrong options', async () => {
    for (const days of ['0', '3651', 'week', '1.5'])
      expect((await runCommand(server, 'sites', 'report', 'paper', '--days', days)).stderr).toBe(
        `afterword: --days: "${days}" must be a whole number from 1 to 3650.\n`,
      );
    const { code, stderr } = await runCommand(server, 'sites', 'report', 'paper', '--format', 'xml');
    expect(code).toBe(1);
    expect(stderr).toContain('Allowed choices are table, csv, json.');
  });
});

test.each(databases)('a signup stores the origin of its page on %s', async (kind) => {
  const server = await openNewsletterServer(kind);
  try {
    expect((await server.subscribe()).status).toBe(202);
    expect(await server.mails()).toHaveLength(1);
    const stored = server.services.database.read.selectFrom('subscriptions').select(['origin', 'state']);
    expect(await stored.execute()).toEqual([{ origin, state: 'pending' }]);
  } finally {
    await server.close();
  }
});

async function addSubscriptions({ services }: TestServer): Promise<void> {
  const now = Date.now();
  const rows = [
    { state: 'confirmed' as const, createdAt: now },
    { state: 'pending' as const, createdAt: now },
    { state: 'confirmed' as const, createdAt: now - 60 * dayMs },
  ].map((row, index) => ({
    ...{ id: `s${index}`, siteId: 'paper', newsletterId: 'daily', emailKey: `${index}@a.example` },
    ...{ email: `${index}@a.example`, lang: 'vi', changedAt: now, origin, ...row },
  }));
  await services.database.writer.submit(
    {
      name: 'add-subscriptions',
      async run({ db }, calls: undefined[]) {
        await db.insertInto('subscriptions').values(rows).execute();
        return calls;
      },
    },
    undefined,
  );
}
