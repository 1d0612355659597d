import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putNewsletter } from '../../server/src/newsletter/domain/list-editing.js';
import { NewsletterTokens } from '../../server/src/newsletter/domain/tokens.js';
import {
  daily,
  openNewsletterServer,
  parsePage,
  type NewsletterServer,
  type ReceivedMail,
} from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';

describe.each(databases)('newsletter pages on %s', (kind) => {
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
    await server.services.subscriptions.confirmByCode(server.site, { email: lan, code: first.code, network: 'none' });
    await server.subscribe();
    const [, known] = await server.mails();
    const second = await subscribed({ lists: ['weekend'], consent: 'weekend-1' });
    const links = [first, known, second].flatMap((mail) => mail?.text?.match(/https?:\/\/\S+/g) ?? []);
    expect(links).toHaveLength(6);
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

  it('confirm by one button, and report a repeated confirmation', async () => {
    const mail = await subscribed({ lang: 'en' });
    const token = mail.tokenFor('confirm');
    const asked = await parsePage(await server.open(`/newsletter/confirm?token=${token}`));
    expect(asked).toMatchObject({ status: 200, lang: 'en', title: 'Confirm your subscription' });
    expect(asked.form).toEqual({
      method: 'post',
      action: '/newsletter/confirm',
      fields: [['token', token, false]],
      buttons: ['Confirm'],
    });
    expect(await server.states(lan)).toEqual({ daily: 'pending' });

    const done = await parsePage(await server.post('/newsletter/confirm', { token }));
    expect(done).toMatchObject({ status: 200, title: 'You are subscribed', form: null });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    const after = await everything();
    for (const again of [
      await server.post('/newsletter/confirm', { token }),
      await server.open(`/newsletter/confirm?token=${token}`),
    ])
      expect(await parsePage(again)).toMatchObject({ status: 200, title: 'You have confirmed already', form: null });
    expect(await everything()).toEqual(after);
  });

  it('confirm nothing without a token or after an unsubscribe', async () => {
    const mail = await subscribed();
    for (const token of ['', 'x', mail.tokenFor('unsubscribe')])
      expect((await server.post('/newsletter/confirm', { token })).status).toBe(404);
    expect((await server.post('/newsletter/confirm', {})).status).toBe(404);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    const late = await parsePage(await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') }));
    expect(late).toMatchObject({ status: 410, title: 'Liên kết này không còn dùng được' });
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
  });

  it('do not confirm a later signup by a link that was used before', async () => {
    const mail = await confirmed();
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    await subscribed();
    const old = await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') });
    expect(old.status).toBe(410);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
  });

  it('unsubscribe by one button', async () => {
    const mail = await confirmed();
    const token = mail.tokenFor('unsubscribe');
    const asked = await parsePage(await server.open(`/newsletter/unsubscribe?token=${token}`));
    expect(asked).toMatchObject({ status: 200, title: 'Hủy đăng ký' });
    expect(asked.form).toMatchObject({ action: '/newsletter/unsubscribe', fields: [['token', token, false]] });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    const done = await parsePage(await server.post('/newsletter/unsubscribe', { token }));
    expect(done).toMatchObject({ status: 200, title: 'Đã huỷ đăng ký', form: null });
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed' });
  });

  it('unsubscribe by one click (RFC 8058), repeatedly and in either form encoding', async () => {
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

  it('unsubscribe from the lists of the mail only', async () => {
    await confirmed();
    const mail = await subscribed({ lists: ['daily', 'weekend'], consent: ['daily-1', 'weekend-1'] });
    await server.post('/newsletter/unsubscribe', { token: mail.tokenFor('unsubscribe') });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed', weekend: 'unsubscribed' });
  });

  it('accept unsubscribe links after a change of the secret, and refuse forged ones', async () => {
    const mail = await confirmed();
    const token = mail.tokenFor('unsubscribe');
    const [row] = await server.services.database.read.selectFrom('subscriptions').select('id').execute();
    const id = row?.id ?? '';
    const rotated = new NewsletterTokens(['a new secret', ...server.services.config.secrets]);
    expect(rotated.verifyUnsubscribeToken(token)).toEqual([id]);
    const foreign = new NewsletterTokens(['the secret of somebody else']).signUnsubscribeToken([id]);
    for (const forged of [foreign, `${token}AAAA`, token.slice(0, -2), id, '']) {
      expect((await server.post('/newsletter/unsubscribe', { token: forged })).status).toBe(404);
    }
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  it('report an unsubscribed address for erased subscriptions', async () => {
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
    expect(await parsePage(answer)).toMatchObject({ status: 200, title: 'Đã huỷ đăng ký' });
  });

  it('change preferences, each newsletter with its consent', async () => {
    const mail = await subscribed();
    const done = await parsePage(await server.post('/newsletter/confirm', { token: mail.tokenFor('confirm') }));
    const token = new URLSearchParams(done.links[0]?.split('?')[1]).get('token') ?? '';
    const shown = await parsePage(await server.open(`/newsletter/preferences?token=${token}`));
    expect(shown.form?.fields).toEqual([
      ['token', token, false],
      ['list', 'daily', true],
      ['consent', 'daily-1', false],
      ['list', 'weekend', false],
      ['consent', 'weekend-1', false],
    ]);
    const choose = (list: string[], consent = ['daily-1', 'weekend-1']) =>
      server.post('/newsletter/preferences', { token, list, consent });
    const saved = await parsePage(await choose(['weekend']));
    expect(saved.text).toContain('Đã lưu lựa chọn của bạn.');
    expect(await server.states(lan)).toEqual({ daily: 'unsubscribed', weekend: 'confirmed' });

    const { services, site } = server;
    await putNewsletter(services, site, { ...daily, consent: { text: { vi: 'Lời mới.' } } });
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

  it('send headers against caching, framing, indexing, referrers and scripts', async () => {
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

  it('escape values from URLs and forms', async () => {
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
      const { document } = await parsePage(answer);
      expect(document.querySelectorAll('img, script')).toHaveLength(0);
    }
  });

  it("list the demo's mails, newest first, with working links", async () => {
    await subscribed({ lang: 'en' });
    await subscribed({ email: 'minh@reader.example' });
    const outbox = await parsePage(await server.open('/outbox'));
    const [newest = '', oldest = ''] = outbox.links;
    expect((await parsePage(await server.open(newest))).text).toContain('minh@reader.example');
    const mail = await parsePage(await server.open(oldest));
    expect(mail.title).toBe('Confirm your newsletters from The Paper');
    const confirm = mail.links.find((link) => link.includes('/newsletter/confirm')) ?? '';
    expect(
      (await parsePage(await server.open(new URL(confirm).pathname + new URL(confirm).search))).form,
    ).not.toBeNull();
    expect(await (await server.open(mail.links.find((link) => link.endsWith('.eml')) ?? '')).text()).toContain(
      'MIME-Version: 1.0',
    );
    for (const elsewhere of ['/outbox/nothing', '/outbox/..%2fsecret', '/outbox/..%2fsecret.eml'])
      expect((await server.open(elsewhere)).status).toBe(404);
  });
});
