import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Mailer } from '../../server/src/mail/mailer.js';
import { putNewsletter } from '../../server/src/newsletter/domain/list-editing.js';
import { storeSignups } from '../../server/src/newsletter/domain/signup.js';
import { newsletterComposers, Subscriptions } from '../../server/src/newsletter/domain/subscriptions.js';
import { waitFor } from '../setup/wait-for.js';
import { daily, openNewsletterServer, weekend, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';

describe.each(databases)('newsletters on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
  });
  afterEach(() => server.close());

  const events = () => server.services.database.read.selectFrom('consent_events').selectAll().orderBy('id').execute();
  const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];
  /** Backdates tokens and counters, as if time had passed since the last mail. */
  const passTime = (durationMs: number) =>
    server.services.database.writer.submit(
      {
        name: 'pass-time',
        run: async ({ db }, [by]: readonly number[]) => {
          await db
            .updateTable('subscription_tokens')
            .set((eb) => ({ createdAt: eb('createdAt', '-', by ?? 0), expiresAt: eb('expiresAt', '-', by ?? 0) }))
            .execute();
          await db
            .updateTable('limit_counters')
            .set((eb) => ({ lastAt: eb('lastAt', '-', by ?? 0), expiresAt: eb('expiresAt', '-', by ?? 0) }))
            .execute();
          return [undefined];
        },
      },
      durationMs,
    );

  describe('lists', () => {
    it('are returned in the requested language and in order, with the current consent text', async () => {
      const answer = (await (await server.ask('/newsletters?lang=en')).json()) as { lists: { id: string }[] };
      expect(answer.lists.map(({ id }) => id)).toEqual(['daily', 'weekend']);
      expect(answer.lists[0]).toEqual({
        id: 'daily',
        name: 'Morning news',
        description: 'Five stories worth your time.',
        frequency: 'Every morning',
        consent: { id: 'daily-1', text: 'I agree to receive Morning news.' },
      });
    });

    it('name the language of texts that are not in the requested one', async () => {
      await putNewsletter(server.services, server.site, { ...weekend, description: { vi: 'Một bài đọc chậm.' } });
      const langsFor = async (query: string) => {
        const answer = (await (await server.ask(`/newsletters${query}`)).json()) as { lists: { langs?: unknown }[] };
        return answer.lists.map(({ langs }) => langs);
      };
      const all = { name: 'vi', description: 'vi', frequency: 'vi', consent: 'vi' };
      expect(await langsFor('?lang=en-GB')).toEqual([undefined, { description: 'vi' }]);
      expect(await langsFor('?lang=vi')).toEqual([undefined, undefined]);
      expect(await langsFor('?lang=fr')).toEqual([all, all]);
      expect(await langsFor('')).toEqual([all, all]);
    });

    it('make a new version of a changed consent text', async () => {
      const { services, site } = server;
      const text = { vi: 'Lời khác.', en: 'Other words.' };
      await putNewsletter(services, site, { ...daily, consent: { text } });
      expect(await codeOf(await server.subscribe())).toEqual([422, 'consent-missing']);
      expect((await server.subscribe({ consent: 'daily-2' })).status).toBe(202);
    });
  });

  it('send a confirmation mail in the language of the request', async () => {
    const answer = await server.subscribe({
      lang: 'en',
      lists: ['daily', 'weekend'],
      consent: ['daily-1', 'weekend-1'],
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ state: 'check-inbox' });
    const [mail, ...others] = await server.mails();
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('Confirm your newsletters from The Paper');
    expect(mail?.text).toContain('- Morning news\n- Weekend');
    expect(await server.states(lan)).toEqual({ daily: 'pending', weekend: 'pending' });
  });

  it('send text and HTML parts with the same links and headers of automatic mail', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    expect(mail?.from?.text).toBe('"The Paper" <newsletter@localhost>');
    expect(mail?.messageId).toMatch(/^<[0-9a-f-]{36}@localhost>$/);
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    const { url } = server.services.config;
    for (const page of ['confirm', 'unsubscribe'] as const) {
      const link = `${url}/newsletter/${page}?token=${mail?.tokenFor(page)}`;
      expect(mail?.text).toContain(link);
      expect(mail?.html).toContain(`href="${link}"`);
    }
    expect(mail?.headers.get('list')).toMatchObject({
      unsubscribe: { url: `${url}/newsletter/unsubscribe?token=${mail?.tokenFor('unsubscribe')}` },
    });
  });

  it('confirm by code, however its digits are grouped, and once more', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    const code = mail?.code ?? '';
    expect(code).toMatch(/^\d{6}$/);
    const wide = code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    const grouped = [' ', '-', '–', '\u00a0', '\u200b'].map((sign) => `${code.slice(0, 3)}${sign}${code.slice(3)}`);
    for (const typed of [` ${code}\n`, ...grouped, wide, code]) {
      const answer = await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: typed } });
      expect([answer.status, await answer.json()]).toEqual([200, { state: 'confirmed' }]);
    }
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    expect((await events()).map(({ type, method, consentTextId }) => [type, method, consentTextId])).toEqual([
      ['requested', 'widget', 'daily-1'],
      ['confirmed', 'code', 'daily-1'],
    ]);
  });

  it('accept five attempts per code, for its own address only', async () => {
    await server.subscribe();
    await server.subscribe({ email: 'minh@reader.example' });
    const mails = await server.mails();
    const codeFor = (address: string) =>
      mails.find(({ to }) => [to].flat()[0]?.text === address)?.code ?? 'no such mail';
    const right = codeFor(lan);
    const attempt = (email: string, code: string) =>
      server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
    expect(await codeOf(await attempt('minh@reader.example', right))).toEqual([422, 'code-wrong']);
    expect(await codeOf(await attempt('nobody@reader.example', right))).toEqual([422, 'code-wrong']);
    const wrong = right === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries++) expect((await attempt(lan, wrong)).status).toBe(422);
    expect((await attempt(lan, right)).status).toBe(422);
    expect((await attempt('minh@reader.example', codeFor('minh@reader.example'))).status).toBe(200);
    expect(await server.states(lan)).toEqual({ daily: 'pending' });
  });

  it('accept a code for half an hour', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    await passTime(31 * 60_000);
    const answer = await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: mail?.code } });
    expect(await codeOf(answer)).toEqual([422, 'code-wrong']);
  });

  it('return the same response for known and unknown addresses', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    await server.services.subscriptions.confirm(mail?.tokenFor('confirm') ?? '');
    await server.subscribe({ email: 'minh@reader.example' });
    await server.mails();
    const addresses = ['new@reader.example', 'minh@reader.example', lan];
    const answers = await Promise.all(addresses.map((email) => server.subscribe({ email })));
    const trapped = await server.subscribe({ email: 'robot@reader.example', topic: 'https://spam.example' });
    const responses = await Promise.all(
      [...answers, trapped].map(async (answer) => {
        // Random, whatever the address.
        answer.headers.delete('x-request-id');
        return [answer.status, [...answer.headers], await answer.text()];
      }),
    );
    expect(responses[0]?.[0]).toBe(202);
    for (const other of responses) expect(other).toEqual(responses[0]);
  });

  it('ask for the code alone where the trap field is filled, as password managers do', async () => {
    expect((await server.subscribe({ topic: 'https://lan.example' })).status).toBe(202);
    const [mail, ...others] = await server.mails();
    expect(others).toEqual([]);
    expect(mail?.tokenFor('confirm')).toBe('');
    expect(mail?.html).not.toContain('/newsletter/confirm');
    expect(mail?.text).toContain('Nếu đúng là bạn, hãy nhập mã này');
    expect(mail?.text).not.toContain('Liên kết');
    const answer = await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: mail?.code } });
    expect(await answer.json()).toEqual({ state: 'confirmed' });
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  it('ignore the trap field of earlier versions, which password managers fill in', async () => {
    expect((await server.subscribe({ website: 'https://lan.example' })).status).toBe(202);
    const [mail] = await server.mails();
    expect(mail?.tokenFor('confirm')).not.toBe('');
  });

  it('send at most one mail a minute and three a day to an address that does not confirm', async () => {
    await Promise.all(Array.from({ length: 20 }, () => server.subscribe()));
    await server.subscribe({ email: 'LAN@Reader.Example', lists: ['weekend'], consent: 'weekend-1' });
    expect(await server.mails()).toHaveLength(1);
    for (let more = 0; more < 5; more++) {
      await passTime(60_000);
      await server.subscribe();
      await server.mails();
    }
    expect(await server.mails()).toHaveLength(3);
    await passTime(24 * 60 * 60_000);
    await server.subscribe();
    expect(await server.mails()).toHaveLength(4);
  });

  it('accept another list right after the first was confirmed', async () => {
    await server.subscribe();
    const [first] = await server.mails();
    await server.services.subscriptions.confirm(first?.tokenFor('confirm') ?? '');
    await server.subscribe({ lists: ['daily', 'weekend'], consent: ['daily-1', 'weekend-1'] });
    const [, second] = await server.mails();
    expect(second?.text).toContain('- Cuối tuần');
    expect(second?.text).not.toContain('- Tin sáng');
    expect(await server.states(lan)).toEqual({ daily: 'confirmed', weekend: 'pending' });
  });

  it('keep confirmed subscriptions unchanged and mail a notice at most once a day', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: mail?.code } });
    for (let again = 0; again < 3; again++) await server.subscribe({ lang: 'en' });
    const mails = await server.mails();
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Xác nhận đăng ký bản tin của The Paper',
      'You are already subscribed to The Paper',
    ]);
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    expect((await events()).map(({ type }) => type)).toEqual(['requested', 'confirmed']);
  });

  it('match addresses in any spelling and send to the one typed', async () => {
    await server.subscribe({ email: '  Lan@BÁO.example ' });
    const [mail] = await server.mails();
    expect(mail?.source).toMatch(/^To: Lan@xn--bo-mia\.example\r$/m);
    expect(await server.states('lan@xn--bo-mia.example')).toEqual({ daily: 'pending' });
  });

  it('refuse incomplete requests and store nothing', async () => {
    const refused: [Record<string, unknown>, [number, string]][] = [
      [{ email: 'lan' }, [422, 'email-invalid']],
      [{ email: 'lan@reader.example\r\nBcc: all@reader.example' }, [422, 'email-invalid']],
      [{ lists: ['nothing'] }, [422, 'list-not-found']],
      [{ lists: [] }, [422, 'validation-failed']],
      [{ consent: '' }, [422, 'consent-missing']],
      [{ lists: ['daily', 'weekend'] }, [422, 'consent-missing']],
      [{ lang: 'not a language' }, [422, 'validation-failed']],
    ];
    for (const [body, expected] of refused) expect(await codeOf(await server.subscribe(body))).toEqual(expected);
    const foreign = await server.ask('/subscriptions', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      json: { email: lan, lists: ['daily'], consent: 'daily-1' },
    });
    expect(await codeOf(foreign)).toEqual([403, 'origin-not-allowed']);
    expect(await server.mails()).toEqual([]);
    expect(await server.states(lan)).toEqual({});
  });

  it('take letters other than ASCII before the @ where the mail server delivers to them', async () => {
    const email = '\u202aNguyễn@reader.example\u202c';
    expect((await server.subscribe({ email })).status).toBe(202);
    const [mail] = await server.mails();
    expect(mail?.source).toMatch(/^To: Nguyễn@reader\.example\r$/m);
    expect(await server.states('nguyễn@reader.example')).toEqual({ daily: 'pending' });

    const { config, database, log } = server.services;
    const requestBy = (supportsSmtpUtf8: boolean | undefined, address: string) => {
      const mailer = { mode: 'smtp', supportsSmtpUtf8: () => Promise.resolve(supportsSmtpUtf8), wake() {} } as const;
      return new Subscriptions(config, database, mailer, log).request(server.site, {
        email: address,
        lists: ['daily'],
        consents: ['daily-1'],
        lang: 'vi',
        isTrapped: false,
        method: 'widget',
        network: '198.51.100.7',
      });
    };
    await expect(requestBy(false, email)).rejects.toMatchObject({ code: 'email-unsupported' });
    await expect(requestBy(undefined, email)).rejects.toMatchObject({ code: 'mail-off' });
    await requestBy(false, 'minh@bücher.example');
    await requestBy(true, 'trần@reader.example');
  });

  it('store no address in the consent log and no link after it was mailed', async () => {
    await server.subscribe();
    const [mail] = await server.mails();
    await server.services.subscriptions.unsubscribe(mail?.tokenFor('unsubscribe') ?? '', 'one-click');
    const { read } = server.services.database;
    const kept = JSON.stringify([
      await events(),
      await read.selectFrom('mails').selectAll().execute(),
      await read.selectFrom('subscription_requests').selectAll().execute(),
    ]);
    expect(kept).not.toContain('reader.example');
    const stored = kept + JSON.stringify(await read.selectFrom('subscription_tokens').selectAll().execute());
    for (const secret of [mail?.tokenFor('confirm'), mail?.code]) expect(stored).not.toContain(secret);
  });

  it('process stored signups after a restart', async () => {
    await server.services.subscriptions.stop();
    await server.subscribe();
    await server.services.subscriptions.stop();
    const { read } = server.services.database;
    expect(await read.selectFrom('subscription_requests').select('emailKey').execute()).toEqual([{ emailKey: lan }]);
    server.services.subscriptions.start();
    expect(await server.mails()).toHaveLength(1);
  });

  it('process signups that another process has stored and left when it died', async () => {
    const { database } = server.services;
    await server.services.subscriptions.stop();
    await server.subscribe();
    const [left] = await database.read.selectFrom('subscription_requests').selectAll().execute();
    // Without a wake: the row is found by the next poll of a running server.
    server.services.subscriptions.start();
    expect(await server.mails()).toHaveLength(1);
    await database.writer.submit(storeSignups, {
      ...left!,
      email: 'minh@reader.example',
      emailKey: 'minh@reader.example',
    });
    expect(await server.mails()).toHaveLength(2);
  });

  it('are tried again soon after the processing has failed', async () => {
    const { writer } = server.services.database;
    const submit = writer.submit.bind(writer);
    let failures = 0;
    const spy = vi.spyOn(writer, 'submit').mockImplementation((command, input) => {
      if (command.name !== 'process-signups' || ++failures > 2) return submit(command, input);
      return Promise.reject(new Error('The disk is full.'));
    });
    expect((await server.subscribe()).status).toBe(202);
    expect(await server.mails()).toHaveLength(1);
    spy.mockRestore();
    expect(failures).toBe(3);
  });

  it('carry a live code when the mail had to wait, which the database never held', async () => {
    const { config, database, log, mailer } = server.services;
    await mailer.stop();
    await server.subscribe();
    const queued = await waitFor(async () => {
      const rows = await database.read.selectFrom('mails').selectAll().execute();
      expect(rows).toHaveLength(1);
      return rows[0]!;
    });
    expect(JSON.parse(queued.messageJson)).toEqual({
      emailKey: lan,
      lang: 'vi',
      lists: [{ id: 'daily', consent: 'daily-1' }],
    });
    expect(await database.read.selectFrom('subscription_tokens').selectAll().execute()).toEqual([]);
    await database.writer.submit(
      {
        name: 'wait-a-day',
        run: async ({ db }, inputs: readonly number[]) => {
          await db
            .updateTable('mails')
            .set({ createdAt: Date.now() - 24 * 60 * 60_000 })
            .execute();
          return [...inputs];
        },
      },
      0,
    );
    const later = new Mailer(config, database, log, newsletterComposers(config));
    later.start();
    const [mail] = await server.mails();
    await later.stop();
    const answer = await server.ask('/subscriptions/code', { method: 'POST', json: { email: lan, code: mail?.code } });
    expect(answer.status).toBe(200);
  });

  it('send no mail to confirm what was confirmed or ended while it waited', async () => {
    const { config, database, log, mailer } = server.services;
    await server.subscribe();
    const [first] = await server.mails();
    await mailer.stop();
    await passTime(60_000);
    await server.subscribe();
    await waitFor(async () => {
      const rows = await database.read.selectFrom('mails').select('id').where('sendAt', 'is not', null).execute();
      expect(rows).toHaveLength(1);
    });
    await server.services.subscriptions.confirm(first!.tokenFor('confirm'));
    const later = new Mailer(config, database, log, newsletterComposers(config));
    later.start();
    expect(await server.mails()).toHaveLength(1);
    await later.stop();
  });

  it('delete addresses that never confirmed', async () => {
    await server.subscribe();
    await server.mails();
    const inAMonth = Date.now() + 31 * 24 * 60 * 60_000;
    await server.services.retention.purge(inAMonth);
    expect(await server.states(lan)).toEqual({});
    expect(await events()).toHaveLength(1);
  });
});

describe('newsletters without mail', () => {
  it('refuse signups with a reason', async () => {
    const server = await openNewsletterServer('sqlite', {});
    const answer = await server.subscribe();
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'mail-off']);
    expect((await server.open('/outbox')).status).toBe(404);
    await server.close();
  });
});

describe('newsletters from one network', () => {
  it('are rate limited', async () => {
    const server = await openNewsletterServer('sqlite', { AFTERWORD_DEMO: '1', AFTERWORD_LIMITS: 'on' });
    const statuses: number[] = [];
    for (let index = 0; index < 61; index++)
      statuses.push((await server.subscribe({ email: `reader${index}@reader.example` })).status);
    expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 202));
    expect(statuses[60]).toBe(429);
    await server.close();
  });
});
