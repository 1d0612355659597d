import { Window } from 'happy-dom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putNewsletter } from '../../server/src/newsletter/lists.js';
import { NewsletterSecrets } from '../../server/src/newsletter/secrets.js';
import { daily, openNewsletterServer, type NewsletterServer, type ReceivedMail } from './newsletter-mailbox.js';
import { databases, origin } from './setup.js';

const lan = 'lan@reader.example';

/** A page as a browser without script has it. */
async function page(answer: Response) {
  const window = new Window({ settings: { disableJavaScriptEvaluation: true } });

  const document = new window.DOMParser().parseFromString(await answer.text(), 'text/html');
  const form = document.querySelector('form');
  return {
    status: answer.status,
    lang: document.documentElement.lang,
    title: document.querySelector('h1')?.textContent,
    text: document.querySelector('main')?.textContent ?? '',
    form: form && {
      method: form.getAttribute('method'),
      action: form.getAttribute('action') ?? '',
      fields: [...form.querySelectorAll('input')].map((input) => [
        input.getAttribute('name'),
        input.getAttribute('value'),
        input.hasAttribute('checked'),
      ]),
      buttons: [...form.querySelectorAll('button')].map((button) => button.textContent),
    },
    links: [...document.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? ''),
    document,
  };
}

describe.each(databases)('the pages of newsletters on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
  });
  afterEach(() => server.close());

  async function subscribed(body: Record<string, unknown> = {}): Promise<ReceivedMail> {
    const before = (await server.mails()).length;
    await server.subscribe(body);
    const mail = (await server.mails())[before];
    if (!mail) throw new Error('No mail came.');
    return mail;
  }
  async function confirmed(body?: Record<string, unknown>): Promise<ReceivedMail> {
    const mail = await subscribed(body);
    await server.services.subscriptions.confirm(mail.tokenFor('confirm'));
    return mail;
  }
  const everything = async () => {
    const { read } = server.services.database;
    return [
      await read.selectFrom('subscriptions').selectAll().orderBy('id').execute(),
      await read.selectFrom('subscription_tokens').selectAll().orderBy('tokenHash').execute(),
      await read.selectFrom('consent_events').selectAll().orderBy('id').execute(),
    ];
  };

  it('change nothing when a mail scanner opens every link ten times', async () => {
    const first = await subscribed();
    await server.services.subscriptions.confirmByCode(server.site, { email: lan, code: first.code });
    await server.subscribe();
    const [, known] = await server.mails();
    const second = await subscribed({ lists: ['weekend'], consent: 'weekend-1' });
    const links = [first, known, second].flatMap((mail) => mail?.text?.match(/https?:\/\/\S+/g) ?? []);
    expect(links).toHaveLength(5);
    const before = await everything();
    for (const link of links) {
      const { pathname, search } = new URL(link);
      for (let time = 0; time < 10; time++) {
        for (const method of ['GET', 'HEAD'])
          expect((await server.app.request(pathname + search, { method })).status).toBe(200);
      }
    }
    expect(await everything()).toEqual(before);
  });

  it('confirm with one button, and say so the second time', async () => {
    const mail = await subscribed({ lang: 'en' });
    const token = mail.tokenFor('confirm');
    const asked = await page(await server.open(`/newsletter/confirm?token=${token}`));
    expect(asked).toMatchObject({ status: 200, lang: 'en', title: 'Confirm your subscription' });
    expect(asked.form).toEqual({
      method: 'post',
      action: '/newsletter/confirm',
      fields: [['token', token, false]],
      buttons: ['Confirm'],
    });
    expect(await server.states(lan)).toEqual({ daily: 'pending' });

    const done = await page(await server.post('/newsletter/confirm', { token }));
    expect(done).toMatchObject({ status: 200, title: 'You are subscribed', form: null });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    const after = await everything();
    for (const again of [
      await server.post('/newsletter/confirm', { token }),
      await server.open(`/newsletter/confirm?token=${token}`),
    ])
      expect(await page(again)).toMatchObject({ status: 200, title: 'You have confirmed already', form: null });
    expect(await everything()).toEqual(after);
  });

  it('confirm nothing without the token, and nothing that was taken back', async () => {
    const mail = await subscribed();
    for (const token of ['', 'x', mail.tokenFor('unsubscribe')])
      expect((await server.post('/newsletter/confirm', { token })).status).toBe(404);
    expect((await server.post('/newsletter/confirm', {})).status).toBe(404);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    const late = await page(await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') }));
    expect(late).toMatchObject({ status: 410, title: 'Liên kết này không còn dùng được' });
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
  });

  it('do not let an old link confirm what was asked for after it was used', async () => {
    const mail = await confirmed();
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    await subscribed();
    const old = await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') });
    expect(old.status).toBe(410);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
  });

  it('unsubscribe with one button', async () => {
    const mail = await confirmed();
    const token = mail.tokenFor('unsubscribe');
    const asked = await page(await server.open(`/newsletter/unsubscribe?token=${token}`));
    expect(asked).toMatchObject({ status: 200, title: 'Hủy đăng ký' });
    expect(asked.form).toMatchObject({ action: '/newsletter/unsubscribe', fields: [['token', token, false]] });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    const done = await page(await server.post('/newsletter/unsubscribe', { token }));
    expect(done).toMatchObject({ status: 200, title: 'Đã huỷ đăng ký', form: null });
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
  });

  it('unsubscribe by one click, as mail programs do, however often and in either encoding', async () => {
    const mail = await confirmed();
    const path = `/newsletter/unsubscribe?token=${mail.tokenFor('unsubscribe')}`;
    const multipart = new FormData();
    multipart.append('List-Unsubscribe', 'One-Click');
    const answers = [
      await server.app.request(path, { method: 'POST', body: multipart }),
      await server.post(path, { 'List-Unsubscribe': 'One-Click' }),
      await server.app.request(path, { method: 'POST' }),
    ];
    for (const answer of answers) expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
    const events = await server.services.database.read
      .selectFrom('consent_events')
      .selectAll()
      .where('type', '=', 'unsubscribed')
      .execute();
    expect(events.map(({ method, newsletterId }) => [method, newsletterId])).toEqual([['one-click', 'daily']]);
  });

  it('unsubscribe from the lists of the mail, and no others', async () => {
    await confirmed();
    const mail = await subscribed({ lists: ['daily', 'weekend'], consent: ['daily-1', 'weekend-1'] });
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed', weekend: 'unsubscribed' });
  });

  it('go on taking unsubscribe links when the secret was changed, and take no forged ones', async () => {
    const mail = await confirmed();
    const token = mail.tokenFor('unsubscribe');
    const [row] = await server.services.database.read.selectFrom('subscriptions').select('id').execute();
    const id = row?.id ?? '';
    const rotated = new NewsletterSecrets(['a new secret', ...server.services.config.secrets]);
    expect(rotated.readUnsubscribeToken(token)).toEqual([id]);
    const foreign = new NewsletterSecrets(['the secret of somebody else']).unsubscribeToken([id]);
    for (const forged of [foreign, `${token}AAAA`, token.slice(0, -2), id, '']) {
      expect((await server.post('/newsletter/unsubscribe', { token: forged })).status).toBe(404);
    }
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  it('say that nobody is subscribed where the subscription is not there any more', async () => {
    const mail = await subscribed();
    await server.services.database.writer.submit(
      {
        name: 'erase-all',
        run: async ({ db }, inputs: readonly string[]) => {
          await db.deleteFrom('subscriptions').execute();
          return [...inputs];
        },
      },
      '',
    );
    const answer = await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    expect(await page(answer)).toMatchObject({ status: 200, title: 'Đã huỷ đăng ký' });
  });

  it('let the holder of a link choose newsletters, each with its consent', async () => {
    const mail = await subscribed();
    const done = await page(await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') }));
    const token = new URLSearchParams(done.links[0]?.split('?')[1]).get('token') ?? '';
    const shown = await page(await server.open(`/newsletter/preferences?token=${token}`));
    expect(shown.form?.fields).toEqual([
      ['token', token, false],
      ['list', 'daily', true],
      ['consent', 'daily-1', false],
      ['list', 'weekend', false],
      ['consent', 'weekend-1', false],
    ]);
    const choose = (list: string[], consent = ['daily-1', 'weekend-1']) =>
      server.post('/newsletter/preferences', { token, list, consent });
    const saved = await page(await choose(['weekend']));
    expect(saved.text).toContain('Đã lưu lựa chọn của bạn.');
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed', weekend: 'confirmed' });

    const { services, site } = server;
    await putNewsletter(services, site, { ...daily, consent: { id: 'daily-2', text: { vi: 'Lời mới.' } } });
    await choose(['daily', 'weekend']);
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed', weekend: 'confirmed' });
    await choose([]);
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed', weekend: 'unsubscribed' });
    const events = await services.database.read.selectFrom('consent_events').selectAll().orderBy('id').execute();
    expect(
      events.map(({ type, method, newsletterId, consentTextId }) => [type, method, newsletterId, consentTextId]),
    ).toEqual([
      ['requested', 'widget', 'daily', 'daily-1'],
      ['confirmed', 'link', 'daily', 'daily-1'],
      ['unsubscribed', 'form', 'daily', null],
      ['confirmed', 'form', 'weekend', 'weekend-1'],
      ['unsubscribed', 'form', 'weekend', null],
    ]);
    for (const wrong of ['', mail.tokenFor('confirm'), mail.tokenFor('unsubscribe')])
      expect((await server.open(`/newsletter/preferences?token=${wrong}`)).status).toBe(404);
  });

  it('subscribe without script, with the code entered on the page that follows', async () => {
    const fields = {
      site: 'paper',
      list: 'daily',
      consent: 'daily-1',
      email: 'Lan@reader.example',
      lang: 'en',
      website: '',
    };
    const inbox = await page(await server.post('/newsletter/subscribe', fields, { origin }));
    expect(inbox).toMatchObject({ status: 200, lang: 'en', title: 'Check your inbox' });
    const [mail] = await server.mails();
    const sent: Record<string, string> = Object.fromEntries(
      inbox.form?.fields.map(([name, value]) => [name, value ?? '']) ?? [],
    );
    const wrong = await page(await server.post(inbox.form?.action ?? '', { ...sent, code: 'abc' }));
    expect(wrong).toMatchObject({ status: 422, title: 'Check your inbox' });
    const done = await page(await server.post(inbox.form?.action ?? '', { ...sent, code: mail?.code ?? '' }));
    expect(done).toMatchObject({ status: 200, title: 'You are subscribed' });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  it('ask again for what is missing, and keep what was typed', async () => {
    const fields = { site: 'paper', list: ['weekend'], consent: 'weekend-1', email: 'lan@', lang: 'vi' };
    const again = await page(await server.post('/newsletter/subscribe', fields));
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
    const unread = await page(await server.post('/newsletter/subscribe', { ...fields, email: lan, consent: [] }));
    expect(unread).toMatchObject({ status: 422 });
    expect(unread.form?.fields).toContainEqual(['list', 'weekend', false]);
    const none = await server.post('/newsletter/subscribe', { ...fields, email: lan, list: [] });
    expect((await page(none)).text).toContain('Hãy chọn ít nhất một bản tin.');
    expect((await server.post('/newsletter/subscribe', { ...fields, site: 'nobody' })).status).toBe(404);
    expect(await server.states(lan)).toEqual({});
  });

  it('offer the lists that a link names, and tick none of them', async () => {
    const offered = await page(await server.open('/newsletter/subscribe?site=paper&list=weekend'));
    expect(offered.form?.fields.filter(([name]) => name === 'list')).toEqual([['list', 'weekend', false]]);
  });

  it('take a form from the site and from our own page, and show it again to others', async () => {
    const fields = { site: 'paper', list: 'daily', consent: 'daily-1', email: lan };
    for (const stranger of ['https://evil.example', 'null']) {
      const answer = await page(await server.post('/newsletter/subscribe', fields, { origin: stranger }));
      expect(answer).toMatchObject({ status: 403, title: 'Đăng ký nhận bản tin' });
    }
    expect(await server.states(lan)).toEqual({});
    const own = await server.post('/newsletter/subscribe', fields, { origin: 'null', 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(200);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
  });

  it('are never kept, framed, indexed or given a referrer, and run no script', async () => {
    const mail = await subscribed();
    for (const path of [
      `/newsletter/confirm?token=${mail.tokenFor('confirm')}`,
      `/newsletter/unsubscribe?token=${mail.tokenFor('unsubscribe')}`,
      '/newsletter/preferences?token=x',
      '/newsletter/subscribe?site=paper',
    ]) {
      const { headers } = await server.open(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
        'x-content-type-options': 'nosniff',
      });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("form-action 'self'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('script-src');
    }
  });

  it('show what comes in an address or a form as text only', async () => {
    const attack = '"><img src=x onerror=alert(1)><script>alert(1)</script>';
    const encoded = encodeURIComponent(attack);
    const answers = [
      await server.open(`/newsletter/confirm?token=${encoded}`),
      await server.open(`/newsletter/unsubscribe?token=${encoded}`),
      await server.open(`/newsletter/preferences?token=${encoded}`),
      await server.open(`/newsletter/subscribe?site=paper&lang=${encoded}&list=${encoded}`),
      await server.open(`/newsletter/subscribe?site=${encoded}`),
      await server.post('/newsletter/subscribe', { site: 'paper', email: attack, list: attack, lang: attack }),
      await server.post('/newsletter/confirm', { site: 'paper', email: attack, code: attack, lang: attack }),
    ];
    for (const answer of answers) {
      const { document } = await page(answer);
      expect(document.querySelectorAll('img, script')).toHaveLength(0);
    }
  });

  it('list the mails of the demo, newest first, with links that work', async () => {
    await subscribed({ lang: 'en' });
    await subscribed({ email: 'minh@reader.example' });
    const outbox = await page(await server.open('/outbox'));
    const [newest = '', oldest = ''] = outbox.links;
    expect((await page(await server.open(newest))).text).toContain('minh@reader.example');
    const mail = await page(await server.open(oldest));
    expect(mail.title).toBe('Confirm your newsletters from The Paper');
    const confirm = mail.links.find((link) => link.includes('/newsletter/confirm')) ?? '';
    expect((await page(await server.open(new URL(confirm).pathname + new URL(confirm).search))).form).not.toBeNull();
    expect(await (await server.open(mail.links.find((link) => link.endsWith('.eml')) ?? '')).text()).toContain(
      'MIME-Version: 1.0',
    );
    for (const elsewhere of ['/outbox/nothing', '/outbox/..%2fsecret', '/outbox/..%2fsecret.eml'])
      expect((await server.open(elsewhere)).status).toBe(404);
  });
});
