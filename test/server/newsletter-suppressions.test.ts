import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retentionRules } from '../../server/src/app.js';
import { recordBounces } from '../../server/src/newsletter/bounces/record-bounces.js';
import { NewsletterTokens } from '../../server/src/newsletter/domain/tokens.js';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';

describe.each(databases)('suppressed addresses on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
  });
  afterEach(() => server.close());

  const run = (...argv: string[]) => runCommand(server, 'newsletters', ...argv);
  const confirm = async (email = lan) => {
    await server.subscribe({ email });
    const { code } = (await server.mails()).at(-1)!;
    await server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
  };
  const fileOf = (content: string | Buffer) => {
    const file = join(server.folder, 'bounced.csv');
    writeFileSync(file, content);
    return file;
  };
  const consents = async () =>
    (await server.services.database.read.selectFrom('consent_events').selectAll().orderBy('id').execute()).map(
      ({ type, method }) => `${type} ${method}`,
    );
  const suppressions = () => server.services.database.read.selectFrom('suppressions').selectAll().execute();
  const record = (type: 'hard' | 'soft' | 'complaint', deliveryId?: string) =>
    server.services.database.writer.submit(recordBounces(new NewsletterTokens(server.services.config.secrets)), {
      siteId: 'paper',
      source: 'generic',
      reports: [{ emailKey: lan, type }],
      deliveryId,
    });

  it('get no mail, and the API answers as for every other', async () => {
    await run('suppressed', 'add', 'Lan@Reader.example');
    const [refused, other] = [await server.subscribe(), await server.subscribe({ email: 'minh@reader.example' })];
    expect([refused.status, await refused.json()]).toEqual([other.status, await other.json()]);
    expect((await server.mails()).map(({ to }) => (Array.isArray(to) ? to[0] : to)?.text)).toEqual([
      'minh@reader.example',
    ]);
    expect(await server.states(lan)).toEqual({});
    const rows = JSON.stringify(await suppressions());
    expect(rows).not.toContain('lan@');
  });

  it('get no mail that was queued before', async () => {
    await server.services.mailer.stop();
    await server.subscribe();
    const { read } = server.services.database;
    await expect.poll(() => read.selectFrom('mails').selectAll().execute()).toHaveLength(1);
    await run('suppressed', 'add', lan);
    const { Mailer } = await import('../../server/src/mail/mailer.js');
    const { newsletterComposers } = await import('../../server/src/newsletter/domain/subscriptions.js');
    const { config, database, log } = server.services;
    const mailer = new Mailer(config, database, log, newsletterComposers(config));
    mailer.start();
    await expect
      .poll(async () => (await read.selectFrom('mails').selectAll().execute())[0]?.lastError)
      .toBe('unwanted');
    await mailer.stop();
    expect(await mailer.demoMailbox!.list()).toEqual([]);
  });

  it('of a file are read from a column or from lines, and refused lines are named', async () => {
    await confirm();
    const csv = '\uFEFFname;Email\r\n"Lan; A.";lan@reader.example\r\nMinh;minh@\r\n;\r\nHoa;"hoa@reader.example"\r\n';
    const first = await run('bounced', fileOf(csv), '--site', 'paper');
    expect(first).toMatchObject({
      code: 0,
      stdout: '2 addresses suppressed, 0 were suppressed before, 2 lines refused.\n',
      stderr: 'line 3 is refused: not an address that mail can be sent to\nline 4 is refused: no address\n',
    });
    expect(await server.states(lan)).toEqual({ daily: 'bounced' });
    expect((await consents()).at(-1)).toBe('bounced command');
    expect(JSON.parse((await run('show', 'daily')).stdout)).toMatchObject({
      subscribers: { confirmed: 0, pending: 0, bounced: 1 },
    });
    expect((await run('bounced', fileOf('lan@reader.example\n\nthu@reader.example\n'))).stdout).toBe(
      '1 addresses suppressed, 1 were suppressed before, 0 lines refused.\n',
    );
    expect((await consents()).filter((event) => event.startsWith('bounced'))).toHaveLength(1);
    expect((await run('bounced', fileOf(csv), '--column', 'mail')).stderr).toContain(
      'The first line has no column "mail". It has: "name", "Email".',
    );
    expect((await run('bounced', join(server.folder, 'none.csv'))).stderr).toContain('cannot be read (ENOENT)');
    const latin = Buffer.from('nguy\u00EAn@reader.example\n', 'latin1');
    expect((await run('bounced', fileOf(latin))).stderr).toContain('line 1 is refused: not UTF-8');
  });

  it('are listed, and get mail again once they are removed', async () => {
    await confirm();
    await run('bounced', fileOf(lan));
    await run('suppressed', 'add', 'minh@reader.example');
    const listed = (await run('suppressed', 'list')).stdout.trim().split('\n');
    expect(listed.map((line) => line.split('\t').slice(1, 3))).toEqual([
      ['manual', 'command'],
      ['hard-bounce', 'file'],
    ]);
    expect((await run('suppressed', 'list', '--email', lan)).stdout.trim()).toBe(listed[1]);
    expect((await run('suppressed', 'remove', lan)).stdout).toBe(`${lan}\tgets mail again\n`);
    expect((await run('suppressed', 'remove', lan)).stdout).toBe(`${lan}\twas not suppressed\n`);
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    expect((await consents()).at(-1)).toBe('restored command');
  });

  it('are found by the secrets before, and need the secret of the database', async () => {
    await run('suppressed', 'add', lan);
    const environment = { secrets: ['a newer secret that is long enough', ...server.services.config.secrets] };
    const tokens = new NewsletterTokens(environment.secrets);
    const { isSuppressed } = await import('../../server/src/newsletter/domain/suppressions.js');
    expect(await isSuppressed(server.services.database.read, tokens, { siteId: 'paper', emailKey: lan })).toBe(true);
    const { runCommandWith } = await import('./cli.js');
    const other = await runCommandWith(
      {
        AFTERWORD_DATA: server.folder,
        AFTERWORD_DATABASE: server.services.config.database,
        AFTERWORD_SECRET: 'quite another secret of some length',
      },
      'newsletters',
      'suppressed',
      'list',
    );
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain('is not the one that this database was used with');
  });

  it('are those of a complaint, which ends subscriptions, and of five soft bounces', async () => {
    await confirm();
    for (let count = 1; count <= 4; count++) expect((await record('soft', `id-${count}`)).suppressedCount).toBe(0);
    expect(await record('soft', 'id-4')).toEqual({ suppressedCount: 0, isReplay: true });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    expect((await record('soft', 'id-5')).suppressedCount).toBe(1);
    expect(await server.states(lan)).toEqual({ daily: 'bounced' });
    expect((await record('complaint')).suppressedCount).toBe(0);
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
    expect((await consents()).slice(-2)).toEqual(['bounced webhook', 'complained webhook']);
    expect((await suppressions()).map(({ reason }) => reason)).toEqual(['complaint']);
    // A later bounce does not weaken a complaint.
    await record('hard');
    expect((await suppressions()).map(({ reason }) => reason)).toEqual(['complaint']);
  });

  it('expire after a hard bounce alone', async () => {
    await run('suppressed', 'add', 'minh@reader.example');
    await record('hard');
    const rules = retentionRules.filter(({ name }) => name === 'suppressions-of-hard-bounces');
    const now = Date.now() + 366 * 86_400_000;
    for (const rule of rules)
      await server.services.database.writer.submit(
        {
          name: 'purge',
          run: async (transaction, batches: readonly object[]) => {
            await rule.purge(transaction, { now, after: '', maxRows: 100 });
            return [...batches];
          },
        },
        {},
      );
    expect((await suppressions()).map(({ reason }) => reason)).toEqual(['manual']);
  });
});
