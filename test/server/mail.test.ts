import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../server/src/config.js';
import { createMailer, type Mailer } from '../../server/src/mail/mailer.js';
import { queueMail, type NewMail } from '../../server/src/mail/queue.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { received, type ReceivedMail } from './newsletter-mailbox.js';
import { databases, openTestServices, type TestServer } from './setup.js';

interface Delivery {
  readonly from: string;
  readonly to: string[];
  readonly mail: ReceivedMail;
}

/** A mail server that keeps what it takes. An address says itself how it is answered: `full@…`, `nobody@…`. */
async function openMailServer(port = 0) {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      const code = address.startsWith('full@') ? 452 : address.startsWith('nobody@') ? 550 : undefined;
      done(code ? Object.assign(new Error(`${address} is not taken`), { responseCode: code }) : undefined);
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void received(Buffer.concat(chunks)).then((mail) => {
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          deliveries.push({ from, to: envelope.rcptTo.map(({ address }) => address), mail });
          done();
        });
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    deliveries,
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
}

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
  ): Mailer {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    });
    const { config } = server.services;
    const smtp = `smtp://127.0.0.1:${mailServer.port}`;
    const mailer = createMailer(
      { ...config, smtp, mailFrom: 'letters@paper.example', ...settings },
      database,
      pino({ level: 'debug' }, sink),
    );
    mailers.push(mailer);
    return mailer;
  }

  function queue(to: string, message: Partial<NewMail['message']> = {}): Promise<void> {
    const mail: NewMail = {
      siteId: 'paper',
      kind: 'greeting',
      to,
      message: {
        sender: 'Báo Bến Sông',
        subject: 'Chào buổi sáng từ Bến Sông',
        lang: 'vi',
        text: 'Chào bạn.\n\nhttps://paper.example/?a=1&b=2',
        html: '<p>Chào bạn.</p>',
        ...message,
      },
    };
    return server.services.database.writer.submit(
      {
        name: 'queue-a-mail',
        run: async ({ db }, mails: readonly NewMail[]) => {
          for (const each of mails) await queueMail(db, each);
          return mails.map(() => undefined);
        },
      },
      mail,
    );
  }

  const rows = () => server.services.database.read.selectFrom('mails').selectAll().orderBy('createdAt').execute();
  const settled = () => until(async () => (await rows()).every(({ dueAt }) => dueAt === null));
  const age = (column: 'createdAt' | 'dueAt', millis: number) =>
    server.services.database.writer.submit(
      {
        name: 'age-mails',
        run: async ({ db }, inputs: readonly number[]) => {
          await db
            .updateTable('mails')
            .set({ [column]: Date.now() - millis })
            .execute();
          return [...inputs];
        },
      },
      millis,
    );

  it('is sent once it is queued, to one recipient, with all it says', async () => {
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

  it('gets no header from a name with line breaks in it', async () => {
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

  it('is sent once after a restart, in the order it was queued', async () => {
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
    const addresses = Array.from({ length: 60 }, (_, index) => `reader${index}@reader.example`);
    for (const address of addresses) await queue(address);
    const others = await Promise.all([1, 2].map(() => openDatabase(server.services.config.database)));
    const nodes = [newMailer(), ...others.map((database) => newMailer({}, database))];
    for (const node of nodes) node.start();
    await settled();
    for (const node of nodes) await node.stop();
    for (const database of others) await database.close();
    expect(mailServer.deliveries.flatMap(({ to }) => to).sort()).toEqual(addresses.sort());
  });

  it('waits for a mail server that is down, and is not lost', async () => {
    const { port } = mailServer;
    await mailServer.close();
    for (const address of ['first@reader.example', 'second@reader.example']) await queue(address);
    const mailer = newMailer();
    mailer.start();
    await until(async () => (await rows()).every(({ dueAt }) => (dueAt ?? 0) > Date.now() + 30_000));
    // The second was not even tried: what stopped the first would have stopped it too.
    await until(async () => (await rows()).every(({ dueAt }) => (dueAt ?? 0) < Date.now() + 120_000));
    expect(logged.match(/will be tried again/g)).toHaveLength(1);
    mailServer = await openMailServer(port);
    await age('dueAt', 0);
    mailer.wake();
    await settled();
    expect(mailServer.deliveries.flatMap(({ to }) => to).sort()).toEqual([
      'first@reader.example',
      'second@reader.example',
    ]);
  });

  it('is given up where the address is refused, tried again where its box is full, and stops no other', async () => {
    for (const name of ['nobody', 'full', 'lan']) await queue(`${name}@reader.example`);
    const mailer = newMailer();
    mailer.start();
    await until(async () => (await rows()).filter(({ dueAt }) => dueAt === null).length === 2);
    expect(mailServer.deliveries.map(({ to }) => to)).toEqual([['lan@reader.example']]);
    const [nobody, full, lan] = await rows();
    expect(nobody).toMatchObject({ dueAt: null, sentAt: null, toAddress: '', messageJson: '{}' });
    expect(full).toMatchObject({ sentAt: null, toAddress: 'full@reader.example', tries: 1 });
    expect(lan).toMatchObject({ dueAt: null, toAddress: '', messageJson: '{}' });
    expect(lan?.sentAt).not.toBeNull();
    expect(logged).toContain('"responseCode":550');
    expect(logged).not.toContain('reader.example');
  });

  it('is tried less and less often, and given up after two days', async () => {
    await queue('full@reader.example');
    const mailer = newMailer();
    mailer.start();
    const pauses: number[] = [];
    for (let tries = 1; tries <= 10; tries++) {
      await until(async () => (await rows())[0]?.tries === tries);
      // Longer than the time a node may keep a mail it has taken would hide that it was put back.
      await until(() => (logged.match(/will be tried again/g) ?? []).length === tries);
      const tried = Date.now();
      await until(async () => Math.abs(((await rows())[0]?.dueAt ?? 0) - tried - 20 * 60_000) > 5000);
      pauses.push(Math.round((((await rows())[0]?.dueAt ?? 0) - tried) / 60_000));
      await age('dueAt', 0);
      mailer.wake();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
    await age('createdAt', 49 * 60 * 60_000);
    await until(async () => (await rows())[0]?.tries === 11);
    await age('dueAt', 0);
    mailer.wake();
    await settled();
    expect((await rows())[0]).toMatchObject({ sentAt: null, toAddress: '' });
  });

  it('is off without a server for it, which is said once', async () => {
    const mailer = newMailer({ smtp: undefined, demo: false });
    expect(mailer.mode).toBe('off');
    mailer.start();
    await queue('lan@reader.example');
    mailer.wake();
    await mailer.stop();
    expect(logged.match(/Mail is off/g)).toHaveLength(1);
    expect((await rows())[0]).toMatchObject({ tries: 0, toAddress: 'lan@reader.example' });
  });

  it('needs one address to come from', () => {
    for (const mailFrom of ['letters', 'a@paper.example, b@paper.example', '<>', 'Letters <letters>'])
      expect(() => newMailer({ mailFrom })).toThrow(OperatorError);
    expect(newMailer({ mailFrom: 'Letters <letters@paper.example>' }).mode).toBe('smtp');
  });
});
