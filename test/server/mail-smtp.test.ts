import { createPublicKey, generateKeyPairSync, hash, verify } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Mailer } from '../../server/src/mail/mailer.js';
import { queueMail } from '../../server/src/mail/queue.js';
import type { Command } from '../../server/src/storage/writer.js';
import { testCertificate, testKey } from './certificate.js';
import { openMailServer, smtpError, type MailServerOptions } from './mail-server.js';
import { openTestServices, type TestServer } from './setup.js';

const queueTo: Command<string, void> = {
  name: 'queue-a-mail',
  async run({ db }, addresses) {
    const message = { sender: 'Báo Bến Sông', subject: 'Chào buổi sáng từ Bến Sông', lang: 'vi' };
    const body = { text: 'Chào bạn.  \n\nHết.', html: '<p>Chào bạn.</p>' };
    const unsubscribeUrl = 'https://paper.example/leave?token=abc';
    for (const to of addresses)
      await queueMail(db, { siteId: 'paper', kind: 'greeting', to, content: { ...message, ...body, unsubscribeUrl } });
    return addresses.map(() => undefined);
  },
};

describe('mail by SMTP', () => {
  let server: TestServer;
  const closers: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    server = await openTestServices('sqlite');
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await server.close();
  });

  const listen = async (options: MailServerOptions = {}) => {
    const opened = await openMailServer(0, options);
    closers.push(() => opened.close());
    return opened;
  };
  const start = (
    port: number,
    settings: Partial<TestServer['services']['config']> = {},
    { scheme = 'smtp', query = '', attemptMs = 2000 } = {},
  ) => {
    const { config, database } = server.services;
    const mailer = new Mailer(
      { ...config, smtp: `${scheme}://127.0.0.1:${port}${query}`, mailFrom: 'letters@paper.example', ...settings },
      database,
      pino({ level: 'silent' }),
      {},
      { attemptMs },
    );
    closers.push(() => mailer.stop());
    mailer.start();
    return mailer;
  };
  const queue = (...addresses: string[]) =>
    Promise.all(addresses.map((address) => server.services.database.writer.submit(queueTo, address)));
  const many = (count: number) => Array.from({ length: count }, (_, index) => `reader${index}@reader.example`);
  const rows = () => server.services.database.read.selectFrom('mails').selectAll().orderBy('id').execute();
  const lastErrors = async () => (await rows()).map(({ lastError }) => lastError);
  const sentCount = async () => (await rows()).filter(({ sentAt }) => sentAt !== null).length;

  describe('with several connections', () => {
    it.each([1, 3])('sends as many mails at a time: %i', async (smtpConnections) => {
      let current = 0;
      let largest = 0;
      const { deliveries, port } = await listen({
        async beforeAnswer() {
          largest = Math.max(largest, ++current);
          await new Promise((resolve) => setTimeout(resolve, 50));
          current -= 1;
        },
      });
      const addresses = many(10);
      await queue(...addresses);
      start(port, { smtpConnections });
      await expect.poll(sentCount, { timeout: 10_000 }).toBe(10);
      expect(largest).toBe(smtpConnections);
      expect(deliveries.flatMap(({ to }) => to).sort()).toEqual(addresses.sort());
      expect(new Set((await rows()).map(({ tries }) => tries))).toEqual(new Set([1]));
    });

    it('tries a mail alone where another hangs', async () => {
      const { deliveries, port } = await listen({
        beforeAnswer: ({ to }) =>
          JSON.stringify(to).includes('reader1@') ? new Promise<void>(() => undefined) : undefined,
      });
      await queue(...many(8));
      start(port, { smtpConnections: 3 });
      await expect.poll(sentCount, { timeout: 10_000 }).toBe(7);
      await expect.poll(async () => (await lastErrors())[1], { timeout: 10_000 }).toBe('EDEADLINE');
      expect(deliveries).toHaveLength(7);
      expect((await rows())[1]).toMatchObject({ tries: 0, sentAt: null });
    });
  });

  it('sends a mail that is queued while another hangs', async () => {
    const { port } = await listen({
      beforeAnswer: ({ to }) =>
        JSON.stringify(to).includes('reader1@') ? new Promise<void>(() => undefined) : undefined,
    });
    await queue(...many(3));
    start(port, { smtpConnections: 2 }, { attemptMs: 8000 });
    await expect.poll(sentCount, { timeout: 10_000 }).toBe(2);
    await queue('late@reader.example');
    await expect.poll(sentCount, { timeout: 10_000 }).toBe(3);
    expect((await rows())[1]!.claimId).not.toBeNull();
  }, 40_000);

  it('keeps to a rate', async () => {
    const times: number[] = [];
    const { port } = await listen({ beforeAnswer: () => void times.push(Date.now()) });
    await queue(...many(4));
    start(port, { mailsPerMinute: 120 });
    await expect.poll(sentCount, { timeout: 15_000 }).toBe(4);
    // Four mails have three pauses of half a second between them.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(1300);
  });

  it('keeps to a rate with all connections, where a mail takes longer than its turn', async () => {
    let current = 0;
    let largest = 0;
    const { port } = await listen({
      async beforeAnswer() {
        largest = Math.max(largest, ++current);
        await new Promise((resolve) => setTimeout(resolve, 400));
        current -= 1;
      },
    });
    await queue(...many(6));
    start(port, { mailsPerMinute: 600, smtpConnections: 3 });
    await expect.poll(sentCount, { timeout: 15_000 }).toBe(6);
    expect(largest).toBeGreaterThan(1);
  });

  it('stops at once while it waits for the next turn', async () => {
    const { port } = await listen();
    await queue(...many(2));
    const mailer = start(port, { mailsPerMinute: 1 });
    await expect.poll(sentCount, { timeout: 10_000 }).toBe(1);
    const startedAt = performance.now();
    await mailer.stop();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect((await rows())[1]).toMatchObject({ tries: 0, claimId: null });
  });

  describe('of a server that fails', () => {
    it.each([421, 451, 554])('with %i after the mail, tries again or gives up', async (code) => {
      const { port } = await listen({ beforeAnswer: () => Promise.reject(smtpError(code, 'Not now')) });
      await queue('lan@reader.example');
      start(port);
      await expect.poll(lastErrors, { timeout: 10_000 }).toEqual([String(code)]);
      expect((await rows())[0]).toMatchObject({ sentAt: null, toAddress: 'lan@reader.example' });
      expect((await rows())[0]!.sendAt === null).toBe(code >= 500);
    });

    it('by closing the connection in the middle of a mail, keeps the mail', async () => {
      const sockets: Socket[] = [];
      let isDropping = true;
      const {
        server: smtp,
        port,
        deliveries,
      } = await listen({
        async beforeAnswer() {
          if (!isDropping) return;
          for (const socket of sockets) socket.destroy();
          await new Promise((resolve) => setTimeout(resolve, 20));
          throw smtpError(451, 'dropped');
        },
      });
      smtp.server.on('connection', (socket: Socket) => sockets.push(socket));
      await queue('lan@reader.example');
      const mailer = start(port);
      await expect.poll(async () => (await lastErrors())[0], { timeout: 10_000 }).toMatch(/^E|451/);
      expect(await sentCount()).toBe(0);
      isDropping = false;
      await expect
        .poll(
          async () => {
            mailer.wake();
            return sentCount();
          },
          { timeout: 20_000, interval: 500 },
        )
        .toBe(1);
      expect(deliveries).toHaveLength(1);
    });

    it('by saying nothing, keeps the mail', async () => {
      const silent = createServer(() => undefined);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      closers.push(() => new Promise((resolve) => silent.close(resolve)));
      await queue('lan@reader.example');
      start((silent.address() as AddressInfo).port, {}, { attemptMs: 300 });
      await expect.poll(lastErrors, { timeout: 10_000 }).toEqual(['EDEADLINE']);
      expect((await rows())[0]).toMatchObject({ tries: 0, sentAt: null });
    });

    it('by refusing the login, keeps all mails', async () => {
      const { port } = await listen({
        disabledCommands: ['STARTTLS'],
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(smtpError(535, 'No such user')),
      });
      await queue('lan@reader.example', 'minh@reader.example');
      start(port, { smtp: `smtp://paper:word@127.0.0.1:${port}` });
      await expect.poll(async () => (await lastErrors()).filter(Boolean), { timeout: 10_000 }).toEqual(['535']);
      expect((await rows()).map(({ tries, sentAt }) => [tries, sentAt])).toEqual([
        [0, null],
        [0, null],
      ]);
    });
  });

  describe('by TLS', () => {
    const trusting = 'tls.rejectUnauthorized=false';
    const tls = { key: testKey, cert: testCertificate };

    it.each([
      ['from the start', 'smtps', `?${trusting}`, { secure: true, disabledCommands: ['AUTH'] }],
      ['by STARTTLS', 'smtp', `?requireTLS=true&${trusting}`, { disabledCommands: ['AUTH'] }],
    ])('%s, is sent encrypted', async (_, scheme, query, options) => {
      const { port, deliveries } = await listen({ ...tls, ...options });
      await queue('lan@reader.example');
      start(port, {}, { scheme, query });
      await expect.poll(sentCount, { timeout: 10_000 }).toBe(1);
      expect(deliveries[0]?.session.secure).toBe(true);
    });

    it.each([
      ['smtps', { secure: true, disabledCommands: ['AUTH'] }],
      ['smtp', { disabledCommands: ['AUTH'] }],
    ])('with a certificate that nobody has signed, is not sent by %s', async (scheme, options) => {
      const { port, deliveries } = await listen({ ...tls, ...options });
      await queue('lan@reader.example');
      start(port, {}, { scheme });
      await expect.poll(lastErrors, { timeout: 10_000 }).toEqual([expect.stringMatching(/^E(?:SOCKET|TLS)$/)]);
      expect(deliveries).toEqual([]);
    });

    it('that is required and not offered, is not sent', async () => {
      const { port, deliveries } = await listen();
      await queue('lan@reader.example');
      start(port, {}, { query: '?requireTLS=true' });
      await expect.poll(async () => (await lastErrors())[0], { timeout: 10_000 }).toEqual(expect.any(String));
      expect(deliveries).toEqual([]);
    });
  });

  it('is signed by DKIM, with the headers for unsubscribing', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { port, deliveries } = await listen();
    await queue('lan@reader.example');
    start(port, {
      dkim: {
        domain: 'paper.example',
        selector: 'afterword',
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    });
    await expect.poll(() => deliveries.length, { timeout: 10_000 }).toBe(1);
    const source = deliveries[0]!.mail.source;
    const { tags, isValid } = verifyDkim(source, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(isValid).toBe(true);
    expect(tags).toMatchObject({ d: 'paper.example', s: 'afterword', a: 'rsa-sha256', c: 'relaxed/relaxed' });
    const signed = tags['h']!.split(':');
    for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post'])
      expect(signed).toContain(name);
    const tampered = source.replace('/leave?token=abc', '/leave?token=abd');
    expect(verifyDkim(tampered, publicKey.export({ type: 'spki', format: 'pem' }).toString()).isValid).toBe(false);
  });
});

/** Verifies the signature of a mail by RFC 6376, for `relaxed/relaxed`. */
function verifyDkim(source: string, publicKey: string): { tags: Record<string, string>; isValid: boolean } {
  const end = source.indexOf('\r\n\r\n');
  const headers = source.slice(0, end).split(/\r\n(?![ \t])/);
  const body = source.slice(end + 4);
  const nameOf = (header: string) => header.slice(0, header.indexOf(':')).trim().toLowerCase();
  const relaxed = (header: string) =>
    `${nameOf(header)}:${header
      .slice(header.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  const signature = headers.find((header) => nameOf(header) === 'dkim-signature')!;
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
  );
  const relaxedBody = body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '\r\n');
  const signed = [
    ...tags['h']!.split(':').map((name) => relaxed(headers.findLast((header) => nameOf(header) === name)!)),
    relaxed(signature.replace(/([;\s]b=)[^;]*/, '$1')),
  ].join('\r\n');
  const isValid =
    hash('sha256', relaxedBody, 'base64') === tags['bh'] &&
    verify('sha256', Buffer.from(signed), createPublicKey(publicKey), Buffer.from(tags['b']!, 'base64'));
  return { tags, isValid };
}
