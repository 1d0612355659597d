import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mailboxOf } from '../../server/src/newsletter/domain/email-address.js';
import { NewsletterTokens } from '../../server/src/newsletter/domain/tokens.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { observeQueries } from './observed-queries.js';
import { databases } from './setup.js';

const limitsOn = { AFTERWORD_DEMO: '1', AFTERWORD_LIMITS: 'on' };

describe('the mailbox of an address', () => {
  it.each([
    ['lan@reader.example', 'lan@reader.example'],
    ['lan+news@reader.example', 'lan@reader.example'],
    ['lan+a+b@reader.example', 'lan@reader.example'],
    ['l.a.n@reader.example', 'l.a.n@reader.example'],
    ['l.a.n+x@gmail.com', 'lan@gmail.com'],
    ['lan@googlemail.com', 'lan@gmail.com'],
    ['l_a-n@pm.me', 'lan@proton.me'],
    ['+lan@reader.example', '+lan@reader.example'],
  ])('of %s is %s', (key, mailbox) => {
    expect(mailboxOf(key)).toBe(mailbox);
  });
});

describe.each(databases)('caps of newsletters on %s', (kind) => {
  let server: NewsletterServer;
  const open = async (environment?: Record<string, string>) => {
    server = await openNewsletterServer(kind, environment);
  };
  afterEach(() => server.close());

  const passTime = (durationMs: number) =>
    server.services.database.writer.submit(
      {
        name: 'pass-time',
        run: async ({ db }, [by = 0]: readonly number[]) => {
          await db
            .updateTable('limit_counters')
            .set((eb) => ({ lastAt: eb('lastAt', '-', by), expiresAt: eb('expiresAt', '-', by) }))
            .execute();
          return [undefined];
        },
      },
      durationMs,
    );
  const tryCode = async (email: string, code: string) => {
    const answer = await server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  const recipients = async () => (await server.mails()).map(({ to }) => [to].flat()[0]?.text);

  describe('wrong codes', () => {
    beforeEach(() => open());

    it('take the same statements, writes and hashes whether or not the address subscribes', async () => {
      await server.subscribe({ email: 'pending@reader.example' });
      await server.subscribe({ email: 'confirmed@reader.example' });
      const mails = await server.mails();
      const confirmed = mails.find(({ to }) => [to].flat()[0]?.text === 'confirmed@reader.example');
      await server.services.subscriptions.confirm(confirmed!.tokenFor('confirm'));
      const compared = vi.spyOn(NewsletterTokens.prototype, 'matchesCode');
      const workOf = async (email: string) => {
        compared.mockClear();
        const { queries, stop } = observeQueries();
        const pending = mails.find(({ to }) => [to].flat()[0]?.text === email);
        const answer = await tryCode(email, pending?.code === '000000' ? '000001' : '000000');
        stop();
        const statements = queries
          // Polls of the queues run at their own times.
          .filter(({ sql }) => !/"(mails|subscription_requests)"/.test(sql))
          .map(({ sql, affectedRows }) => `${sql} → ${affectedRows}`);
        return { answer, statements, comparedCodes: compared.mock.calls.length };
      };
      // The counter of the network is the same for all, and is created by the first.
      await tryCode('first@reader.example', '000000');
      for (let round = 0; round < 7; round++) {
        const unknown = await workOf('nobody@reader.example');
        expect(unknown.answer).toEqual([422, 'code-wrong']);
        expect(unknown.comparedCodes).toBe(5);
        expect(unknown.statements.filter((statement) => statement.startsWith('insert'))).toHaveLength(2);
        expect(await workOf('pending@reader.example')).toEqual(unknown);
        expect(await workOf('confirmed@reader.example')).toEqual(unknown);
      }
      compared.mockRestore();
    });

    it('are counted per mailbox, whatever its spelling, and leave its links working', async () => {
      await server.subscribe();
      const [mail] = await server.mails();
      for (let tag = 0; tag < 20; tag++) await tryCode(`lan+${tag}@reader.example`, '000000');
      expect(await tryCode('lan@reader.example', mail!.code)).toEqual([422, 'code-wrong']);
      await server.services.subscriptions.confirm(mail!.tokenFor('confirm'));
      expect(await server.states('lan@reader.example')).toEqual({ daily: 'confirmed' });
    });

    it('start again with the next code', async () => {
      await server.subscribe();
      const [first] = await server.mails();
      for (let tries = 0; tries < 5; tries++) await tryCode('lan@reader.example', '000000');
      expect(await tryCode('lan@reader.example', first!.code)).toEqual([422, 'code-wrong']);
      await passTime(60_000);
      await server.subscribe();
      const [, second] = await server.mails();
      expect((await tryCode('lan@reader.example', second!.code))[0]).toBe(200);
    });
  });

  it('count wrong codes per network', async () => {
    await open(limitsOn);
    await server.subscribe();
    const [mail] = await server.mails();
    const statuses: unknown[] = [];
    for (let reader = 0; reader < 50; reader++) {
      // The limit of requests, which answers 429, is another one: each is asked past it.
      statuses.push(
        await server.services.subscriptions
          .confirmByCode(server.site, { email: `reader${reader}@reader.example`, code: '000000', network: 'none' })
          .catch((error: { code: string }) => error.code),
      );
    }
    expect(new Set(statuses)).toEqual(new Set(['code-wrong']));
    expect(await tryCode('lan@reader.example', mail!.code)).toEqual([422, 'code-wrong']);
    await passTime(60 * 60_000);
    expect((await tryCode('lan@reader.example', mail!.code))[0]).toBe(200);
  });

  it('send one mailbox, in all its spellings, no more than one address gets', async () => {
    await open();
    const answers: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (let tag = 0; tag < 3; tag++) {
        const answer = await server.subscribe({ email: `victim+${round}.${tag}@reader.example` });
        answers.push(`${answer.status} ${await answer.text()}`);
      }
      await server.mails();
      await passTime(60_000);
    }
    expect(new Set(answers)).toEqual(new Set(['202 {"state":"check-inbox"}']));
    expect(await recipients()).toHaveLength(3);
    // Addresses that were sent nothing are not stored.
    const rows = await server.services.database.read.selectFrom('subscriptions').select('email').execute();
    expect(rows).toHaveLength(3);
    await passTime(24 * 60 * 60_000);
    await server.subscribe({ email: 'victim+again@reader.example' });
    expect(await recipients()).toHaveLength(4);
  });

  it('send mails to 20 strangers an hour for one network, and answer all requests alike', async () => {
    await open(limitsOn);
    const answers: string[] = [];
    for (let stranger = 0; stranger < 40; stranger++) {
      const answer = await server.subscribe({ email: `stranger${stranger}@reader.example` });
      answers.push(`${answer.status} ${await answer.text()}`);
    }
    expect(new Set(answers)).toEqual(new Set(['202 {"state":"check-inbox"}']));
    expect(await recipients()).toHaveLength(20);
    await passTime(60 * 60_000);
    await server.subscribe({ email: 'later@reader.example' });
    expect(await recipients()).toContain('later@reader.example');
  });

  it('send a site no more mails an hour than it has set', async () => {
    await open(limitsOn);
    const { sites } = server.services;
    const newsletter = { networkMailsPerHour: 100, mailsPerHour: 5 };
    await sites.put({ ...server.site, settings: { ...server.site.settings, newsletter } });
    for (let reader = 0; reader < 12; reader++) await server.subscribe({ email: `reader${reader}@reader.example` });
    expect(await recipients()).toHaveLength(5);
  });

  it('hold no address and no network in their counters', async () => {
    await open(limitsOn);
    await server.subscribe();
    await server.mails();
    await tryCode('lan@reader.example', '000000');
    const rows = await server.services.database.read.selectFrom('limit_counters').selectAll().execute();
    expect(rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(rows)).not.toMatch(/lan|reader\.example|none/);
  });
});
