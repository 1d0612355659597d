import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

describe.each(databases)('subscribers of a newsletter on %s', (kind) => {
  let server: NewsletterServer;
  let folder: string;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    folder = mkdtempSync(join(tmpdir(), 'afterword-transfer-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...argv: string[]) => runCommand(server, 'newsletters', ...argv);
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const consentSource = 'Ghost, double opt-in, 2021 to 2026';
  const importCsv = (content: string | Buffer, ...more: string[]) =>
    run('import', file('list.csv', content), '--list', 'daily', '--consent-source', consentSource, ...more);
  const summary = (added: number, confirmed: number, kept: number, left: number, refused: number) =>
    `Added: ${added}. Had not confirmed, now subscribed: ${confirmed}. Subscribed before: ${kept}. ` +
    `Left before, stay unsubscribed: ${left}. Bounced or suppressed before: 0. Refused: ${refused}`;
  const subscribers = async () =>
    (
      await server.services.database.read
        .selectFrom('subscriptions')
        .select(['email', 'state', 'newsletterId', 'lang'])
        .orderBy('emailKey')
        .execute()
    ).map(({ email, state, newsletterId, lang }) => [email, state, newsletterId, lang].join(' '));
  const exported = async (format: string, ...more: string[]) => {
    const path = join(folder, `out.${format}`);
    const result = await run('export', path, '--format', format, ...more);
    expect([result.code, result.stdout]).toEqual([0, '']);
    return readFileSync(path, 'utf8');
  };

  describe('are imported', () => {
    it('with the consent source that the publisher names, and twice without a change', async () => {
      const csv = 'email,name\nlan@reader.example,Lan\nMinh@Reader.Example,"Minh, Tr"\n';
      expect(await importCsv(csv, '--lang', 'en')).toEqual({
        code: 0,
        stdout: `${summary(2, 0, 0, 0, 0)}.\n`,
        stderr: '',
      });
      expect(await subscribers()).toEqual([
        'lan@reader.example confirmed daily en',
        'Minh@reader.example confirmed daily en',
      ]);
      const events = await server.services.database.read.selectFrom('consent_events').selectAll().execute();
      expect(events.map(({ type, method, source }) => [type, method, source])).toEqual([
        ['confirmed', 'import', consentSource],
        ['confirmed', 'import', consentSource],
      ]);
      expect((await importCsv(csv)).stdout).toBe(`${summary(0, 0, 2, 0, 0)}.\n`);
      expect(await server.mails()).toEqual([]);
    });

    it('unless they have left; who has not confirmed is subscribed', async () => {
      await importCsv('email\nlan@reader.example\n');
      const { id } = await server.services.database.read
        .selectFrom('subscriptions')
        .select('id')
        .executeTakeFirstOrThrow();
      await server.services.database.writer.submit(
        {
          name: 'leave',
          run: async ({ db }) => {
            await db.updateTable('subscriptions').set({ state: 'unsubscribed' }).where('id', '=', id).execute();
            return [undefined];
          },
        },
        undefined,
      );
      await server.subscribe({ email: 'minh@reader.example' });
      await server.mails();
      const result = await importCsv('email\nlan@reader.example\nminh@reader.example\n');
      expect(result.stdout).toBe(`${summary(0, 1, 0, 1, 0)}.\n`);
      expect(await server.states('lan@reader.example')).toEqual({ daily: 'unsubscribed' });
    });

    it('unless mails to them came back', async () => {
      await run('bounced', file('bounced.txt', 'lan@reader.example\n'));
      const result = await importCsv('email\nlan@reader.example\nminh@reader.example\n');
      expect(result.stdout).toContain('Added: 1. ');
      expect(result.stdout).toContain('Bounced or suppressed before: 1. ');
    });

    it.each([
      ['a byte order mark', '\ufeffemail;tên\nlan@reader.example;Lan\n'],
      ['semicolons, quotes and lines of Windows', 'tên;Email\r\n"Lan ""L""; An";lan@reader.example\r\n'],
      ['tabs', 'name\tE-mail\nLan\tlan@reader.example\n'],
      ['UTF-16', Buffer.from('\ufeffname,email\nLân,lan@reader.example\n', 'utf16le')],
      ['a wrong encoding in other columns', Buffer.from('name,email\nL\xe2n,lan@reader.example\n', 'latin1')],
      ['a text field over several lines', 'note,email\n"one\ntwo",lan@reader.example\n'],
      ['lines of unequal length', 'email,name\nlan@reader.example\n'],
      ['a stray quote', 'name,email\nLan "L" An,lan@reader.example\n'],
    ])('from a file with %s', async (_, content) => {
      expect((await importCsv(content)).stdout).toBe(`${summary(1, 0, 0, 0, 0)}.\n`);
      expect(await subscribers()).toEqual(['lan@reader.example confirmed daily vi']);
    });

    it('from another column', async () => {
      const csv = 'Địa chỉ,email\nlan@reader.example,no\n';
      expect((await importCsv(csv, '--column', 'địa chỉ')).stdout).toBe(`${summary(1, 0, 0, 0, 0)}.\n`);
    });

    it('with a report of every refused line', async () => {
      const result = await importCsv('email\nlan\n\nlan@reader.example\n=cmd@x\n""\n');
      expect(result.code).toBe(0);
      expect(result.stdout).toBe(`${summary(1, 0, 0, 0, 3)}, see ${join(folder, 'list.csv.refused.csv')}.\n`);
      const rows: unknown = parse(readFileSync(join(folder, 'list.csv.refused.csv')), { columns: true });
      expect(rows).toEqual([
        { line: '2', email: 'lan', reason: 'not an address that mail can be sent to' },
        { line: '5', email: "'=cmd@x", reason: 'not an address that mail can be sent to' },
        { line: '6', email: '', reason: 'no address' },
      ]);
    });

    it('by a dry run not at all', async () => {
      await importCsv('email\nlan@reader.example\n');
      const result = await importCsv('email\nlan@reader.example\nminh@reader.example\n', '--dry-run');
      expect(result.stdout).toContain('Nothing is written. Would be added: 1.');
      expect(await subscribers()).toHaveLength(1);
    });

    it.each([
      [
        'no such column',
        'name,mail\nLan,lan@reader.example\n',
        'The first line has no column "email". It has: "name", "mail".',
      ],
      ['nothing in it', '', 'is empty.'],
      ['a quote that never closes', `email\n"${'a'.repeat(200_000)}`, 'A line has more than 100000 characters.'],
    ])('from a file with %s not at all', async (_, content, sentence) => {
      const { code, stderr } = await importCsv(content);
      expect(code).toBe(1);
      expect(stderr).toContain(sentence);
      expect(stderr).toMatch(/^[^\n]*\n$/);
    });

    it('into a newsletter of this site only, from a file that exists', async () => {
      const missing = await run('import', join(folder, 'none.csv'), '--list', 'daily', '--consent-source', 'x');
      expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('cannot be read (ENOENT)')]);
      const unknown = await run('import', file('a.csv', 'email\n'), '--list', 'evening', '--consent-source', 'x');
      expect(unknown.stderr).toContain('The site "paper" has no newsletter "evening". There are: daily, weekend.');
      expect((await importCsv('email\n', '--consent-source', ' ')).stderr).toContain('--consent-source must');
    });
  });

  describe('are exported', () => {
    beforeEach(async () => {
      await importCsv('email\nlan@reader.example\n+minh@reader.example\n');
      await run('import', file('b.csv', 'email\nlan@reader.example\n'), '--list', 'weekend', '--consent-source', 'x');
      await server.subscribe({ email: 'pending@reader.example' });
      await server.mails();
    });

    it('as CSV, a row for each subscription, and imported again', async () => {
      const csv = await exported('csv');
      const rows = parse<Record<string, string>>(csv, { columns: true });
      expect(rows.map(({ email, list, state }) => [email, list, state])).toEqual([
        ["'+minh@reader.example", 'daily', 'confirmed'],
        ['lan@reader.example', 'daily', 'confirmed'],
        ['lan@reader.example', 'weekend', 'confirmed'],
      ]);
      expect(parse(await exported('csv', '--all', '--list', 'daily'), { columns: true })).toHaveLength(3);
    });

    it('as JSON, an object for each address', async () => {
      const [first, second, ...others] = (await exported('json')).trimEnd().split('\n');
      expect(others).toEqual([]);
      expect(JSON.parse(first!)).toMatchObject({ email: '+minh@reader.example', subscriptions: [{ list: 'daily' }] });
      expect(JSON.parse(second!)).toMatchObject({ subscriptions: [{ list: 'daily' }, { list: 'weekend' }] });
    });

    it.each([
      ['listmonk', { email: 'lan@reader.example', name: 'lan' }],
      ['mailchimp', { 'Email Address': 'lan@reader.example', Tags: 'daily,weekend' }],
      ['ghost', { email: 'lan@reader.example', subscribed_to_emails: 'true', labels: 'daily,weekend' }],
    ])('for %s', async (format, row) => {
      const rows = parse<object>(await exported(format), { columns: true });
      expect(rows).toEqual([expect.anything(), expect.objectContaining(row)]);
    });

    it('to no file where it cannot be whole', async () => {
      const { code, stderr } = await run('export', join(folder, 'none', 'out.csv'));
      expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be written (ENOENT)')]);
      expect((await run('export', '-', '--format', 'xls')).stderr).toContain('--format xls is not one of csv, json,');
      expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
    });
  });

  it('keep the page and the consent of their form', async () => {
    await server.subscribe({ page: 'https://paper.example/a-story' });
    await server.subscribe({ email: 'minh@reader.example', page: 'javascript:alert(1)' });
    await server.mails();
    const rows = parse<Record<string, string>>(await exported('csv', '--all'), { columns: true });
    expect(rows.map(({ email, consent, page }) => [email, consent, page])).toEqual([
      ['lan@reader.example', 'daily-1', 'https://paper.example/a-story'],
      ['minh@reader.example', 'daily-1', ''],
    ]);
  });
});
