import { parse } from 'csv-parse/sync';
import { Window } from 'happy-dom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

describe.each(databases)('the report of newsletters on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    const signUp = async (email: string, page: string | undefined, lists = ['daily']) => {
      const consent = lists.map((id) => `${id}-1`);
      await server.subscribe({ email, lists, consent, page });
      return (await server.mails()).at(-1)!;
    };
    const confirm = async (email: string, code: string) =>
      server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
    const lan = await signUp('lan@reader.example', 'https://paper.example/a', ['daily', 'weekend']);
    await confirm('lan@reader.example', lan.code);
    await signUp('minh@reader.example', 'https://partner.example/b');
    await signUp('an@reader.example', undefined);
    const token = lan.tokenFor('unsubscribe');
    await server.post(`/newsletter/unsubscribe?token=${token}`, { 'List-Unsubscribe': 'One-Click' });
  });
  afterEach(() => server.close());

  const report = (...argv: string[]) => runCommand(server, 'newsletters', 'report', ...argv);
  const rows = async (...argv: string[]) =>
    parse<Record<string, string>>((await report('--format', 'csv', ...argv)).stdout, { columns: true });

  it('counts by day, days without numbers included, in a time zone', async () => {
    const days = await rows('--days', '7', '--zone', 'Asia/Ho_Chi_Minh');
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date());
    expect(days.length).toBeGreaterThanOrEqual(8);
    expect(days.at(-1)).toEqual({ day: today, signups: '4', confirmed: '2', left: '2', bounced: '0' });
    expect(days[0]).toMatchObject({ signups: '0', left: '0' });
  });

  it('counts by newsletter, page and origin', async () => {
    expect(await rows('--by', 'list')).toEqual([
      { list: 'daily', signups: '3', confirmed: '1', left: '1', bounced: '0' },
      { list: 'weekend', signups: '1', confirmed: '1', left: '1', bounced: '0' },
    ]);
    expect(await rows('--by', 'page', '--list', 'daily')).toEqual([
      { page: '(unknown)', signups: '1', confirmed: '0', left: '0', bounced: '0' },
      { page: 'https://paper.example/a', signups: '1', confirmed: '1', left: '1', bounced: '0' },
      { page: 'https://partner.example/b', signups: '1', confirmed: '0', left: '0', bounced: '0' },
    ]);
    expect((await rows('--by', 'origin')).map(({ origin }) => origin)).toEqual([
      'https://paper.example',
      '(unknown)',
      'https://partner.example',
    ]);
  });

  it('is a table, JSON, or a picture with a name for each row', async () => {
    const table = (await report('--by', 'list')).stdout;
    expect(table).toContain('list     signups  confirmed  left  bounced\n');
    expect(table).toContain('total          4          2     2        0\n');
    expect(JSON.parse((await report('--format', 'json')).stdout)).toMatchObject({ total: { signups: 4, left: 2 } });
    const { document } = new Window();
    document.body.innerHTML = (await report('--format', 'svg', '--by', 'page')).stdout;
    const names = [...document.querySelectorAll('[role=listitem]')].map((row) => row.getAttribute('aria-label'));
    expect(names[0]).toBe('https://paper.example/a: signups 2, confirmed 2, left 2, bounced 0');
    expect(document.querySelector('svg > title')?.textContent).toBe('The Paper: newsletters, the last 30 days by page');
  });

  it.each([
    [['--days', '0'], '--days: "0" must be'],
    [['--zone', 'Hanoi'], '--zone: "Hanoi" is not a time zone'],
    [['--list', 'evening'], 'has no newsletter "evening". There are: daily, weekend.'],
  ])('refuses %j in one line', async (argv, sentence) => {
    const { code, stderr } = await report(...argv);
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
