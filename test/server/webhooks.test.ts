import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retentionRules } from '../../server/src/app.js';
import { countDeliveries } from '../../server/src/newsletter/webhooks/delivery-counts.js';
import { claimDelivery, settleDeliveries } from '../../server/src/newsletter/webhooks/outbox.js';
import { WebhookWorker } from '../../server/src/newsletter/webhooks/worker.js';
import { Retention } from '../../server/src/ops/retention.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand, type CommandResult } from './cli.js';
import { openNewsletterServer, type NewsletterServer } from './newsletter-server.js';
import { databases } from './setup.js';
import { openReceiver, type ReceivedRequest, type Receiver } from './webhook-receiver.js';

const lan = 'lan@reader.example';
const dayMs = 86_400_000;

const until = (condition: () => Promise<boolean> | boolean) =>
  waitFor(async () => {
    if (!(await condition())) throw new Error('The condition does not hold yet.');
  });

describe.each(databases)('webhooks on %s', (kind) => {
  let server: NewsletterServer;
  let receiver: Receiver;
  let logged: string;
  const workers: WebhookWorker[] = [];
  const receivers: Receiver[] = [];
  beforeEach(async () => {
    server = await openNewsletterServer(kind);
    receiver = await openReceiver();
    receivers.push(receiver);
    logged = '';
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
    for (const each of receivers.splice(0)) await each.close();
    await server.close();
  });

  const run = (...argv: string[]) => runCommand(server, 'webhooks', ...argv);
  const add = async (url = `${receiver.url}/hook?token=hidden`, ...options: string[]) => {
    const { stdout, stderr, code } = await run('add', url, '--allow-private', ...options);
    expect([code, stderr]).toEqual([0, '']);
    return { id: /Webhook (\S+) is ready/.exec(stdout)![1]!, secret: /(whsec_\S+)/.exec(stdout)![1]! };
  };
  const startWorker = () => {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    });
    const worker = new WebhookWorker(server.services.database, pino({ level: 'debug' }, sink));
    workers.push(worker);
    worker.start();
    return worker;
  };
  const subscribe = async (email = lan) => {
    const before = (await server.mails()).length;
    await server.subscribe({ email });
    await until(async () => (await server.mails()).length > before);
    return (await server.mails()).at(-1)!;
  };
  const confirm = async (email = lan) => {
    const { code } = await subscribe(email);
    await server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
  };
  const deliveries = () =>
    server.services.database.read.selectFrom('webhook_deliveries').selectAll().orderBy('id').execute();
  const webhook = async () =>
    (await server.services.database.read.selectFrom('webhooks').selectAll().orderBy('id').execute())[0]!;
  const change = (table: 'webhooks' | 'webhook_deliveries', values: Record<string, unknown>) =>
    server.services.database.writer.submit(
      {
        name: 'change-rows',
        run: async ({ db }, calls: readonly undefined[]) => {
          await db.updateTable(table).set(values).execute();
          return [...calls];
        },
      },
      undefined,
    );
  const retryNow = async () => {
    await change('webhooks', { nextAttemptAt: 0 });
    await server.services.database.writer.submit(
      {
        name: 'retry-now',
        run: async ({ db }, calls: readonly undefined[]) => {
          await db.updateTable('webhook_deliveries').set({ dueAt: 0 }).where('dueAt', 'is not', null).execute();
          return [...calls];
        },
      },
      undefined,
    );
  };
  const typesOf = (requests: readonly ReceivedRequest[]) =>
    requests.map(({ body }) => (JSON.parse(body) as { type: string }).type);

  it('send each change in order, signed as Standard Webhooks says', async () => {
    const { secret } = await add();
    await confirm();
    await runCommand(server, 'newsletters', 'suppressed', 'add', lan);
    startWorker();
    await until(() => receiver.requests.length === 3);
    expect(typesOf(receiver.requests)).toEqual(['subscribed', 'confirmed', 'left']);
    const [first, second] = receiver.requests;
    expect(JSON.parse(second!.body)).toEqual({
      type: 'confirmed',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      data: {
        site: 'paper',
        email: lan,
        lists: ['daily'],
        consents: { daily: 'daily-1' },
        lang: 'vi',
        reason: 'confirmed',
        method: 'code',
        page: null,
      },
    });
    const { headers, body } = first!;
    const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
    await until(async () => (await deliveries()).every(({ deliveredAt }) => deliveredAt !== null));
  });

  it('send saved preferences as one change, with all lists', async () => {
    await confirm();
    await add(undefined, '--events', 'changed,left');
    const { tokens } = await manageToken();
    await server.post('/newsletter/preferences', { token: tokens, list: ['weekend'], consent: ['weekend-1'] });
    startWorker();
    await until(() => receiver.requests.length === 2);
    const bodies = receiver.requests.map(({ body }) => JSON.parse(body) as { type: string; data: { lists: string[] } });
    expect(bodies.map(({ type, data }) => [type, data.lists])).toEqual([
      ['left', ['daily']],
      ['changed', ['weekend']],
    ]);
  });

  /** Stores a token for the preferences page, as the mails of the list's service carry it. */
  async function manageToken(): Promise<{ tokens: string }> {
    const { NewsletterTokens } = await import('../../server/src/newsletter/domain/tokens.js');
    const { addManageToken } = await import('../../server/src/newsletter/domain/signup-mails.js');
    const { token, tokenHash } = new NewsletterTokens(server.services.config.secrets).newToken();
    await server.services.database.writer.submit(
      {
        name: 'add-manage-token',
        run: async (transaction, calls: readonly undefined[]) => {
          await addManageToken(transaction, {
            siteId: 'paper',
            emailKey: lan,
            newslettersJson: '[]',
            tokenHash,
          } as never);
          return [...calls];
        },
      },
      undefined,
    );
    return { tokens: token };
  }

  it('are tried again after a delay that doubles, and nothing of the same address overtakes', async () => {
    await add();
    await confirm();
    receiver.answer(503);
    const worker = startWorker();
    await until(async () => (await webhook()).failureCount === 1);
    const delays: number[] = [];
    for (let failures = 1; failures <= 4; failures++) {
      await until(async () => (await webhook()).failureCount === failures);
      delays.push((await webhook()).nextAttemptAt - Date.now());
      if (failures < 4) await retryNow();
    }
    for (const [index, delayMs] of delays.entries()) {
      expect(delayMs).toBeGreaterThan(5000 * 2 ** index * 0.6);
      expect(delayMs).toBeLessThan(5000 * 2 ** index * 1.2);
    }
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect((await deliveries()).map(({ lastError }) => lastError)).toEqual(['http-503', null]);
    receiver.answer(204);
    await retryNow();
    await until(() => receiver.requests.length === 6);
    expect(typesOf(receiver.requests).slice(4)).toEqual(['subscribed', 'confirmed']);
    await until(async () => (await webhook()).failureCount === 0);
    await worker.stop();
  });

  it('refused for one delivery does not hold up those of other addresses', async () => {
    await add();
    await subscribe();
    await subscribe('minh@reader.example');
    receiver.answer(({ body }, response) => response.writeHead(body.includes(lan) ? 422 : 200).end());
    startWorker();
    await until(() => receiver.requests.length === 2);
    await until(async () => (await deliveries())[1]!.deliveredAt !== null);
    await until(async () => (await deliveries())[0]!.claimId === null);
    expect((await deliveries())[0]).toMatchObject({ lastError: 'http-422', tries: 1 });
    expect((await webhook()).failureCount).toBe(0);
  });

  it('are given up after three days, and replayed by id with the same webhook-id', async () => {
    await add();
    await subscribe();
    receiver.answer(500);
    await change('webhook_deliveries', { queuedAt: Date.now() - 3 * dayMs - 1 });
    startWorker();
    await until(async () => (await deliveries())[0]!.dueAt === null);
    const failed = await run('deliveries', '--failed');
    const [id] = failed.stdout.split('\t');
    expect(failed.stdout).toContain('\tsubscribed\tfailed\t1 tries\t');
    expect(failed.stdout).toContain('http-500');
    expect(failed.stdout).not.toContain(lan);
    receiver.answer(200);
    await change('webhooks', { nextAttemptAt: 0 });
    expect(await run('replay', id!)).toMatchObject({ code: 0, stdout: `${id}\tqueued\n` });
    await until(() => receiver.requests.length === 2);
    const [first, second] = receiver.requests;
    expect(first!.headers['webhook-id']).toBe(id);
    expect(second!.headers['webhook-id']).toBe(id);
    expect(second!.body).toBe(first!.body);
    await until(async () => (await deliveries())[0]!.deliveredAt !== null);
    expect((await run('deliveries', '--failed')).stdout).toBe('');
    expect((await run('replay', 'none')).stderr).toContain('There is no such delivery');
  });

  it('that hang delay only themselves, and end within the time of an attempt', async () => {
    await add();
    const other = await openReceiver();
    receivers.push(other);
    await add(other.url);
    receiver.answer(() => undefined);
    await subscribe();
    const startedAt = Date.now();
    startWorker();
    await until(() => other.requests.length === 1);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    await waitFor(async () => expect((await webhook()).failureCount).toBe(1));
    expect((await deliveries()).map(({ lastError }) => lastError)).toContain('timeout');
  });

  it('that drip their answer or send a huge one are read no further', async () => {
    await add();
    receiver.answer((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'.repeat(100_000)), 1);
      response.on('close', () => clearInterval(drip)).on('error', () => clearInterval(drip));
    });
    await subscribe();
    startWorker();
    await until(async () => (await deliveries())[0]!.deliveredAt !== null);
  });

  it('with a wrong certificate, a closed port, a redirect or a private address fail by a code', async () => {
    const files = ['key.pem', 'cert.pem'].map((name) => join(server.folder, name));
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=hook.example'];
    execFileSync('openssl', [...request, '-keyout', files[0]!, '-out', files[1]!], { stdio: 'ignore' });
    const secure = await openReceiver({ key: readFileSync(files[0]!, 'utf8'), cert: readFileSync(files[1]!, 'utf8') });
    const closed = await openReceiver();
    await closed.close();
    receivers.push(secure);
    receiver.answer((_request, response) => response.writeHead(307, { location: secure.url }).end());
    const endpoints = [await add(), await add(secure.url), await add(closed.url)];
    const answers: CommandResult[] = [];
    for (const url of ['https://127.0.0.1/', 'http://hook.example/', 'https://user:pass@hook.example/'])
      answers.push(await run('add', url));
    expect(answers.map(({ code }) => code)).toEqual([0, 1, 1]);
    endpoints.push({ id: /Webhook (\S+) is ready/.exec(answers[0]!.stdout)![1]!, secret: '' });
    await subscribe();
    startWorker();
    await until(async () => (await deliveries()).every(({ lastError }) => lastError !== null));
    const errors = new Map((await deliveries()).map(({ webhookId, lastError }) => [webhookId, lastError]));
    expect(endpoints.map(({ id }) => errors.get(id))).toEqual([
      'redirect',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ECONNREFUSED',
      'private-address',
    ]);
    expect(secure.requests).toEqual([]);
    expect((await run('test', endpoints[2]!.id)).stderr).toContain('The endpoint failed: ECONNREFUSED');
  });

  it('are sent after a kill between claim and settle, with the same id', async () => {
    const { id: webhookId } = await add();
    await subscribe();
    const { writer } = server.services.database;
    const claimed = (await writer.submit(claimDelivery, { webhookId, leaseMs: 30_000 }))!;
    expect(await writer.submit(claimDelivery, { webhookId, leaseMs: 30_000 })).toBeUndefined();
    await change('webhook_deliveries', { dueAt: 0 });
    startWorker();
    await until(() => receiver.requests.length === 1);
    expect(receiver.requests[0]!.headers['webhook-id']).toBe(claimed.id);
    await until(async () => (await deliveries())[0]!.deliveredAt !== null);
    const late = { state: 'failed', error: 'timeout', endpoint: 'down', isPermanent: false } as const;
    expect(await writer.submit(settleDeliveries, { delivery: claimed, outcome: late })).toBe('lost');
    expect((await deliveries())[0]).toMatchObject({ tries: 2, lastError: null });
  });

  it('that are being sent when the server stops stay queued', async () => {
    await add();
    await subscribe();
    receiver.answer(() => undefined);
    const worker = startWorker();
    await until(() => receiver.requests.length === 1);
    await worker.stop();
    expect((await deliveries())[0]).toMatchObject({ tries: 0, claimId: null, lastError: null, deliveredAt: null });
    receiver.answer(204);
    startWorker();
    await until(() => receiver.requests.length === 2);
  });

  it('are paused after failures in a row, reported, and resumed with all that was queued', async () => {
    const { id } = await add();
    await change('webhooks', { failureCount: 19 });
    await confirm();
    receiver.answer(500);
    startWorker();
    await until(async () => (await webhook()).isActive === 0);
    await until(() => logged.includes('webhook paused'));
    expect((await run('list')).stdout).toContain('\twebhook\tpaused\t20\t2\t');
    expect(Object.fromEntries(await countDeliveries(server.services.database.read, Date.now()))).toMatchObject({
      'given-up': 0,
      'paused-endpoints': 1,
    });
    receiver.answer(204);
    await run('resume', id);
    await until(() => receiver.requests.length === 3);
    expect(typesOf(receiver.requests)).toEqual(['subscribed', 'subscribed', 'confirmed']);
    expect((await run('resume', 'none')).stderr).toContain('There is no webhook "none"');
  });

  it('keep secrets and addresses out of logs and lists', async () => {
    const { id, secret } = await add();
    await subscribe();
    receiver.answer((_request, response) => response.writeHead(500).end(`cannot take ${lan}`));
    startWorker();
    await until(async () => (await webhook()).failureCount === 1);
    await until(() => logged.includes('will be tried again'));
    const shown = [logged, (await run('list')).stdout, (await run('deliveries')).stdout].join('\n');
    expect(shown).toContain(id);
    for (const hidden of [secret, secret.slice(6), 'token=hidden', lan]) expect(shown).not.toContain(hidden);
  });

  it('are tested and removed by command', async () => {
    const { id } = await add();
    expect((await run('test', id)).stdout).toBe('The endpoint has accepted it.\n');
    expect(typesOf(receiver.requests)).toEqual(['test']);
    expect(receiver.requests[0]!.headers['webhook-signature']).toMatch(/^v1,/);
    await subscribe();
    expect(await deliveries()).toHaveLength(1);
    await run('remove', id);
    expect(await deliveries()).toEqual([]);
    await subscribe('minh@reader.example');
    expect(await deliveries()).toEqual([]);
    expect((await run('remove', id)).stderr).toContain('There is no webhook');
    expect((await run('add', 'https://hook.example', '--events', 'opened')).stderr).toContain(
      'is not one of subscribed',
    );
  });

  it('of an erased person are deleted, save one that says so, which goes once it has arrived', async () => {
    await add();
    await confirm();
    expect(await deliveries()).toHaveLength(2);
    await runCommand(server, 'newsletters', 'person', lan, '--site', 'paper', '--erase', '--yes');
    expect((await deliveries()).map(({ event, isErasure }) => [event, isErasure])).toEqual([['left', 1]]);
    startWorker();
    await until(async () => (await deliveries()).length === 0);
    expect(receiver.requests.map(({ body }) => (JSON.parse(body) as { data: unknown }).data)).toMatchObject([
      { email: lan, reason: 'erased', lists: ['daily'] },
    ]);
  });

  it('are deleted after 30 days', async () => {
    await add();
    await subscribe();
    const retention = new Retention(server.services.database, pino({ level: 'silent' }), retentionRules);
    await retention.purge(Date.now() + 29 * dayMs);
    expect(await deliveries()).toHaveLength(1);
    await retention.purge(Date.now() + 31 * dayMs);
    expect(await deliveries()).toEqual([]);
    await retention.stop();
  });
});
