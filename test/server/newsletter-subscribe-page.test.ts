import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putNewsletter } from '../../server/src/newsletter/domain/list-editing.js';
import { openNewsletterServer, parsePage, weekend, type NewsletterServer } from './newsletter-server.js';
import { databases, origin } from './setup.js';

const lan = 'lan@reader.example';

describe.each(databases)('newsletter signup without script on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
  });
  afterEach(() => server.close());

  it('subscribes and confirms by code', async () => {
    const fields = {
      site: 'paper',
      list: 'daily',
      consent: 'daily-1',
      email: 'Lan@reader.example',
      lang: 'en',
      topic: '',
    };
    const inbox = await parsePage(await server.post('/newsletter/subscribe', fields, { origin }));
    expect(inbox).toMatchObject({ status: 200, lang: 'en', title: 'Check your inbox' });
    const [mail] = await server.mails();
    const sent: Record<string, string> = Object.fromEntries(
      inbox.form?.fields.map(([name, value]) => [name, value ?? '']) ?? [],
    );
    const wrong = await parsePage(await server.post(inbox.form?.action ?? '', { ...sent, code: 'abc' }));
    expect(wrong).toMatchObject({ status: 422, title: 'Check your inbox' });
    const done = await parsePage(await server.post(inbox.form?.action ?? '', { ...sent, code: mail?.code ?? '' }));
    expect(done).toMatchObject({ status: 200, title: 'You are subscribed' });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  it('shows an incomplete form again with its values', async () => {
    const fields = { site: 'paper', list: ['weekend'], consent: 'weekend-1', email: 'lan@', lang: 'vi' };
    const again = await parsePage(await server.post('/newsletter/subscribe', fields));
    expect(again).toMatchObject({ status: 422, title: 'Đăng ký nhận bản tin' });
    expect(again.text).toContain('Địa chỉ email này chưa đúng.');
    expect(again.form?.fields).toEqual([
      ['site', 'paper', false],
      ['lang', 'vi', false],
      ['list', 'daily', false],
      ['consent', 'daily-1', false],
      ['list', 'weekend', true],
      ['consent', 'weekend-1', false],
      ['email', 'lan@', false],
      ['topic', null, false],
    ]);
    const unread = await parsePage(await server.post('/newsletter/subscribe', { ...fields, email: lan, consent: [] }));
    expect(unread).toMatchObject({ status: 422 });
    expect(unread.form?.fields).toContainEqual(['list', 'weekend', false]);
    const none = await server.post('/newsletter/subscribe', { ...fields, email: lan, list: [] });
    expect((await parsePage(none)).text).toContain('Hãy chọn ít nhất một bản tin.');
    expect((await server.post('/newsletter/subscribe', { ...fields, site: 'nobody' })).status).toBe(404);
    expect(await server.states(lan)).toEqual({});
  });

  it('ties the error to the first invalid field, and leaves all checks of the address to the server', async () => {
    const invalid = async (fields: Record<string, string | string[]>) => {
      const page = await parsePage(
        await server.post('/newsletter/subscribe', { site: 'paper', lang: 'en', ...fields }),
      );
      const field = page.document.querySelector('[autofocus]');
      return {
        name: field?.getAttribute('name'),
        value: field?.getAttribute('value'),
        isInvalid: field?.getAttribute('aria-invalid'),
        descriptions: field
          ?.getAttribute('aria-describedby')
          ?.split(' ')
          .map((id) => page.document.getElementById(id)?.textContent),
        page,
      };
    };
    const email = await invalid({ list: 'daily', consent: 'daily-1', email: 'lan@' });
    expect(email).toMatchObject({ name: 'email', isInvalid: 'true' });
    expect(email.descriptions).toEqual(['This does not look like an email address. Please check it.']);
    // Browsers refuse letters and invisible marks that the server accepts.
    expect(email.page.document.querySelector('form')?.hasAttribute('novalidate')).toBe(true);
    expect(email.page.document.querySelector('[name=email]')?.hasAttribute('maxlength')).toBe(false);
    const choice = await invalid({ email: lan });
    expect(choice).toMatchObject({ name: 'list', value: 'daily', isInvalid: 'true' });
    expect(choice.descriptions?.at(-1)).toBe('Choose at least one newsletter.');
    const first = await parsePage(await server.open('/newsletter/subscribe?site=paper'));
    expect(first.document.querySelector('[autofocus], [aria-invalid=true]')).toBeNull();
  });

  it('takes a pasted address and code with marks and blanks, and asks for the code where the trap is filled', async () => {
    const fields = { site: 'paper', list: 'daily', consent: 'daily-1', email: '\u202aLan@reader.example\u202c' };
    const inbox = await parsePage(
      await server.post('/newsletter/subscribe', { ...fields, topic: 'https://lan.example' }),
    );
    expect(inbox).toMatchObject({ status: 200, title: 'Kiểm tra hộp thư' });
    const code = inbox.document.querySelector('[name=code]');
    expect([code?.getAttribute('dir'), code?.hasAttribute('maxlength')]).toEqual(['ltr', false]);
    const [mail] = await server.mails();
    expect(mail?.tokenFor('confirm')).toBe('');
    const sent = Object.fromEntries(inbox.form?.fields.map(([name, value]) => [name, value ?? '']) ?? []) as Record<
      string,
      string
    >;
    const typed = `  ${mail?.code.slice(0, 3)} - ${mail?.code.slice(3)}  `;
    const done = await parsePage(await server.post(inbox.form?.action ?? '', { ...sent, code: typed }));
    expect(done).toMatchObject({ status: 200, title: 'Bạn đã đăng ký' });
  });

  it('marks texts of the newsroom that are in another language', async () => {
    await putNewsletter(server.services, server.site, { ...weekend, description: { vi: 'Một bài đọc chậm.' } });
    const { document } = await parsePage(await server.open('/newsletter/subscribe?site=paper&lang=en&list=weekend'));
    const langOf = (text: string) =>
      [...document.querySelectorAll('[lang]')].find((each) => each.textContent === text)?.getAttribute('lang');
    expect([langOf('Weekend'), langOf('Một bài đọc chậm.')]).toEqual(['en', 'vi']);
  });

  it('offers the lists named by a link, unchecked', async () => {
    const offered = await parsePage(await server.open('/newsletter/subscribe?site=paper&list=weekend'));
    expect(offered.form?.fields.filter(([name]) => name === 'list')).toEqual([['list', 'weekend', false]]);
  });

  it("accepts forms from the site and from the server's own page, and shows others again", async () => {
    const fields = { site: 'paper', list: 'daily', consent: 'daily-1', email: lan };
    for (const stranger of ['https://evil.example', 'null']) {
      const answer = await parsePage(await server.post('/newsletter/subscribe', fields, { origin: stranger }));
      expect(answer).toMatchObject({ status: 403, title: 'Đăng ký nhận bản tin' });
    }
    expect(await server.states(lan)).toEqual({});
    const own = await server.post('/newsletter/subscribe', fields, { origin: 'null', 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(200);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
  });
});
