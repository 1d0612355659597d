import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countDeliveries } from '../../server/src/newsletter/webhooks/delivery-counts.js';
import { claimDelivery, settleDeliveries } from '../../server/src/newsletter/webhooks/outbox.js';
import { type CommandResult } from './cli.js';
import { databases } from './setup.js';
import { openReceiver } from './webhook-receiver.js';
import { openWebhookServer, typesOf, until, type WebhookServer } from './webhook-server.js';

const lan = 'lan@reader.example';

describe.each(databases)('failing webhooks on %s', (kind) => {
  let hooks: WebhookServer;
  beforeEach(async () => {
    hooks = await openWebhookServer(kind);
  });
  afterEach(() => hooks.close());

  it('are tried again after a delay that doubles, and nothing of the same address overtakes', async () => {
    await hooks.add();
    await hooks.confirm();
    hooks.receiver.answer(503);
    const worker = hooks.startWorker();
    await until(async () => (await hooks.webhook()).failureCount === 1);
    const delays: number[] = [];
    for (let failures = 1; failures <= 4; failures++) {
      await until(async () => (await hooks.webhook()).failureCount === failures);
      delays.push((await hooks.webhook()).nextAttemptAt - Date.now());
      if (failures < 4) await hooks.retryNow();
    }
    for (const [index, delayMs] of delays.entries()) {
      expect(delayMs).toBeGreaterThan(5000 * 2 ** index * 0.6);
      expect(delayMs).toBeLessThan(5000 * 2 ** index * 1.2);
    }
    const ids = hooks.receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect((await hooks.deliveries()).map(({ lastError }) => lastError)).toEqual(['http-503', null]);
    hooks.receiver.answer(204);
    await hooks.retryNow();
    await until(() => hooks.receiver.requests.length === 6);
    expect(typesOf(hooks.receiver.requests).slice(4)).toEqual(['subscribed', 'confirmed']);
    await until(async () => (await hooks.webhook()).failureCount === 0);
    await worker.stop();
  });

  it('refused for one delivery does not hold up those of other addresses', async () => {
    await hooks.add();
    await hooks.subscribe();
    await hooks.subscribe('minh@reader.example');
    hooks.receiver.answer(({ body }, response) => response.writeHead(body.includes(lan) ? 422 : 200).end());
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 2);
    await until(async () => (await hooks.deliveries())[1]!.deliveredAt !== null);
    await until(async () => (await hooks.deliveries())[0]!.claimId === null);
    expect((await hooks.deliveries())[0]).toMatchObject({ lastError: 'http-422', tries: 1 });
    expect((await hooks.webhook()).failureCount).toBe(0);
  });

  it('that hang delay only themselves, and end within the time of an attempt', async () => {
    await hooks.add();
    const other = await openReceiver();
    hooks.receivers.push(other);
    await hooks.add(other.url);
    hooks.receiver.answer(() => undefined);
    await hooks.subscribe();
    const startedAt = Date.now();
    hooks.startWorker();
    await until(() => other.requests.length === 1);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    await until(async () => (await hooks.webhook()).failureCount === 1);
    expect((await hooks.deliveries()).map(({ lastError }) => lastError)).toContain('timeout');
  });

  it('that drip their answer or send a huge one are read no further', async () => {
    await hooks.add();
    hooks.receiver.answer((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'.repeat(100_000)), 1);
      response.on('close', () => clearInterval(drip)).on('error', () => clearInterval(drip));
    });
    await hooks.subscribe();
    hooks.startWorker();
    await until(async () => (await hooks.deliveries())[0]!.deliveredAt !== null);
  });

  it('with a wrong certificate, a closed port, a redirect or a private address fail by a code', async () => {
    const files = ['key.pem', 'cert.pem'].map((name) => join(hooks.server.folder, name));
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=hook.example'];
    execFileSync('openssl', [...request, '-keyout', files[0]!, '-out', files[1]!], { stdio: 'ignore' });
    const secure = await openReceiver({ key: readFileSync(files[0]!, 'utf8'), cert: readFileSync(files[1]!, 'utf8') });
    const closed = await openReceiver();
    await closed.close();
    hooks.receivers.push(secure);
    hooks.receiver.answer((_request, response) => response.writeHead(307, { location: secure.url }).end());
    const endpoints = [await hooks.add(), await hooks.add(secure.url), await hooks.add(closed.url)];
    const answers: CommandResult[] = [];
    for (const url of ['https://127.0.0.1/', 'http://hook.example/', 'https://user:pass@hook.example/'])
      answers.push(await hooks.run('add', url));
    expect(answers.map(({ code }) => code)).toEqual([0, 1, 1]);
    endpoints.push({ id: /Webhook (\S+) is ready/.exec(answers[0]!.stdout)![1]!, secret: '' });
    await hooks.subscribe();
    hooks.startWorker();
    await until(async () => (await hooks.deliveries()).every(({ lastError }) => lastError !== null));
    const errors = new Map((await hooks.deliveries()).map(({ webhookId, lastError }) => [webhookId, lastError]));
    expect(endpoints.map(({ id }) => errors.get(id))).toEqual([
      'redirect',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ECONNREFUSED',
      'private-address',
    ]);
    expect(secure.requests).toEqual([]);
    expect((await hooks.run('test', endpoints[2]!.id)).stderr).toContain('The endpoint failed: ECONNREFUSED');
  });

  it('are sent after a kill between claim and settle, with the same id', async () => {
    const { id: webhookId } = await hooks.add();
    await hooks.subscribe();
    const { writer } = hooks.server.services.database;
    const claimed = (await writer.submit(claimDelivery, { webhookId, leaseMs: 30_000 }))!;
    expect(await writer.submit(claimDelivery, { webhookId, leaseMs: 30_000 })).toBeUndefined();
    await hooks.change('webhook_deliveries', { dueAt: 0 });
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 1);
    expect(hooks.receiver.requests[0]!.headers['webhook-id']).toBe(claimed.id);
    await until(async () => (await hooks.deliveries())[0]!.deliveredAt !== null);
    const late = { state: 'failed', error: 'timeout', endpoint: 'down', isPermanent: false } as const;
    expect(await writer.submit(settleDeliveries, { delivery: claimed, outcome: late })).toBe('lost');
    expect((await hooks.deliveries())[0]).toMatchObject({ tries: 2, lastError: null });
  });

  it('that are being sent when the server stops stay queued', async () => {
    await hooks.add();
    await hooks.subscribe();
    hooks.receiver.answer(() => undefined);
    const worker = hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 1);
    await worker.stop();
    expect((await hooks.deliveries())[0]).toMatchObject({
      tries: 0,
      claimId: null,
      lastError: null,
      deliveredAt: null,
    });
    hooks.receiver.answer(204);
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 2);
  });

  it('are paused after failures in a row, reported, and resumed with all that was queued', async () => {
    const { id } = await hooks.add();
    await hooks.change('webhooks', { failureCount: 19 });
    await hooks.confirm();
    hooks.receiver.answer(500);
    hooks.startWorker();
    await until(async () => (await hooks.webhook()).isActive === 0);
    await until(() => hooks.log().includes('webhook paused'));
    expect((await hooks.run('list')).stdout).toContain('\twebhook\tpaused\t20\t2\t');
    expect(Object.fromEntries(await countDeliveries(hooks.server.services.database.read, Date.now()))).toMatchObject({
      'given-up': 0,
      'paused-endpoints': 1,
    });
    hooks.receiver.answer(204);
    await hooks.run('resume', id);
    await until(() => hooks.receiver.requests.length === 3);
    expect(typesOf(hooks.receiver.requests)).toEqual(['subscribed', 'subscribed', 'confirmed']);
    expect((await hooks.run('resume', 'none')).stderr).toContain('There is no webhook "none"');
  });
});
