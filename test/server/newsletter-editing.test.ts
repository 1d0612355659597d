import type { EditedNewsletter, Newsletters } from 'afterword/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retentionRules } from '../../server/src/app.js';
import { removalGraceMs } from '../../server/src/newsletter/domain/list-editing.js';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';
const evening = {
  name: 'Tin chiều',
  description: { vi: 'Cả ngày trong năm phút.', en: 'The day in five minutes.' },
  frequency: 'Mỗi chiều',
  consent: { text: 'Tôi đồng ý nhận Tin chiều.' },
};

describe.each(databases)('newsletters of a publisher on %s', (kind) => {
  let server: NewsletterServer;
  let key: string;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    key = await server.services.sites.makeServerKey('paper');
  });
  afterEach(() => server.close());

  const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];
  const put = (id: string, json: object, token = key) =>
    server.ask(`/newsletters/${id}`, { method: 'PUT', token, json });
  const show = async (id: string) =>
    (await (await server.ask(`/newsletters/${id}`, { token: key })).json()) as EditedNewsletter;
  const listed = async (query = '') => ((await (await server.ask(`/newsletters${query}`)).json()) as Newsletters).lists;
  const run = (...argv: string[]) => runCommand(server, 'newsletters', ...argv);
  const signUp = async (list: string) => {
    const consent = (await listed()).find(({ id }) => id === list)!.consent.id;
    await server.subscribe({ lists: [list], consent });
    const mail = (await server.mails()).at(-1)!;
    await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: mail.code } });
  };

  describe('by the API', () => {
    it('are created with texts in one language or in several, and shown at once', async () => {
      const latestIssue = { url: 'https://paper.example/so-moi', picture: 'https://paper.example/so-moi.jpg' };
      const answer = await put('evening', { ...evening, latestIssue });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        id: 'evening',
        name: { vi: 'Tin chiều' },
        description: evening.description,
        consent: { id: 'evening-1', text: { vi: 'Tôi đồng ý nhận Tin chiều.' } },
        earlierConsents: [],
        latestIssue,
        subscribers: { confirmed: 0, pending: 0, bounced: 0 },
      });
      expect((await listed('?lang=en')).at(-1)).toEqual({
        id: 'evening',
        name: 'Tin chiều',
        description: 'The day in five minutes.',
        frequency: 'Mỗi chiều',
        consent: { id: 'evening-1', text: 'Tôi đồng ý nhận Tin chiều.' },
        latestIssue,
        langs: { name: 'vi', frequency: 'vi', consent: 'vi' },
      });
    });

    it('take their place', async () => {
      await put('evening', { ...evening, position: 0 });
      await put('daily', { ...evening, position: 1 });
      expect((await listed()).map(({ id }) => id)).toEqual(['evening', 'daily', 'weekend']);
    });

    it('keep versions of the consent text, and which one a subscriber has agreed to', async () => {
      await put('evening', evening);
      await signUp('evening');
      await put('evening', { ...evening, consent: { text: 'Lời mới.' } });
      await put('evening', { ...evening, frequency: 'Chiều thứ Sáu', consent: { text: 'Lời mới.' } });
      await put('evening', evening);
      const { consent, earlierConsents, subscribers } = await show('evening');
      expect([consent, ...earlierConsents].map(({ id, text }) => [id, text['vi']])).toEqual([
        ['evening-3', 'Tôi đồng ý nhận Tin chiều.'],
        ['evening-2', 'Lời mới.'],
        ['evening-1', 'Tôi đồng ý nhận Tin chiều.'],
      ]);
      expect(subscribers).toEqual({ confirmed: 1, pending: 0, bounced: 0 });
      const agreed = await server.services.database.read.selectFrom('consent_events').selectAll().execute();
      expect(new Set(agreed.map(({ consentTextId }) => consentTextId))).toEqual(new Set(['evening-1']));
      expect(await codeOf(await server.subscribe({ lists: ['evening'], consent: 'evening-1' }))).toEqual([
        422,
        'consent-missing',
      ]);
    });

    it.each([
      ['an empty consent', { ...evening, consent: { text: '  ' } }, 'consent.text'],
      ['no consent', { ...evening, consent: undefined }, 'consent'],
      ['a text in no language', { ...evening, name: {} }, 'name'],
      ['a link that is none', { ...evening, latestIssue: { url: 'javascript:alert(1)' } }, 'latestIssue.url'],
      ['a text that is too long', { ...evening, name: 'x'.repeat(101) }, 'name'],
    ])('are refused with %s', async (_, body, field) => {
      const answer = await put('evening', body);
      expect(answer.status).toBe(422);
      const problem = (await answer.json()) as { code: string; errors: { field: string }[] };
      expect([problem.code, problem.errors[0]?.field]).toEqual(['validation-failed', field]);
      expect(await listed()).toHaveLength(2);
    });

    it('need the server key of their site', async () => {
      const { token } = await server.services.readers.addGuest('paper', 'Lan');
      expect(await codeOf(await put('evening', evening, token))).toEqual([401, 'token-invalid']);
      expect(await codeOf(await server.ask('/newsletters/daily'))).toEqual([401, 'token-required']);
      expect(await codeOf(await server.ask('/newsletters/evening', { token: key }))).toEqual([
        404,
        'newsletter-not-found',
      ]);
    });

    it('are removed at once, put back with their subscribers, and emptied after seven days', async () => {
      await signUp('daily');
      const remove = () => server.ask('/newsletters/daily', { method: 'DELETE', token: key });
      expect((await remove()).status).toBe(204);
      expect(await codeOf(await remove())).toEqual([404, 'newsletter-not-found']);
      expect((await listed()).map(({ id }) => id)).toEqual(['weekend']);
      expect(await codeOf(await server.subscribe())).toEqual([422, 'list-not-found']);
      await purge();
      await put('daily', evening);
      expect((await show('daily')).subscribers.confirmed).toBe(1);

      await remove();
      await purge(Date.now() + removalGraceMs + 1);
      await put('daily', evening);
      expect((await show('daily')).subscribers).toEqual({ confirmed: 0, pending: 0, bounced: 0 });
    });
  });

  async function purge(now = Date.now()): Promise<void> {
    const rule = retentionRules.find(({ name }) => name === 'subscriptions-of-removed-newsletters')!;
    const batch = { now, after: '', maxRows: 100 };
    await server.services.database.writer.submit(
      { name: 'purge', run: async (transaction) => [void (await rule.purge(transaction, batch))] },
      undefined,
    );
  }

  describe('from a terminal', () => {
    const add = (...more: string[]) =>
      run('add', 'evening', '--name', 'Tin chiều', '--description', 'Cả ngày.', '--frequency', 'Mỗi chiều', ...more);

    it('are added with the tag to paste, translated, listed and shown', async () => {
      expect(await add('--consent', 'Tôi đồng ý.', '--site', 'paper')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('<aw-newsletter list="evening"></aw-newsletter>') as string,
      });
      expect(await run('set', 'evening', '--lang', 'en', '--name', 'Evening news')).toEqual({
        code: 0,
        stdout: 'Newsletter evening is changed. Running servers follow within five seconds.\n',
        stderr: '',
      });
      expect((await run('set', 'evening', '--consent', 'Tôi rất đồng ý.')).stdout).toContain('version evening-2');
      expect((await run('list')).stdout.split('\n')).toContain('evening\t0\t0\t0\tTin chiều');
      const shown = JSON.parse((await run('show', 'evening')).stdout) as EditedNewsletter;
      expect(shown).toMatchObject({ name: { vi: 'Tin chiều', en: 'Evening news' }, frequency: { vi: 'Mỗi chiều' } });
    });

    it('show the last issue, and a picture of that issue alone', async () => {
      await add(
        '--consent',
        'Tôi đồng ý.',
        '--issue',
        'https://paper.example/1',
        '--picture',
        'https://paper.example/1.jpg',
      );
      expect((await show('evening')).latestIssue?.picture).toBe('https://paper.example/1.jpg');
      await run('set', 'evening', '--issue', 'https://paper.example/2');
      expect((await show('evening')).latestIssue).toEqual({ url: 'https://paper.example/2' });
      await run('set', 'evening', '--issue', '');
      expect((await show('evening')).latestIssue).toBeNull();
    });

    it('are removed with --yes, and not without a terminal to ask', async () => {
      const refused = await run('remove', 'daily');
      expect([refused.code, refused.stderr]).toEqual([
        1,
        'afterword: This removes the newsletter "daily" of paper, which has 0 subscribers. Run it in a terminal, or with --yes.\n',
      ]);
      expect((await run('remove', 'daily', '--yes')).code).toBe(0);
      expect((await run('list')).stdout).not.toContain('daily');
    });

    it.each([
      [['show', 'evening'], 'The site "paper" has no newsletter "evening". There are: daily, weekend. Add it with: '],
      [['set', 'daily', '--name', ''], 'name'],
      [['set', 'daily', '--position', 'first'], 'position: '],
      [['set', 'daily', '--picture', 'https://paper.example/1.jpg'], '--picture needs --issue'],
      [
        ['add', 'Evening!', '--name', 'a', '--description', 'b', '--frequency', 'c', '--consent', 'd'],
        '"Evening!" cannot',
      ],
      [
        ['add', 'daily', '--name', 'a', '--description', 'b', '--frequency', 'c', '--consent', 'd'],
        'There is a newsletter',
      ],
      [['list', '--site', 'other'], 'There is no site "other"'],
    ])('refuse %j in one line', async (argv, start) => {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^[^\n]*\n$/);
      expect(stderr).toContain(`afterword: ${start}`);
    });
  });
});
