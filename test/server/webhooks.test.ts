import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retentionRules } from '../../server/src/app.js';
import { Retention } from '../../server/src/ops/retention.js';
import { runCommand } from './cli.js';
import { databases } from './setup.js';
import { openWebhookServer, typesOf, until, type WebhookServer } from './webhook-server.js';

const lan = 'lan@reader.example';
const dayMs = 86_400_000;

describe.each(databases)('webhooks on %s', (kind) => {
  let hooks: WebhookServer;
  beforeEach(async () => {
    hooks = await openWebhookServer(kind);
  });
  afterEach(() => hooks.close());

  it('send each change in order, signed as Standard Webhooks says', async () => {
    const { secret } = await hooks.add();
    await hooks.confirm();
    await runCommand(hooks.server, 'newsletters', 'suppressed', 'add', lan);
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 3);
    expect(typesOf(hooks.receiver.requests)).toEqual(['subscribed', 'confirmed', 'left']);
    const [first, second] = hooks.receiver.requests;
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
    await until(async () => (await hooks.deliveries()).every(({ deliveredAt }) => deliveredAt !== null));
  });

  it('send saved preferences as one change, with all lists', async () => {
    await hooks.confirm();
    await hooks.add(undefined, '--events', 'changed,left');
    const token = await hooks.addManageToken(lan);
    await hooks.server.post('/newsletter/preferences', { token, list: ['weekend'], consent: ['weekend-1'] });
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 2);
    const bodies = hooks.receiver.requests.map(
      ({ body }) => JSON.parse(body) as { type: string; data: { lists: string[] } },
    );
    expect(bodies.map(({ type, data }) => [type, data.lists])).toEqual([
      ['left', ['daily']],
      ['changed', ['weekend']],
    ]);
  });

  it('are given up after three days, and replayed by id with the same webhook-id', async () => {
    await hooks.add();
    await hooks.subscribe();
    hooks.receiver.answer(500);
    await hooks.change('webhook_deliveries', { queuedAt: Date.now() - 3 * dayMs - 1 });
    hooks.startWorker();
    await until(async () => (await hooks.deliveries())[0]!.dueAt === null);
    const failed = await hooks.run('deliveries', '--failed');
    const [id] = failed.stdout.split('\t');
    expect(failed.stdout).toContain('\tsubscribed\tfailed\t1 tries\t');
    expect(failed.stdout).toContain('http-500');
    expect(failed.stdout).not.toContain(lan);
    hooks.receiver.answer(200);
    await hooks.change('webhooks', { nextAttemptAt: 0 });
    expect(await hooks.run('replay', id!)).toMatchObject({ code: 0, stdout: `${id}\tqueued\n` });
    await until(() => hooks.receiver.requests.length === 2);
    const [first, second] = hooks.receiver.requests;
    expect(first!.headers['webhook-id']).toBe(id);
    expect(second!.headers['webhook-id']).toBe(id);
    expect(second!.body).toBe(first!.body);
    await until(async () => (await hooks.deliveries())[0]!.deliveredAt !== null);
    expect((await hooks.run('deliveries', '--failed')).stdout).toBe('');
    expect((await hooks.run('replay', 'none')).stderr).toContain('There is no such delivery');
  });

  it('keep secrets and addresses out of logs and lists', async () => {
    const { id, secret } = await hooks.add();
    await hooks.subscribe();
    hooks.receiver.answer((_request, response) => response.writeHead(500).end(`cannot take ${lan}`));
    hooks.startWorker();
    await until(async () => (await hooks.webhook()).failureCount === 1);
    await until(() => hooks.log().includes('will be tried again'));
    const shown = [hooks.log(), (await hooks.run('list')).stdout, (await hooks.run('deliveries')).stdout].join('\n');
    expect(shown).toContain(id);
    for (const hidden of [secret, secret.slice(6), 'token=hidden', lan]) expect(shown).not.toContain(hidden);
  });

  it('are tested and removed by command', async () => {
    const { id } = await hooks.add();
    expect((await hooks.run('test', id)).stdout).toBe('The endpoint has accepted it.\n');
    expect(typesOf(hooks.receiver.requests)).toEqual(['test']);
    expect(hooks.receiver.requests[0]!.headers['webhook-signature']).toMatch(/^v1,/);
    await hooks.subscribe();
    expect(await hooks.deliveries()).toHaveLength(1);
    await hooks.run('remove', id);
    expect(await hooks.deliveries()).toEqual([]);
    await hooks.subscribe('minh@reader.example');
    expect(await hooks.deliveries()).toEqual([]);
    expect((await hooks.run('remove', id)).stderr).toContain('There is no webhook');
    expect((await hooks.run('add', 'https://hook.example', '--events', 'opened')).stderr).toContain(
      'is not one of subscribed',
    );
  });

  it('of an erased person are deleted, save one that says so, which goes once it has arrived', async () => {
    await hooks.add();
    await hooks.confirm();
    expect(await hooks.deliveries()).toHaveLength(2);
    await runCommand(hooks.server, 'newsletters', 'person', lan, '--site', 'paper', '--erase', '--yes');
    expect((await hooks.deliveries()).map(({ event, isErasure }) => [event, isErasure])).toEqual([['left', 1]]);
    hooks.startWorker();
    await until(async () => (await hooks.deliveries()).length === 0);
    expect(hooks.receiver.requests.map(({ body }) => (JSON.parse(body) as { data: unknown }).data)).toMatchObject([
      { email: lan, reason: 'erased', lists: ['daily'] },
    ]);
  });

  it('are verified by the code of docs/newsletters.md, and only with their secret, body and time', async () => {
    const { secret } = await hooks.add();
    await hooks.subscribe();
    hooks.startWorker();
    await until(() => hooks.receiver.requests.length === 1);
    const { headers, body } = hooks.receiver.requests[0]!;
    const docs = readFileSync(new URL('../../docs/newsletters.md', import.meta.url), 'utf8');
    const code = /```js\n(import \{ createHmac.*?)```/s.exec(docs)![1]!;
    const module = `data:text/javascript,${encodeURIComponent(`${code}\nexport { verify };`)}`;
    const { verify } = (await import(/* @vite-ignore */ module)) as {
      verify(headers: Record<string, unknown>, body: string, secret: string): boolean;
    };
    expect(verify(headers, body, secret)).toBe(true);
    expect(
      verify({ ...headers, 'webhook-signature': `v1,x ${headers['webhook-signature'] as string}` }, body, secret),
    ).toBe(true);
    expect(verify(headers, `${body} `, secret)).toBe(false);
    expect(verify(headers, body, `whsec_${Buffer.alloc(32).toString('base64')}`)).toBe(false);
    expect(verify({ ...headers, 'webhook-timestamp': '1' }, body, secret)).toBe(false);
    expect(verify({}, body, secret)).toBe(false);
  });

  it('are deleted after 30 days', async () => {
    await hooks.add();
    await hooks.subscribe();
    const retention = new Retention(hooks.server.services.database, pino({ level: 'silent' }), retentionRules);
    await retention.purge(Date.now() + 29 * dayMs);
    expect(await hooks.deliveries()).toHaveLength(1);
    await retention.purge(Date.now() + 31 * dayMs);
    expect(await hooks.deliveries()).toEqual([]);
    await retention.stop();
  });
});
