import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../server/src/config.js';
import { Mailer } from '../../server/src/mail/mailer.js';
import {
  claimMail,
  queueMail,
  settleMails,
  type MailComposer,
  type MailMessage,
  type NewMail,
} from '../../server/src/mail/queue.js';
import { openDatabase } from '../../server/src/storage/database.js';
import type { Command } from '../../server/src/storage/writer.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand } from './cli.js';
import { openMailServer } from './mail-server.js';
import { databases, openTestServices, type TestServer } from './setup.js';

const until = (condition: () => Promise<boolean> | boolean) =>
  waitFor(async () => {
    if (!(await condition())) throw new Error('The condition does not hold yet.');
  });

describe.each(databases)('mail from %s', (kind) => {
  let mailServer: Awaited<ReturnType<typeof openMailServer>>;
  let server: TestServer;
  let logged: string;
  const mailers: Mailer[] = [];
  beforeEach(async () => {
    mailServer = await openMailServer();
    server = await openTestServices(kind);
    logged = '';
  });
  afterEach(async () => {
    for (const mailer of mailers.splice(0)) await mailer.stop();
    await server.close();
    await mailServer.close();
  });

  function newMailer(
    settings: Partial<TestServer['services']['config']> = {},
    database = server.services.database,
    composers: Record<string, MailComposer> = {},
  ): Mailer {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    });
    const { config } = server.services;
    const smtp = `smtp://127.0.0.1:${mailServer.port}`;
    const mailer = new Mailer(
      { ...config, smtp, mailFrom: 'letters@paper.example', ...settings },
      database,
      pino({ level: 'debug' }, sink),
      composers,
    );
    mailers.push(mailer);
    return mailer;
  }

  const queue = (to: string, message: Partial<MailMessage> = {}) =>
    queueContent(to, {
      sender: 'Báo Bến Sông',
      subject: 'Chào buổi sáng từ Bến Sông',
      lang: 'vi',
      text: 'Chào bạn.\n\nhttps://paper.example/?a=1&b=2',
      html: '<p>Chào bạn.</p>',
      ...message,
    });
  const queueContent = (to: string, content: NewMail['content']) =>
    server.services.database.writer.submit(
      {
        name: 'queue-a-mail',
        run: async ({ db }, mails: readonly NewMail[]) => {
          for (const each of mails) await queueMail(db, each);
          return mails.map(() => undefined);
        },
      },
      { siteId: 'paper', kind: 'greeting', to, content },
    );
  const setAddress: Command<string, void> = {
    name: 'set-address',
    run: async ({ db }, addresses) => {
      for (const toAddress of addresses) await db.updateTable('mails').set({ toAddress }).execute();
      return addresses.map(() => undefined);
    },
  };

  const rows = () => server.services.database.read.selectFrom('mails').selectAll().orderBy('id').execute();
  const settled = () => until(async () => (await rows()).every(({ sendAt }) => sendAt === null));
  const age = (column: 'createdAt' | 'sendAt', ageMs: number, id?: string) =>
    server.services.database.writer.submit(
      {
        name: 'age-mails',
        run: async ({ db }, inputs: readonly number[]) => {
          await db
            .updateTable('mails')
            .set({ [column]: Date.now() - ageMs })
            .$if(id !== undefined, (update) => update.where('id', '=', id!))
            .execute();
          return [...inputs];
        },
      },
      ageMs,
    );

  it('is sent after it is queued, to one recipient, with its whole content', async () => {
    const mailer = newMailer();
    mailer.start();
    await queue('Lan@reader.example', { unsubscribeUrl: 'https://paper.example/leave?token=abc' });
    mailer.wake();
    await until(() => mailServer.deliveries.length > 0);
    const [delivery] = mailServer.deliveries;
    expect(delivery).toMatchObject({ from: 'letters@paper.example', to: ['Lan@reader.example'] });
    const mail = delivery?.mail;
    expect(mail?.subject).toBe('Chào buổi sáng từ Bến Sông');
    expect(mail?.from?.value).toEqual([{ name: 'Báo Bến Sông', address: 'letters@paper.example' }]);
    expect(mail?.text).toBe('Chào bạn.\n\nhttps://paper.example/?a=1&b=2');
    expect(mail?.html).toContain('<p>Chào bạn.</p>');
    expect([...(mail?.headers.keys() ?? [])].sort()).toEqual([
      'auto-submitted',
      'content-language',
      'content-type',
      'date',
      'from',
      'list',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(mail?.source).toMatch(/^List-Unsubscribe: <https:\/\/paper\.example\/leave\?token=abc>\r$/m);
  });

  it('cannot get headers from line breaks in a name', async () => {
    const mailer = newMailer();
    await queue('lan@reader.example', {
      sender: 'Paper\r\nBcc: all@reader.example\r\n',
      subject: 'News\r\nX-Evil: 1\n\nbody',
    });
    mailer.start();
    await until(() => mailServer.deliveries.length > 0);
    const [delivery] = mailServer.deliveries;
    expect(delivery?.to).toEqual(['lan@reader.example']);
    expect(delivery?.mail.headers.has('bcc')).toBe(false);
    expect(delivery?.mail.headers.has('x-evil')).toBe(false);
  });

  it('is sent once after a restart, in the order of the queue', async () => {
    await newMailer().stop();
    await queue('first@reader.example');
    await queue('second@reader.example');
    const mailer = newMailer();
    mailer.start();
    await settled();
    await mailer.stop();
    const after = newMailer();
    after.start();
    await after.stop();
    expect(mailServer.deliveries.map(({ to }) => to)).toEqual([['first@reader.example'], ['second@reader.example']]);
    expect((await rows()).map(({ tries, sentAt }) => [tries, sentAt !== null])).toEqual([
      [1, true],
      [1, true],
    ]);
  });

  it('is sent once by several nodes on one database', async () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `reader${index}@reader.example`);
    await Promise.all(addresses.map((address) => queue(address)));
    const others = await Promise.all([1, 2].map(() => openDatabase(server.services.config.database)));
    const nodes = [newMailer(), ...others.map((database) => newMailer({}, database))];
    for (const node of nodes) node.start();
    await settled();
    for (const node of nodes) await node.stop();
    for (const database of others) await database.close();
    expect(mailServer.deliveries.flatMap(({ to }) => to).sort()).toEqual(addresses.sort());
  });

  it('stays queued while the mail server is down, which one probe after a pause finds out', async () => {
    const { port } = mailServer;
    await mailServer.close();
    for (const address of ['first@reader.example', 'second@reader.example']) await queue(address);
    const mailer = newMailer();
    mailer.start();
    await until(async () => (await rows()).some(({ lastError }) => lastError === 'ESOCKET'));
    expect(mailer.isReachable).toBe(false);
    // Neither is claimed, however often the queue is looked at.
    for (let time = 0; time < 5; time++) mailer.wake();
    await newMailer({ smtp: undefined, demo: false }).stop();
    expect(await rows()).toMatchObject([
      { tries: 0, claimId: null, sentAt: null },
      { tries: 0, claimId: null, sentAt: null },
    ]);
    expect(logged.match(/will be tried again/g)).toHaveLength(1);
    mailServer = await openMailServer(port);
    await settled();
    expect(mailer.isReachable).toBe(true);
    expect(mailServer.deliveries.flatMap(({ to }) => to).sort()).toEqual([
      'first@reader.example',
      'second@reader.example',
    ]);
  });

  it('is claimed one at a time, so that a process that died delays one mail alone', async () => {
    for (const name of ['claimed', 'other']) await queue(`${name}@reader.example`);
    const { writer } = server.services.database;
    const claimed = await writer.submit(claimMail, { leaseMs: 90_000 });
    expect(claimed?.to).toBe('claimed@reader.example');
    const mailer = newMailer();
    mailer.start();
    await until(() => mailServer.deliveries.length === 1);
    expect(mailServer.deliveries[0]?.to).toEqual(['other@reader.example']);
    const [row] = await rows();
    expect((row?.sendAt ?? 0) - Date.now()).toBeLessThan(91_000);
    await age('sendAt', 0, claimed!.id);
    mailer.wake();
    await settled();
    expect(mailServer.deliveries[1]?.to).toEqual(['claimed@reader.example']);
    // The process that was thought dead reports late.
    await writer.submit(settleMails, { mail: claimed!, outcome: { state: 'queued', retryAt: Date.now() } });
    expect((await rows())[0]).toMatchObject({ sendAt: null, tries: 2 });
  });

  it('is composed when it is sent, and its code is never stored', async () => {
    let composed = 0;
    const compose: MailComposer = (_transaction, { content }) => {
      composed += 1;
      const code = `code ${composed} for ${String((content as Record<string, unknown>)['name'])}`;
      return Promise.resolve({ sender: 'Paper', subject: 'Code', lang: 'en', text: code, html: code });
    };
    await queueContent('full@reader.example', { name: 'Lan' });
    const mailer = newMailer({}, undefined, { greeting: compose });
    mailer.start();
    await until(async () => (await rows())[0]?.lastError === '452');
    expect((await rows())[0]?.messageJson).toBe('{"name":"Lan"}');
    await server.services.database.writer.submit(setAddress, 'lan@reader.example');
    await age('sendAt', 0);
    mailer.wake();
    await settled();
    expect(mailServer.deliveries[0]?.mail.text).toBe('code 2 for Lan');
  });

  it('is not sent where it is not wanted any more, or cannot be composed', async () => {
    await queueContent('lan@reader.example', { wanted: false });
    await queueContent('minh@reader.example', { wanted: true });
    const composers: Record<string, MailComposer> = {
      greeting: (_transaction, { content }) =>
        (content as Record<string, unknown>)['wanted']
          ? Promise.reject(new Error('The site is gone.'))
          : Promise.resolve(undefined),
    };
    newMailer({}, undefined, composers).start();
    await until(async () => (await rows()).every(({ lastError }) => lastError !== null));
    const [unwanted, broken] = await rows();
    expect(unwanted).toMatchObject({ sendAt: null, sentAt: null, toAddress: '', messageJson: '{}' });
    expect(broken).toMatchObject({ tries: 1, lastError: 'compose', claimId: null });
    expect(mailServer.deliveries).toEqual([]);
  });

  it('is given up after a permanent refusal, retried after a temporary one, and does not block others', async () => {
    for (const name of ['nobody', 'full', 'lan']) await queue(`${name}@reader.example`);
    const mailer = newMailer();
    mailer.start();
    await until(async () => (await rows()).every(({ claimId, tries }) => claimId === null && tries === 1));
    expect(mailServer.deliveries.map(({ to }) => to)).toEqual([['lan@reader.example']]);
    const [nobody, full, lan] = await rows();
    // Kept for `mail retry`, until retention deletes it.
    expect(nobody).toMatchObject({ sendAt: null, sentAt: null, toAddress: 'nobody@reader.example', lastError: '550' });
    expect(full).toMatchObject({ sentAt: null, toAddress: 'full@reader.example', tries: 1, lastError: '452' });
    expect(lan).toMatchObject({ sendAt: null, toAddress: '', messageJson: '{}' });
    expect(lan?.sentAt).not.toBeNull();
    expect(logged).toContain('"responseCode":550');
    expect(logged).not.toContain('reader.example');
  });

  it('is retried with growing delays, and given up after two days', async () => {
    await queue('full@reader.example');
    const mailer = newMailer();
    mailer.start();
    const pauses: number[] = [];
    for (let tries = 1; tries <= 10; tries++) {
      await until(async () => {
        const [row] = await rows();
        return row?.tries === tries && row.claimId === null;
      });
      pauses.push(Math.round((((await rows())[0]?.sendAt ?? 0) - Date.now()) / 60_000));
      await age('sendAt', 0);
      mailer.wake();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
    await until(async () => (await rows())[0]?.tries === 11 && (await rows())[0]?.claimId === null);
    await age('createdAt', 49 * 60 * 60_000);
    await age('sendAt', 0);
    mailer.wake();
    await settled();
    expect((await rows())[0]).toMatchObject({ sentAt: null, lastError: '452', tries: 12 });
  });

  it('of a version before is taken over when no server of that version has sent it', async () => {
    await queue('lan@reader.example');
    await server.services.database.writer.submit(
      {
        name: 'queue-as-before',
        run: async ({ db }, inputs: readonly number[]) => {
          await db
            .updateTable('mails')
            .set({ sendAt: null, dueAt: Date.now() - 21 * 60_000 })
            .execute();
          return [...inputs];
        },
      },
      0,
    );
    newMailer().start();
    await until(() => mailServer.deliveries.length === 1);
    await until(async () => (await rows())[0]?.sentAt !== null);
  });

  it('list shows the queue without full addresses; retry and drop act on mails', async () => {
    for (const name of ['nobody', 'full', 'lan']) await queue(`${name}@reader.example`);
    const mailer = newMailer();
    mailer.start();
    await until(async () => (await rows()).filter(({ sendAt }) => sendAt === null).length === 2);
    await mailer.stop();
    const [nobody, full, lan] = await rows();
    const { stdout } = await runCommand(server, 'mail', 'list', '--site', 'paper');
    const due = new Date(full!.sendAt!).toISOString();
    expect(stdout.trim().split('\n')).toEqual([
      `${lan!.id}\tgreeting\tpaper\tsent\t1 tries\t-\t-\t-`,
      `${full!.id}\tgreeting\tpaper\tqueued\t1 tries\t${due}\t452\tf…@reader.example`,
      `${nobody!.id}\tgreeting\tpaper\tfailed\t1 tries\t-\t550\tn…@reader.example`,
    ]);
    expect((await runCommand(server, 'mail', 'list', '--state', 'failed')).stdout).toContain(nobody!.id);
    expect((await runCommand(server, 'mail', 'list', '--state', 'lost')).stderr).toBe(
      'afterword: --state lost is not one of queued, sending, sent, failed.\n',
    );

    expect((await runCommand(server, 'mail', 'retry', nobody!.id)).stdout).toBe(`${nobody!.id}\tqueued\n`);
    expect((await rows())[0]!.sendAt).toBeLessThanOrEqual(Date.now());
    expect(await runCommand(server, 'mail', 'retry', lan!.id)).toMatchObject({
      code: 1,
      stderr: `afterword: ${lan!.id}: The mail is done, and its address is deleted.\n`,
    });
    await server.services.database.writer.submit(claimMail, { leaseMs: 90_000 });
    expect(await runCommand(server, 'mail', 'drop', nobody!.id)).toMatchObject({
      code: 1,
      stderr: `afterword: ${nobody!.id}: The mail is being sent. Try again in two minutes.\n`,
    });
    expect((await runCommand(server, 'mail', 'drop', full!.id)).stdout).toBe(`${full!.id}\tdropped\n`);
    expect((await runCommand(server, 'mail', 'drop', full!.id)).stderr).toBe(
      `afterword: ${full!.id}: There is no such mail.\n`,
    );
    expect((await rows()).map(({ id }) => id)).toEqual([nobody!.id, lan!.id]);
  });

  it('goes to addresses with letters other than ASCII where the mail server announces SMTPUTF8', async () => {
    const mailer = newMailer();
    expect(await mailer.supportsSmtpUtf8()).toBe(true);
    await queue('nguyễn@xn--bo-mia.example');
    mailer.start();
    await settled();
    expect(mailServer.deliveries.map(({ to }) => to)).toEqual([['nguyễn@báo.example']]);

    const old = await openMailServer(0, { hideSMTPUTF8: true });
    expect(await newMailer({ smtp: `smtp://127.0.0.1:${old.port}` }).supportsSmtpUtf8()).toBe(false);
    await old.close();
    expect(await newMailer({ smtp: `smtp://127.0.0.1:${old.port}` }).supportsSmtpUtf8()).toBeUndefined();
    expect(await newMailer({ smtp: undefined, demo: false }).supportsSmtpUtf8()).toBeUndefined();
  });

  it('is kept by the demo for a week', async () => {
    const mailer = newMailer({ demo: true });
    expect(mailer.mode).toBe('demo');
    await queue('lan@reader.example');
    mailer.start();
    await settled();
    expect(mailServer.deliveries).toEqual([]);
    const mailbox = mailer.demoMailbox!;
    const [name = ''] = await mailbox.list();
    writeFileSync(join(mailbox.folder, `${name}.eml.part`), 'half of a mail');
    writeFileSync(join(mailbox.folder, 'notes.txt'), 'not of the mailbox');
    const week = 7 * 86_400_000;
    await mailbox.deleteExpired(Date.now() + week - 7_200_000);
    expect(await mailbox.list()).toEqual([name]);
    await mailbox.deleteExpired(Date.now() + week);
    expect(readdirSync(mailbox.folder)).toEqual(['notes.txt']);
  });

  it('is off without a mail server, with one log line', async () => {
    const mailer = newMailer({ smtp: undefined, demo: false });
    expect(mailer.mode).toBe('off');
    mailer.start();
    await queue('lan@reader.example');
    mailer.wake();
    await mailer.stop();
    expect(logged.match(/Mail is off/g)).toHaveLength(1);
    expect((await rows())[0]).toMatchObject({ tries: 0, toAddress: 'lan@reader.example' });
  });

  it('needs exactly one sender address', () => {
    for (const mailFrom of ['letters', 'a@paper.example, b@paper.example', '<>', 'Letters <letters>'])
      expect(() => newMailer({ mailFrom })).toThrow(OperatorError);
    expect(newMailer({ mailFrom: 'Letters <letters@paper.example>' }).mode).toBe('smtp');
  });
});
