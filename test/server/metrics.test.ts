import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createListener, listen } from '../../server/src/http/listener.js';
import { hotHandler } from '../../server/src/http/hot-routes.js';
import { hotRoutes } from '../../server/src/app.js';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { waitFor } from '../setup/wait-for.js';
import { databases, openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

const token = 'a-token-of-the-tests';

describe('without a token, /metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices('sqlite');
  });
  afterAll(() => server.close());

  const statusFor = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    (await server.app.request('/metrics', { headers }, { incoming: { headers, socket: { remoteAddress } } })).status;

  test.each(['localhost:8787', '127.0.0.1:8787', '[::1]:8787', 'localhost'])(
    'answers this machine at %s',
    async (host) => {
      expect(await statusFor({ host })).toBe(200);
      expect(await statusFor({ host }, '::ffff:127.0.0.1')).toBe(200);
      expect(await statusFor({ host }, '198.51.100.7')).toBe(404);
    },
  );

  test.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'])(
    'answers no proxy that sends %s',
    async (name) => {
      expect(await statusFor({ host: 'localhost:8787', [name]: 'x' })).toBe(404);
    },
  );

  test.each(['paper.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'afterword:8787', ''])(
    'answers no other host than this machine: %j',
    async (host) => {
      expect(await statusFor({ host })).toBe(404);
    },
  );
});

/** Reads `/metrics` into values by name with labels in order, such as `a{b="1"}`. */
async function readMetrics({ app }: TestServer): Promise<Map<string, number>> {
  const answer = await app.request('/metrics', { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const requests = (method: string, route: string, status: string) =>
  `afterword_http_requests_total{method="${method}",route="${route}",status="${status}"}`;
const durations = (method: string, route: string) =>
  `afterword_http_request_duration_seconds_count{method="${method}",route="${route}"}`;

describe.each(databases)('metrics on %s', (kind) => {
  let server: TestServer;
  let listener: Server;
  let url: string;
  beforeAll(async () => {
    server = await openTestServices(kind, { AFTERWORD_METRICS_TOKEN: token });
    const { services, app } = server;
    const handleHot = hotHandler(services.sites, services, hotRoutes(services), services.requestMetrics);
    listener = createListener(app, services.cache, handleHot, services.connections, services.requestMetrics);
    await listen(listener, 0, '127.0.0.1');
    url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/v1/sites/paper`;
  });
  afterAll(async () => {
    listener.closeAllConnections();
    listener.close();
    await server.close();
  });

  test('every series is there from the start', async () => {
    const metrics = await readMetrics(server);
    for (const status of ['2xx', '3xx', '4xx', '5xx'])
      for (const [method, route] of [
        ['GET', '/v1/sites/{site}/page'],
        ['PUT', '/v1/sites/{site}/reactions'],
        ['POST', '/v1/sites/{site}/comments'],
        ['GET', '/v1/sites/{site}/live'],
        ['PATCH', '/v1/sites/{site}/comments/{id}'],
      ] as const)
        expect(metrics.get(requests(method, route, status)), `${method} ${route} ${status}`).toBe(0);
    for (const name of [
      'afterword_live_streams',
      'afterword_cache_hits_total',
      'afterword_cache_misses_total',
      'afterword_mails{state="due"}',
      'afterword_mails{state="waiting"}',
      'afterword_mails{state="given-up"}',
      'afterword_webhook_deliveries{state="due"}',
      'afterword_webhooks_paused',
      'afterword_comments_pending{site="paper"}',
      'afterword_names_pending{site="paper"}',
      'afterword_backup_last_success_timestamp_seconds',
      'afterword_backup_failures_total',
    ])
      expect(metrics.get(name), name).toBe(0);
    expect([...metrics.keys()]).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^afterword_build_info\{version="[\d.]+",node="20/),
        expect.stringMatching(/^afterword_retention_deleted_total\{rule="/),
        'afterword_database_connections{state="waiting"}',
        'afterword_commit_duration_seconds_count',
        'afterword_writes_pending',
        'nodejs_gc_duration_seconds_count{kind="major"}',
        'nodejs_eventloop_lag_p99_seconds',
        'process_resident_memory_bytes',
      ]),
    );
    expect(metrics.get('afterword_ready')).toBe(1);
  });

  test('requests count once, by pattern of their route: cached, hot and by the framework', async () => {
    const before = await readMetrics(server);
    const page = `${url}/page?parts=reactions&${storyQuery()}`;
    for (let turn = 0; turn < 3; turn++) await (await fetch(page)).text();
    const etag = (await fetch(page)).headers.get('etag')!;
    await fetch(page, { headers: { 'if-none-match': etag } });
    const guest = await server.guest();
    const json = { 'content-type': 'application/json', authorization: `Bearer ${guest}`, origin };
    const vote = (choice: string) =>
      fetch(`${url}/reactions`, { method: 'PUT', headers: json, body: JSON.stringify({ story: storyUrl, choice }) });
    expect((await vote('great')).status).toBe(200);
    expect((await vote('unknown')).status).toBe(422);
    await fetch(`${url}/nothing/at/all?secret=1`);
    const after = await readMetrics(server);
    const risen = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
    expect(risen(requests('GET', '/v1/sites/{site}/page', '2xx'))).toBe(4);
    expect(risen(requests('GET', '/v1/sites/{site}/page', '3xx'))).toBe(1);
    expect(risen(durations('GET', '/v1/sites/{site}/page'))).toBe(5);
    expect(risen(requests('PUT', '/v1/sites/{site}/reactions', '2xx'))).toBe(1);
    expect(risen(requests('PUT', '/v1/sites/{site}/reactions', '4xx'))).toBe(1);
    expect(risen(requests('', 'unmatched', '4xx'))).toBe(1);
    expect(risen('afterword_cache_hits_total')).toBe(4);
    expect(risen('afterword_cache_misses_total')).toBe(1);
    expect(risen('afterword_commit_writes_sum')).toBeGreaterThanOrEqual(2);
    expect([...after.keys()].filter((name) => /secret|nothing|paper\.example/.test(name))).toEqual([]);
    const ours = (metrics: Map<string, number>) => [...metrics.keys()].filter((name) => name.startsWith('afterword_'));
    expect(ours(after)).toEqual(ours(before));
  });

  test('an open stream of live updates counts until it ends', async () => {
    const aborting = new AbortController();
    await fetch(`${url}/live?story=a`, { signal: aborting.signal });
    await waitFor(async () => expect((await readMetrics(server)).get('afterword_live_streams')).toBe(1));
    aborting.abort();
    await waitFor(async () => expect((await readMetrics(server)).get('afterword_live_streams')).toBe(0));
  });
});

test.each(databases)('comments and names that wait for a moderator are counted by site on %s', async (kind) => {
  const server = await openTestServices(kind, { AFTERWORD_METRICS_TOKEN: token });
  try {
    await server.services.sites.put({ ...server.site, id: 'quiet' });
    await server.services.sites.put({ ...server.site, settings: { ...server.site.settings, moderation: 'pre' } });
    const guest = await server.guest();
    for (const text of ['Một', 'Hai']) {
      const answer = await server.ask('/comments', { method: 'POST', token: guest, json: { story: storyUrl, text } });
      expect(await answer.json()).toMatchObject({ comment: { state: 'pending' } });
    }
    const renaming = await server.ask('/readers/me', { method: 'PATCH', token: guest, json: { name: 'Bích' } });
    expect(await renaming.json()).toMatchObject({ pendingName: 'Bích' });
    const metrics = await readMetrics(server);
    expect(metrics.get('afterword_comments_pending{site="paper"}')).toBe(2);
    expect(metrics.get('afterword_comments_pending{site="quiet"}')).toBe(0);
    expect(metrics.get('afterword_names_pending{site="paper"}')).toBe(1);
    expect(metrics.get('afterword_names_pending{site="quiet"}')).toBe(0);
  } finally {
    await server.close();
  }
});

test('scheduled backups: failures, and the time of the last success', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-backups-'));
  const backups = join(folder, 'backups');
  const server = await openTestServices('sqlite', {
    AFTERWORD_METRICS_TOKEN: token,
    AFTERWORD_BACKUP_HOURS: '1',
    AFTERWORD_BACKUP_FOLDER: backups,
  });
  try {
    writeFileSync(backups, 'a file where the folder should be');
    const now = Date.now();
    await server.services.backups!.run(now);
    let metrics = await readMetrics(server);
    expect(metrics.get('afterword_backup_failures_total')).toBe(1);
    expect(metrics.get('afterword_backup_last_success_timestamp_seconds')).toBe(0);
    rmSync(backups);
    await server.services.backups!.run(now);
    metrics = await readMetrics(server);
    expect(metrics.get('afterword_backup_failures_total')).toBe(1);
    expect(metrics.get('afterword_backup_last_success_timestamp_seconds')).toBe(now / 1000);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('deploy/', () => {
  const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../deploy/${file}`, import.meta.url)), 'utf8');
  const dashboard = JSON.parse(read('grafana-dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
  const rules = read('alert-rules.yml');

  test.each([
    ['grafana-dashboard.json', dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))],
    ['alert-rules.yml', [...rules.matchAll(/^\s+expr: (.+)$/gm)].map(([, expr]) => expr!)],
  ])('%s asks for metrics that exist', async (_, expressions) => {
    const server = await openTestServices('sqlite', { AFTERWORD_METRICS_TOKEN: token });
    try {
      const known = new Set([...(await readMetrics(server)).keys()].map((name) => name.replace(/\{.*/, '')));
      const asked = expressions.flatMap((expr) => expr.match(/\b(?:afterword|nodejs|process)_\w+/g) ?? []);
      expect(expressions.length).toBeGreaterThan(8);
      expect(asked.length).toBeGreaterThan(8);
      expect(asked.filter((name) => !known.has(name))).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
