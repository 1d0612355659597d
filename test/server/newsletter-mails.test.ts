import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer, type ReceivedMail } from './newsletter-server.js';

const lan = 'lan@reader.example';

describe('mails of a site', () => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer('sqlite');
  });
  afterEach(() => server.close());

  const set = (setting: string, value: string) => runCommand(server, 'sites', 'set', 'paper', setting, value);
  const mailTo = async (email: string, lang = 'vi') => {
    await server.subscribe({ email, lang });
    return (await server.mails()).at(-1)!;
  };
  const unsubscribeUrl = (mail: ReceivedMail) =>
    /^List-Unsubscribe: ?<([^>]+)>/m.exec(mail.source.replace(/\r\n /g, ''))?.[1];

  it('show the sender, logo, footer and postal address of the site, in the language of the mail', async () => {
    for (const [setting, value] of [
      ['mail.senderName', '{"vi": "Tòa soạn Bến Sông", "en": "The Bến Sông Newsroom"}'],
      ['mail.replyTo', 'toasoan@paper.example'],
      ['mail.logo', 'https://paper.example/logo.png'],
      ['mail.footer', '{"vi": "Giấy phép số 1 & 2", "en": "Licence <1>"}'],
      ['mail.postalAddress', '12 Hàng Trống, Hà Nội'],
    ] as const)
      expect(await set(setting, value)).toMatchObject({ code: 0 });
    const inVietnamese = await mailTo(lan);
    expect(inVietnamese.from?.value[0]?.name).toBe('Tòa soạn Bến Sông');
    expect(inVietnamese.replyTo?.value[0]?.address).toBe('toasoan@paper.example');
    expect(inVietnamese.text).toMatch(/-- \nThe Paper\nGiấy phép số 1 & 2\n12 Hàng Trống, Hà Nội\s*$/);
    expect(inVietnamese.html).toContain('<img src="https://paper.example/logo.png" alt="The Paper"');
    expect(inVietnamese.html).toContain('Giấy phép số 1 &amp; 2');
    const inEnglish = await mailTo('minh@reader.example', 'en');
    expect(inEnglish.from?.value[0]?.name).toBe('The Bến Sông Newsroom');
    expect(inEnglish.html).toContain('Licence &lt;1&gt;');
    expect(inEnglish.html).not.toContain('Licence <1>');
    expect(inEnglish.text).toContain('12 Hàng Trống, Hà Nội');
  });

  it('have the name of the site, and nothing else, without these settings', async () => {
    const mail = await mailTo(lan);
    expect(mail.from?.value[0]?.name).toBe('The Paper');
    expect(mail.replyTo).toBeUndefined();
    expect(mail.html).not.toContain('<img');
    expect(mail.text).toMatch(/-- \nThe Paper\s*$/);
  });

  it.each([
    ['mail.replyTo', 'nobody'],
    ['mail.logo', 'http://paper.example/logo.png'],
    ['mail.logo', '{"vi": "javascript:alert(1)"}'],
    ['mail.senderName', '"Paper\\r\\nBcc: all@reader.example"'],
    ['mail.footer', '{}'],
    ['mail.header', 'x'],
  ])('refuse %s %s', async (setting, value) => {
    expect(await set(setting, value)).toMatchObject({ code: 1 });
  });

  it('end all subscriptions by one click, also from the notice that the address is subscribed', async () => {
    const consent = ['daily-1', 'weekend-1'];
    await server.subscribe({ lists: ['daily', 'weekend'], consent });
    const confirm = (await server.mails()).at(-1)!;
    await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: confirm.code } });
    await server.subscribe({ lists: ['daily', 'weekend'], consent });
    const notice = (await server.mails()).at(-1)!;
    expect(notice.subject).not.toBe(confirm.subject);
    for (const mail of [confirm, notice]) {
      expect(mail.source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
      expect(mail.text).toContain(unsubscribeUrl(mail));
    }
    const { pathname, search } = new URL(unsubscribeUrl(notice)!);
    const answer = await server.post(pathname + search, { 'List-Unsubscribe': 'One-Click' });
    expect(answer.status).toBe(200);
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed', weekend: 'unsubscribed' });
  });
});
