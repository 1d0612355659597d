import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebhookWorker } from '../../server/src/newsletter/webhooks/worker.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { ghostKey, openGhost, openListmonk, openMailchimp, type ServiceStub } from './service-stubs.js';
import { databases } from './setup.js';

const lan = 'lan@reader.example';

describe.each(databases)('services on %s', (kind) => {
  let server: NewsletterServer;
  let service: ServiceStub<unknown> | undefined;
  let worker: WebhookWorker;
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    worker = new WebhookWorker(server.services.database, pino({ level: 'silent' }));
    worker.start();
  });
  afterEach(async () => {
    await worker.stop();
    await service?.close();
    await server.close();
  });

  const run = (...argv: string[]) => runCommand(server, 'webhooks', ...argv);
  const open = async <Store>(opening: Promise<ServiceStub<Store>>): Promise<ServiceStub<Store>> => {
    const opened = await opening;
    service = opened;
    return opened;
  };
  const add = async (name: string, url: string, ...options: string[]) => {
    const added = await run(
      ...['add', '--service', name, '--url', url, '--allow-private', '--newsletter', 'daily', ...options],
    );
    expect([added.code, added.stderr]).toEqual([0, '']);
    return /Webhook (\S+) is ready/.exec(added.stdout)![1]!;
  };
  const confirm = async (email = lan, lists = ['daily']) => {
    const count = (await server.mails()).length;
    await server.subscribe({ email, lists, consent: lists.map((list) => `${list}-1`) });
    await waitFor(async () => expect((await server.mails()).length).toBeGreaterThan(count));
    const { code } = (await server.mails()).at(-1)!;
    await server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
  };
  const deliveries = () =>
    server.services.database.read.selectFrom('webhook_deliveries').selectAll().orderBy('id').execute();
  const delivered = (count: number) =>
    waitFor(async () => {
      const rows = await deliveries();
      expect(rows.map(({ deliveredAt }) => deliveredAt === null)).toEqual(new Array(count).fill(false));
    });
  const lastError = (error: string) =>
    waitFor(async () => expect((await deliveries()).map((row) => row.lastError)).toContain(error));
  const leave = (email = lan) => runCommand(server, 'newsletters', 'suppressed', 'add', email);
  const bounce = async (email = lan) => {
    const file = join(server.folder, 'bounced.csv');
    writeFileSync(file, `${email}\n`);
    await runCommand(server, 'newsletters', 'bounced', file, '--site', 'paper');
  };

  describe('listmonk', () => {
    const credentials = ['--user', 'afterword', '--token', 'token', '--list', '3'];

    it('gets who has confirmed, unsubscribes who has left, and blocklists who has bounced', async () => {
      const { url, store } = await open(openListmonk());
      const id = await add('listmonk', url, ...credentials);
      expect((await run('test', id)).code).toBe(0);
      await confirm();
      await confirm("o'lan@reader.example");
      await delivered(2);
      expect(store.subscribers).toMatchObject([
        { email: lan, status: 'enabled', lists: new Map([[3, 'confirmed']]) },
        { email: "o'lan@reader.example", lists: new Map([[3, 'confirmed']]) },
      ]);
      await leave();
      await bounce("o'lan@reader.example");
      await delivered(4);
      expect(store.subscribers).toMatchObject([
        { status: 'enabled', lists: new Map([[3, 'unsubscribed']]) },
        { status: 'blocklisted', lists: new Map([[3, 'unsubscribed']]) },
      ]);
    });

    it('keeps other lists of an address that it has, and one that it has blocked stays so', async () => {
      const { url, store } = await open(openListmonk());
      await add('listmonk', url, ...credentials);
      store.subscribers.push({ id: 1, email: lan, name: 'Lan', status: 'enabled', lists: new Map([[4, 'confirmed']]) });
      store.subscribers.push({
        id: 2,
        email: 'minh@reader.example',
        name: 'M',
        status: 'blocklisted',
        lists: new Map(),
      });
      await confirm();
      await delivered(1);
      expect([...store.subscribers[0]!.lists]).toEqual([
        [4, 'confirmed'],
        [3, 'confirmed'],
      ]);
      await confirm('minh@reader.example');
      await lastError('blocklisted');
      expect((await deliveries())[1]!.dueAt).toBeNull();
      expect((await run('deliveries', '--failed')).stdout).toContain('blocklisted');
    });

    it('is told apart by its refusals: credentials, list, an address made meanwhile', async () => {
      const { url, store, failOnce, requests } = await open(openListmonk());
      const wrong = await add('listmonk', url, '--user', 'afterword', '--token', 'other', '--list', '3');
      expect((await run('test', wrong)).stderr).toContain('http-403');
      const unknown = await add('listmonk', url, '--user', 'afterword', '--token', 'token', '--list', '9');
      expect((await run('test', unknown)).stderr).toContain('list-not-found');
      for (const id of [wrong, unknown]) await run('remove', id);
      await add('listmonk', url, ...credentials);
      store.subscribers.push({ id: 1, email: lan, name: 'Lan', status: 'enabled', lists: new Map() });
      failOnce('GET', 200, { data: { results: [] } });
      await confirm();
      await delivered(1);
      expect(requests.slice(-4).map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'PUT']);
      expect([...store.subscribers[0]!.lists]).toEqual([[3, 'confirmed']]);
      failOnce('GET', 503);
      await leave();
      await lastError('http-503');
    });
  });

  describe('Mailchimp', () => {
    const hashOf = (email: string) => createHash('md5').update(email).digest('hex');

    it('gets who has confirmed by the hash of the address, unsubscribes and cleans', async () => {
      const { url, store } = await open(openMailchimp());
      const id = await add('mailchimp', url, '--token', 'key-us6', '--list', 'abc123');
      expect((await run('test', id)).code).toBe(0);
      await confirm('Lan@Reader.example');
      await confirm('minh@reader.example');
      await delivered(2);
      const member = store.members.get(hashOf(lan));
      expect(member).toMatchObject({ status: 'subscribed', language: 'vi' });
      expect(member!.email_address.toLowerCase()).toBe(lan);
      await leave();
      await bounce('minh@reader.example');
      await delivered(4);
      expect([...store.members.values()].map(({ status }) => status)).toEqual(['unsubscribed', 'cleaned']);
      const [confirmed, , left] = await deliveries();
      expect((await run('replay', confirmed!.id)).stderr).toContain(`Replay that one: ${left!.id}`);
      expect((await run('replay', left!.id)).code).toBe(0);
    });

    it('that refuses an address is not asked again, and has nobody to end whom it does not know', async () => {
      const { url, store } = await open(openMailchimp());
      await add('mailchimp', url, '--token', 'key-us6', '--list', 'abc123');
      store.inCompliance.add(lan);
      await confirm();
      await lastError('compliance-state');
      expect((await deliveries())[0]!.dueAt).toBeNull();
      await leave();
      await waitFor(async () => expect((await deliveries())[1]?.deliveredAt).toBeTypeOf('number'));
      expect(store.members.size).toBe(0);
    });

    it('is reached by the data center of its key, and its refusals are told apart', async () => {
      const { url } = await open(openMailchimp());
      const needed = ['--list', 'abc123', '--newsletter', 'daily'];
      const added = await run('add', '--service', 'mailchimp', '--token', 'key-us21', ...needed);
      expect(added.code).toBe(0);
      expect((await run('list')).stdout).toContain('https://us21.api.mailchimp.com/');
      expect((await run('list')).stdout).not.toContain('key-us21');
      const keyless = await run('add', '--service', 'mailchimp', '--token', 'key', ...needed);
      expect(keyless.stderr).toContain('ends with its data center');
      const wrong = await add('mailchimp', url, '--token', 'other-us6', '--list', 'abc123');
      expect((await run('test', wrong)).stderr).toContain('http-401');
      const unknown = await add('mailchimp', url, '--token', 'key-us6', '--list', 'none');
      expect((await run('test', unknown)).stderr).toContain('http-404');
    });
  });

  describe('Ghost', () => {
    const options = ['--token', ghostKey, '--list', 'n1', '--label', 'Tin sáng'];

    it('gets members of one newsletter with a label, and keeps the others of theirs', async () => {
      const { url, store } = await open(openGhost());
      const id = await add('ghost', url, ...options);
      expect((await run('test', id)).code).toBe(0);
      store.members.push({ id: 'm1', email: lan, newsletters: [{ id: 'n2' }], labels: [{ name: 'VIP' }] });
      await confirm();
      await confirm("o'minh@reader.example");
      await delivered(2);
      expect(store.members).toMatchObject([
        { newsletters: [{ id: 'n2' }, { id: 'n1' }], labels: [{ name: 'VIP' }, { name: 'Tin sáng' }] },
        { email: "o'minh@reader.example", newsletters: [{ id: 'n1' }], labels: [{ name: 'Tin sáng' }] },
      ]);
      await leave();
      await bounce("o'minh@reader.example");
      await delivered(4);
      expect(store.members).toMatchObject([
        { newsletters: [{ id: 'n2' }] },
        { newsletters: [], labels: [{ name: 'Tin sáng' }, { name: 'bounced' }] },
      ]);
    });

    it('is told apart by its refusals: key, newsletter, a member made meanwhile', async () => {
      const { url, store, failOnce } = await open(openGhost());
      const wrong = await add('ghost', url, '--token', `5f1e:${'cd'.repeat(32)}`, '--list', 'n1');
      expect((await run('test', wrong)).stderr).toContain('http-401');
      const malformed = await add('ghost', url, '--token', 'key', '--list', 'n1');
      expect((await run('test', malformed)).stderr).toContain('key-malformed');
      const unknown = await add('ghost', url, '--token', ghostKey, '--list', 'n9');
      expect((await run('test', unknown)).stderr).toContain('http-404');
      for (const id of [wrong, malformed, unknown]) await run('remove', id);
      await add('ghost', url, ...options);
      store.members.push({ id: 'm1', email: lan, newsletters: [], labels: [] });
      failOnce('GET', 200, { members: [] });
      await confirm();
      await delivered(1);
      expect(store.members).toMatchObject([{ email: lan, newsletters: [{ id: 'n1' }] }]);
    });
  });

  it('get their own newsletter alone, and name what they need', async () => {
    const { url, store } = await open(openListmonk());
    await add('listmonk', url, '--user', 'afterword', '--token', 'token', '--list', '3');
    await confirm(lan, ['weekend']);
    expect(await deliveries()).toEqual([]);
    expect(store.subscribers).toEqual([]);
    expect((await run('add', '--service', 'listmonk', '--url', 'https://x.example')).stderr).toContain(
      'listmonk needs --user, --token, --list, --newsletter',
    );
    expect((await run('add', '--service', 'sendy')).stderr).toContain('is not one of listmonk, mailchimp, ghost');
    const missing = ['--url', 'https://x.example', '--user', 'u', '--token', 't', '--list', '3'];
    expect((await run('add', '--service', 'listmonk', ...missing, '--newsletter', 'none')).stderr).toContain(
      'The site has no newsletter "none"',
    );
    const file = join(server.folder, 'token');
    writeFileSync(file, 'key-us6\n');
    const fromFile = ['--token', `@${file}`, '--list', 'abc', '--newsletter', 'daily'];
    expect((await run('add', '--service', 'mailchimp', ...fromFile)).code).toBe(0);
  });
});
