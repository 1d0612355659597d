import { createHmac, createSign } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testCertificate, testKey } from './certificate.js';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';
const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
const signingKey = 'a-signing-key-of-mailgun';

describe.each(databases)('bounce reports on %s', (kind) => {
  let server: NewsletterServer;
  let requested: string[];
  let lastDetail: unknown;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    requested = [];
    vi.stubGlobal('fetch', (url: URL) => {
      requested.push(url.href);
      return Promise.resolve(new Response(testCertificate));
    });
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await server.close();
  });

  const run = (...argv: string[]) => runCommand(server, 'newsletters', ...argv);
  const post = async (provider: string, json: unknown, headers: Record<string, string> = {}, token?: string) => {
    const answer = await server.ask(`/bounces/${provider}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...headers },
      body: JSON.stringify(json),
      ...(token === undefined ? {} : { token, json }),
    });
    const { suppressed, code, detail } = (await answer.json()) as Record<string, unknown>;
    lastDetail = detail;
    return answer.status === 200 ? suppressed : [answer.status, code];
  };
  const reasons = async () => {
    const rows = await server.services.database.read.selectFrom('suppressions').selectAll().orderBy('id').execute();
    return rows.map(({ reason, source }) => `${source} ${reason}`);
  };

  describe('of any service', () => {
    it('need the server key, and name addresses with their type', async () => {
      const key = await server.services.sites.makeServerKey('paper');
      const reports = [
        { email: 'Lan@Reader.example', type: 'hard' },
        { email: 'minh@reader.example', type: 'complaint' },
        { email: 'hoa@reader.example', type: 'soft' },
        { email: 'no address', type: 'hard' },
      ];
      expect(await post('generic', reports)).toEqual([401, 'token-required']);
      expect(await post('generic', reports, {}, 'aws_wrong')).toEqual([401, 'token-invalid']);
      expect(await post('generic', reports, {}, key)).toBe(2);
      expect(await reasons()).toEqual(['generic hard-bounce', 'generic complaint']);
      expect(await post('generic', [{ email: lan, type: 'odd' }], {}, key)).toEqual([422, 'validation-failed']);
      const many = Array.from({ length: 501 }, () => ({ email: lan, type: 'hard' }));
      expect(await post('generic', many, {}, key)).toEqual([422, 'validation-failed']);
      const long = [{ email: 'x'.repeat(70_000), type: 'hard' }];
      expect(await post('generic', long, {}, key)).toEqual([413, 'body-too-large']);
    });

    it('suppress after five soft bounces', async () => {
      const key = await server.services.sites.makeServerKey('paper');
      const soft = [{ email: lan, type: 'soft' }];
      for (let count = 1; count <= 4; count++) expect(await post('generic', soft, {}, key)).toBe(0);
      expect(await post('generic', soft, {}, key)).toBe(1);
    });
  });

  it('are refused of a service that is not set up, or not known', async () => {
    expect(await post('postmark', {})).toEqual([401, 'token-invalid']);
    expect(lastDetail).toBe(
      'The site accepts no reports of postmark. Set it up with: afterword newsletters bounces-from postmark --site paper',
    );
    expect(await post('pigeon', {})).toEqual([422, 'validation-failed']);
    expect((await run('bounces-from', 'pigeon')).stderr).toContain('is not one of ses, postmark, mailgun');
  });

  describe('of Mailgun', () => {
    beforeEach(async () => {
      const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!;
      Object.defineProperty(process, 'stdin', { value: Readable.from([`${signingKey}\n`]), configurable: true });
      const { stdout } = await run('bounces-from', 'mailgun');
      Object.defineProperty(process, 'stdin', stdin);
      expect(stdout).toContain('/v1/sites/paper/bounces/mailgun');
    });

    const signed = (event: object, { key = signingKey, token = 'token-1', ageSeconds = 0 } = {}) => {
      const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
      const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
      return { signature: { timestamp, token, signature }, 'event-data': event };
    };
    const failed = { event: 'failed', severity: 'permanent', reason: 'bounce', recipient: lan };

    it('suppress by permanent failures and complaints', async () => {
      expect(await post('mailgun', signed(failed))).toBe(1);
      const complained = { event: 'complained', recipient: 'minh@reader.example' };
      expect(await post('mailgun', signed(complained, { token: 'token-2' }))).toBe(1);
      for (const [index, event] of [
        { ...failed, severity: 'temporary', recipient: 'hoa@reader.example' },
        { ...failed, reason: 'old', recipient: 'hoa@reader.example' },
        { event: 'delivered', recipient: 'hoa@reader.example' },
      ].entries())
        expect(await post('mailgun', signed(event, { token: `other-${index}` }))).toBe(0);
      expect(await reasons()).toEqual(['mailgun hard-bounce', 'mailgun complaint']);
    });

    it('are refused with a wrong, old or used signature', async () => {
      expect(await post('mailgun', signed(failed, { key: 'another-key-of-mailgun' }))).toEqual([401, 'token-invalid']);
      expect(await post('mailgun', signed(failed, { ageSeconds: 13 * 3600 }))).toEqual([401, 'token-invalid']);
      expect(await post('mailgun', signed(failed, { ageSeconds: -600 }))).toEqual([401, 'token-invalid']);
      for (const body of [
        {},
        [],
        null,
        { signature: 1 },
        { signature: { timestamp: 'NaN', token: '', signature: '' } },
      ])
        expect(await post('mailgun', body)).toEqual([401, 'token-invalid']);
      expect(await reasons()).toEqual([]);
      expect(await post('mailgun', signed(failed))).toBe(1);
      expect(await post('mailgun', signed(failed))).toEqual([401, 'token-invalid']);
      expect(lastDetail).toBe('The signature was used before.');
    });
  });

  describe('of Postmark', () => {
    let authorization: string;
    beforeEach(async () => {
      const { stdout } = await run('bounces-from', 'postmark');
      const { username, password, pathname } = new URL(/^http\S+/m.exec(stdout)![0]);
      expect(pathname).toBe('/v1/sites/paper/bounces/postmark');
      authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    });

    it('suppress by hard bounces and complaints, and count a repeated delivery once', async () => {
      const bounce = { RecordType: 'Bounce', ID: 1, Type: 'HardBounce', Email: lan };
      const complaint = { RecordType: 'SpamComplaint', ID: 2, Type: 'SpamComplaint', Email: 'minh@reader.example' };
      const soft = { RecordType: 'Bounce', Type: 'SoftBounce', Email: 'hoa@reader.example' };
      const holiday = { RecordType: 'Bounce', ID: 9, Type: 'AutoResponder', Email: 'hoa@reader.example' };
      expect(await post('postmark', bounce, { authorization })).toBe(1);
      expect(await post('postmark', complaint, { authorization })).toBe(1);
      expect(await post('postmark', holiday, { authorization })).toBe(0);
      for (const id of [3, 4, 5, 6, 6, 6])
        expect(await post('postmark', { ...soft, ID: id }, { authorization })).toBe(0);
      expect(await post('postmark', { ...soft, ID: 7 }, { authorization })).toBe(1);
    });

    it('are refused without the password, or with a former one', async () => {
      const bounce = { RecordType: 'Bounce', ID: 1, Type: 'HardBounce', Email: lan };
      const wrong = `Basic ${Buffer.from('afterword:guess').toString('base64')}`;
      for (const given of ['', wrong, 'Basic', 'Bearer x'])
        expect(await post('postmark', bounce, given === '' ? {} : { authorization: given })).toEqual([
          401,
          'token-invalid',
        ]);
      await run('bounces-from', 'postmark');
      expect(await post('postmark', bounce, { authorization })).toEqual([401, 'token-invalid']);
      await run('bounces-from', 'postmark', '--remove');
      expect(await post('postmark', bounce, { authorization })).toEqual([401, 'token-invalid']);
      expect(await reasons()).toEqual([]);
    });

    it('keep no password that could be read', async () => {
      const [row] = await server.services.database.read.selectFrom('bounce_sources').selectAll().execute();
      const password = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':')[1]!;
      expect(row?.secret).not.toContain(password);
    });
  });

  describe('of Amazon SES', () => {
    beforeEach(async () => {
      expect(await run('bounces-from', 'ses', '--topic', topic)).toMatchObject({ code: 0 });
    });

    const notification = (message: unknown, fields: Record<string, string> = {}) => ({
      Type: 'Notification',
      MessageId: 'id-1',
      TopicArn: topic,
      Message: typeof message === 'string' ? message : JSON.stringify(message),
      Timestamp: new Date().toISOString(),
      SignatureVersion: '2',
      SigningCertURL: certificateUrl,
      ...fields,
    });
    const sign = (body: Record<string, string>) => {
      const names =
        body['Type'] === 'Notification'
          ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
          : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
      const text = names.flatMap((name) => (body[name] === undefined ? [] : [`${name}\n${body[name]}\n`])).join('');
      const algorithm = body['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
      return { ...body, Signature: createSign(algorithm).update(text).sign(testKey, 'base64') };
    };
    const bounce = (bounceType: string, ...addresses: string[]) => ({
      notificationType: 'Bounce',
      bounce: { bounceType, bouncedRecipients: addresses.map((emailAddress) => ({ emailAddress })) },
    });

    it('suppress by permanent bounces and complaints, with a certificate that is fetched once', async () => {
      const other = 'minh@reader.example';
      const complaint = { eventType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: other }] } };
      expect(await post('ses', sign(notification(bounce('Permanent', lan), { Subject: 'Amazon SES' })))).toBe(1);
      const second = notification(complaint, { MessageId: 'id-2', SignatureVersion: '1' });
      expect(await post('ses', sign(second))).toBe(1);
      expect(await post('ses', sign(notification('Successfully validated SNS topic.', { MessageId: 'id-3' })))).toBe(0);
      expect(await post('ses', sign(notification(bounce('Transient', other), { MessageId: 'id-4' })))).toBe(0);
      expect(await reasons()).toEqual(['ses hard-bounce', 'ses complaint']);
      expect(requested).toEqual([certificateUrl]);
    });

    it('count a repeated message once', async () => {
      const message = sign(notification(bounce('Transient', lan)));
      for (let count = 1; count <= 6; count++) expect(await post('ses', message)).toBe(0);
      expect(await reasons()).toEqual([]);
    });

    it('confirm the subscription at an address of Amazon alone', async () => {
      const confirmation = (url: string) =>
        sign(
          notification('You have chosen to subscribe', {
            Type: 'SubscriptionConfirmation',
            Token: 'abc',
            SubscribeURL: url,
          }),
        );
      const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc';
      expect(await post('ses', confirmation(url))).toBe(0);
      expect(requested).toEqual([certificateUrl, url]);
      expect(await post('ses', confirmation('https://evil.example/'))).toEqual([401, 'token-invalid']);
      expect(requested).toHaveLength(2);
    });

    it('are refused with a wrong signature, topic, time or certificate', async () => {
      const valid = notification(bounce('Permanent', lan));
      const refused = [
        { ...sign(valid), Message: JSON.stringify(bounce('Permanent', 'other@reader.example')) },
        sign({ ...valid, TopicArn: topic.replace('bounces', 'others') }),
        sign({ ...valid, Timestamp: new Date(Date.now() - 25 * 3_600_000).toISOString() }),
        sign({ ...valid, Timestamp: 'yesterday' }),
        sign({ ...valid, SignatureVersion: '3' }),
        sign({ ...valid, Type: 'constructor' }),
        valid,
        {},
      ];
      for (const body of refused) expect(await post('ses', body)).toEqual([401, 'token-invalid']);
      requested = [];
      for (const url of [
        certificateUrl.replace('https', 'http'),
        certificateUrl.replace('amazonaws.com', 'amazonaws.com.evil.example'),
        certificateUrl.replace('sns.', 'bucket.s3.'),
        certificateUrl.replace('eu-west-1', 'eu-west-2'),
        certificateUrl.replace('https://', 'https://evil.example@'),
        'https://sns.eu-west-1.amazonaws.com/other.pem',
        'certificate',
      ])
        expect(await post('ses', sign({ ...valid, SigningCertURL: url }))).toEqual([401, 'token-invalid']);
      expect(requested).toEqual([]);
      expect(await reasons()).toEqual([]);
    });

    it('are asked for again where Amazon gives no certificate', async () => {
      vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')));
      expect(await post('ses', sign(notification(bounce('Permanent', lan))))).toEqual([503, 'unavailable']);
    });

    it('need a topic', async () => {
      expect((await run('bounces-from', 'ses', '--topic', 'bounces')).stderr).toContain('--topic must be the ARN');
    });
  });
});
