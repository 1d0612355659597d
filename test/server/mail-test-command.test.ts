import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCertificate, testKey } from './certificate.js';
import { runCommand, runCommandWith } from './cli.js';
import { openMailServer, smtpError, type MailServerOptions } from './mail-server.js';
import { openTestServices, type TestServer } from './setup.js';

describe('mail test', () => {
  let server: TestServer;
  const closers: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    server = await openTestServices('sqlite');
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    await server.close();
  });

  const listen = async (options: MailServerOptions = {}) => {
    const opened = await openMailServer(0, options);
    closers.push(() => opened.close());
    return opened;
  };
  const run = (smtp: string, ...argv: string[]) => {
    const { database, secrets } = server.services.config;
    return runCommandWith(
      {
        AFTERWORD_DATA: server.folder,
        AFTERWORD_DATABASE: database,
        AFTERWORD_SECRET: secrets.join(','),
        AFTERWORD_SMTP: smtp,
        AFTERWORD_MAIL_FROM: 'letters@paper.example',
      },
      ...['mail', 'test', ...argv],
    );
  };

  it('sends one mail, and prints the answer', async () => {
    const { port, deliveries } = await listen();
    const { code, stdout, stderr } = await run(`smtp://127.0.0.1:${port}`, 'lan@reader.example');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^250 [^\n]*\n$/);
    expect(deliveries[0]).toMatchObject({ from: 'letters@paper.example', to: ['lan@reader.example'] });
    expect(deliveries[0]?.mail.subject).toContain('Thư thử');
  });

  it('has the sender and footer of a site', async () => {
    await runCommand(server, 'sites', 'set', 'paper', 'mail.senderName', 'Tòa soạn');
    const { port, deliveries } = await listen();
    expect(await run(`smtp://127.0.0.1:${port}`, 'lan@reader.example', '--site', 'paper')).toMatchObject({ code: 0 });
    expect(deliveries[0]?.mail.from?.value[0]?.name).toBe('Tòa soạn');
    expect((await run(`smtp://127.0.0.1:${port}`, 'lan@reader.example', '--site', 'other')).stderr).toBe(
      'afterword: There is no site "other".\n',
    );
  });

  it('prints a refusal with its code', async () => {
    const { port } = await listen();
    expect(await run(`smtp://127.0.0.1:${port}`, 'nobody@reader.example')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'afterword: The mail server refuses the mail: 550 nobody@reader.example is not taken\n',
    });
  });

  it.each([
    ['the login', 'smtp', /^afterword: Login: 535 [^\n]*\n$/],
    ['the certificate', 'smtps', /^afterword: TLS: [^\n]*certificate[^\n]*\n$/],
  ])('prints that %s is the cause', async (_, scheme, expected) => {
    const { port } = await listen(
      scheme === 'smtps'
        ? { secure: true, key: testKey, cert: testCertificate }
        : {
            disabledCommands: ['STARTTLS'],
            authOptional: false,
            allowInsecureAuth: true,
            onAuth: (_auth, _session, done) => done(smtpError(535, 'No such user')),
          },
    );
    const { code, stderr } = await run(`${scheme}://paper:word@127.0.0.1:${port}`, 'lan@reader.example');
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
  });

  it('prints that the host is unknown, or that nobody listens', async () => {
    const unknown = await run('smtp://mail.invalid:2525', 'lan@reader.example');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/^afterword: DNS: [^\n]*mail\.invalid[^\n]*\n$/);
    const { port, close } = await openMailServer();
    await close();
    const refused = await run(`smtp://127.0.0.1:${port}`, 'lan@reader.example');
    expect(refused.stderr).toMatch(/^afterword: Connection: [^\n]*ECONNREFUSED[^\n]*\n$/);
  });

  it('refuses what is no address, and a server without mail', async () => {
    expect((await run('smtp://127.0.0.1:1', 'lan')).stderr).toBe('afterword: "lan" is not an e-mail address.\n');
    expect((await runCommand(server, 'mail', 'test', 'lan@reader.example')).stderr).toContain('Mail is off.');
  });
});
