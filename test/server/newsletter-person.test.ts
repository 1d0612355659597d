import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonData } from '../../server/src/newsletter/person/person.js';
import { putNewsletter } from '../../server/src/newsletter/domain/list-editing.js';
import { runCommand } from './cli.js';
import { daily, openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';
const minh = 'minh@reader.example';

describe.each(databases)('a person on %s', (kind) => {
  let server: NewsletterServer;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
  });
  afterEach(() => server.close());

  const person = (...argv: string[]) => runCommand(server, 'newsletters', 'person', ...argv);
  const exported = async (email: string) => JSON.parse((await person(email)).stdout) as PersonData;
  const signUp = async (email: string) => {
    await server.subscribe({ email, lang: 'en', page: 'https://paper.example/a-story' });
    const mail = (await server.mails()).at(-1)!;
    await server.ask('/subscriptions/code', { method: 'POST', json: { email, code: mail.code } });
  };

  it('is exported with receipts: when, where, how, in which language, and the very text', async () => {
    await signUp(lan);
    await putNewsletter(server.services, server.site, { ...daily, consent: { text: { vi: 'Lời mới.' } } });
    const { subscriptions, receipts } = await exported('Lan@Reader.Example');
    expect(subscriptions).toMatchObject([{ newsletter: 'daily', state: 'confirmed', lang: 'en' }]);
    const consent = { id: 'daily-1', text: 'I agree to receive Morning news.' };
    expect(receipts).toMatchObject([
      { type: 'requested', method: 'widget', lang: 'en', page: 'https://paper.example/a-story', consent },
      { type: 'confirmed', method: 'code', lang: 'en', consent },
    ]);
  });

  it('is erased with all links, codes and mails, and leaves receipts that lead to nobody', async () => {
    await signUp(lan);
    await signUp(minh);
    const { read } = server.services.database;
    expect(await person(lan, '--erase', '--yes')).toEqual({
      code: 0,
      stdout: '',
      stderr: `${lan} is erased on paper.\n`,
    });
    expect((await person(lan)).stderr).toBe(`afterword: The site "paper" has nothing about ${lan}.\n`);
    expect(await server.states(lan)).toEqual({});
    for (const table of ['subscriptions', 'subscription_tokens', 'subscription_requests', 'mails'] as const)
      expect(JSON.stringify(await read.selectFrom(table).selectAll().execute())).not.toContain(lan);
    const events = await read
      .selectFrom('consent_events')
      .select(['emailHash', 'page', 'type'])
      .orderBy('id')
      .execute();
    expect(events.map(({ emailHash, type }) => [emailHash === '', type])).toEqual([
      [true, 'requested'],
      [true, 'confirmed'],
      [false, 'requested'],
      [false, 'confirmed'],
    ]);
    expect((await exported(minh)).subscriptions).toHaveLength(1);
    await signUp(lan);
    expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
  });

  describe('on the page of their preferences', () => {
    /** Signs up, opens the preferences, and asks for a code there. */
    const askForCode = async () => {
      await signUp(lan);
      // The notice to a subscribed address has a link to the preferences.
      await server.subscribe({ email: lan, lang: 'en' });
      const token = (await server.mails()).at(-1)!.tokenFor('preferences');
      expect(await (await server.open(`/newsletter/preferences?token=${token}`)).text()).toContain('Send me the code');
      const page = await server.post('/newsletter/preferences/code', { token });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('We have sent a code')]);
      const mail = (await server.mails()).at(-1)!;
      expect(mail.subject).toBe('Your code to see or erase your data at The Paper');
      expect(mail.source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
      return { token, code: mail.code };
    };
    const act = (token: string, code: string, act: 'export' | 'erase') =>
      server.post('/newsletter/preferences/data', { token, code, act });

    it('is downloaded by a code that is mailed', async () => {
      const { token, code } = await askForCode();
      const wrong = await act(token, code === '000000' ? '000001' : '000000', 'export');
      expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('The code is wrong')]);
      const answer = await act(token, code, 'export');
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename="newsletters.json"');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.json()).toEqual(await exported(lan));
    });

    it('is erased by the code, after which the link leads nowhere', async () => {
      const { token, code } = await askForCode();
      const page = await act(token, code, 'erase');
      expect(await page.text()).toContain('Your data is erased');
      expect(await server.states(lan)).toEqual({});
      expect((await act(token, code, 'export')).status).toBe(404);
    });

    it('is not reached by a code of another mail, a guessed link, or after five wrong codes', async () => {
      const { token, code } = await askForCode();
      expect((await act('x'.repeat(43), code, 'export')).status).toBe(404);
      expect((await server.post('/newsletter/preferences/code', { token: 'x'.repeat(43) })).status).toBe(404);
      const confirming = (await server.mails()).find(({ subject }) => subject?.startsWith('Confirm'))!;
      if (confirming.code !== code) expect((await act(token, confirming.code, 'export')).status).toBe(422);
      for (let tries = 0; tries < 5; tries++) await act(token, '12345', 'erase');
      expect((await act(token, code, 'erase')).status).toBe(422);
      expect(await server.states(lan)).toEqual({ daily: 'confirmed' });
    });
  });

  it('is not erased without a terminal to ask, and not found by a mistyped address', async () => {
    await signUp(lan);
    const refused = await person(lan, '--erase');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `afterword: This erases ${lan} on paper. Run it in a terminal, or with --yes.\n`,
    ]);
    expect((await exported(lan)).subscriptions).toHaveLength(1);
    expect((await person('lan')).stderr).toBe('afterword: "lan" is not an e-mail address.\n');
  });
});
