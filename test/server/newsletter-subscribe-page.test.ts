import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNewsletterServer, parsePage, type NewsletterServer } from './newsletter-server.js';
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
      website: '',
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
      ['website', null, false],
    ]);
    const unread = await parsePage(await server.post('/newsletter/subscribe', { ...fields, email: lan, consent: [] }));
    expect(unread).toMatchObject({ status: 422 });
    expect(unread.form?.fields).toContainEqual(['list', 'weekend', false]);
    const none = await server.post('/newsletter/subscribe', { ...fields, email: lan, list: [] });
    expect((await parsePage(none)).text).toContain('Hãy chọn ít nhất một bản tin.');
    expect((await server.post('/newsletter/subscribe', { ...fields, site: 'nobody' })).status).toBe(404);
    expect(await server.states(lan)).toEqual({});
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
