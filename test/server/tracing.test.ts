import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp, hotRoutes } from '../../server/src/app.js';
import { AuthorHistories } from '../../server/src/comments/rules/author-history.js';
import { CommentRules } from '../../server/src/comments/rules/pipeline.js';
import { readConfig } from '../../server/src/config.js';
import { hotHandler } from '../../server/src/http/hot-routes.js';
import { createListener, listen } from '../../server/src/http/listener.js';
import { startTracing, type Tracing } from '../../server/src/ops/tracing.js';
import { serve } from '../../server/src/serve.js';
import { SlowStatements } from '../../server/src/storage/slow-statements.js';
import { waitFor } from '../setup/wait-for.js';
import { logToLines } from './log-lines.js';
import { databases, openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

interface SpanJson {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: { stringValue?: string; intValue?: number | string } }[];
  links?: { traceId: string; spanId: string }[];
  status: { code?: number };
}
interface ReceivedRequest {
  path: string;
  type: string;
  body: Buffer;
}

/** Receives OTLP over HTTP, as a collector does. */
async function startReceiver() {
  const requests: ReceivedRequest[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const type = request.headers['content-type'] ?? '';
      requests.push({ path: request.url ?? '', type, body: Buffer.concat(chunks) });
      response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : '');
    });
  });
  await listen(receiver, 0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    requests,
    resources: () => requests.flatMap(({ body }) => resourceSpansOf(body).map(({ resource }) => resource)),
    spans: () => requests.flatMap(({ body }) => resourceSpansOf(body).flatMap(spansOf)),
    close: () => {
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}
interface ResourceSpans {
  resource: Pick<SpanJson, 'attributes'>;
  scopeSpans: { spans: SpanJson[] }[];
}
const resourceSpansOf = (body: Buffer) =>
  (JSON.parse(body.toString()) as { resourceSpans: ResourceSpans[] }).resourceSpans;
const spansOf = ({ scopeSpans }: ResourceSpans) => scopeSpans.flatMap(({ spans }) => spans);
const attribute = ({ attributes }: Pick<SpanJson, 'attributes'>, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue));
};

const serverKind = 2;
const errorCode = 2;
const parentId = '00f067aa0ba902b7';
let traceCount = 0;
/** Returns a trace of its own for each request. */
const newTrace = () => (++traceCount).toString(16).padStart(32, 'a');

describe.each(databases)('traces on %s', (kind) => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let tracing: Tracing;
  let server: TestServer;
  let listener: Server;
  let base: string;
  let token: string;
  beforeAll(async () => {
    receiver = await startReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '10');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test');
    const { log } = logToLines();
    tracing = startTracing('http/json', '1.2.3', log);
    vi.unstubAllEnvs();
    // Every statement is slow.
    const { observe: onStatement } = new SlowStatements(0, log, tracing.observeSlowStatement);
    server = await openTestServices(kind, {}, { onStatement, writeTracing: tracing.writes });
    const histories = new AuthorHistories(server.services.database);
    const commentRules = new CommentRules(histories, log, false, tracing.headers);
    const services = { ...server.services, commentRules };
    const handleHot = hotHandler(services.sites, services, hotRoutes(services));
    const observers = [tracing.observeRequest];
    listener = createListener(createApp(services), services.cache, handleHot, undefined, undefined, log, observers);
    await listen(listener, 0, '127.0.0.1');
    base = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/v1/sites/paper`;
    token = await server.guest();
  });
  afterAll(async () => {
    listener.closeAllConnections();
    listener.close();
    await server.close();
    await tracing.stop();
    receiver.close();
  });

  /** Sends a request in a trace of its own. */
  async function send(method: string, path: string, json?: unknown, flags = '01') {
    const traceId = newTrace();
    const response = await fetch(base + path, {
      method,
      headers: {
        origin,
        traceparent: `00-${traceId}-${parentId}-${flags}`,
        authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    await response.arrayBuffer();
    return { response, traceId };
  }

  /** Returns the spans of a trace, once that of the request, which ends last, has arrived. */
  async function spansIn(traceId: string): Promise<SpanJson[]> {
    const own = () => receiver.spans().filter((span) => span.traceId === traceId);
    await waitFor(() => expect(own().map((span) => span.kind)).toContain(serverKind));
    return own();
  }
  const serverSpan = (spans: SpanJson[]) => spans.find((span) => span.kind === serverKind)!;

  test.each([
    ['made', 200],
    ['cached', 200],
    ['refused', 422],
  ])('go on that of the caller, by route: a page that is %s', async (name, status) => {
    const path = `/page?parts=${name === 'refused' ? '' : 'reactions'}&${storyQuery()}`;
    const { response, traceId } = await send('GET', path);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toBe(traceId);
    const span = serverSpan(await spansIn(traceId));
    expect(span).toMatchObject({ name: 'GET /v1/sites/{site}/page', parentSpanId: parentId });
    expect(attribute(span, 'http.route')).toBe('/v1/sites/{site}/page');
    expect(attribute(span, 'http.request.method')).toBe('GET');
    expect(attribute(span, 'http.response.status_code')).toBe(status);
    expect(span.status.code ?? 0).not.toBe(errorCode);
  });

  test('begin with a request that brings none, and name it', async () => {
    const response = await fetch(`${base}/counts?${storyQuery()}`);
    const id = response.headers.get('x-request-id')!;
    expect(id).toMatch(/^[\da-f]{32}$/);
    expect(serverSpan(await spansIn(id)).parentSpanId ?? '').toBe('');
  });

  test('have the write, its commit and the slow statements in them', async () => {
    const { response, traceId } = await send('PUT', '/reactions', { story: storyUrl, choice: 'great' });
    expect(response.status).toBe(200);
    const spans = await spansIn(traceId);
    const request = serverSpan(spans);
    expect(request.name).toBe('PUT /v1/sites/{site}/reactions');
    const vote = spans.find(({ name }) => name.includes('vote'));
    expect(vote).toMatchObject({ name: expect.stringMatching(/^write /), parentSpanId: request.spanId });
    const commit = spans.find((span) => span.name === 'commit' && span.parentSpanId === vote!.spanId);
    expect(commit).toBeDefined();
    const statements = spans.filter((span) => span.name === 'slow statement' && span.parentSpanId === commit!.spanId);
    const texts = statements.map((span) => attribute(span, 'db.query.text'));
    expect(texts).toEqual(expect.arrayContaining([expect.stringMatching(/insert into .reaction_votes./), 'commit']));
  });

  test('are linked where writes share a commit', async () => {
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        send('POST', '/comments', { story: `${storyUrl}/linked`, text: `Một ý kiến, số ${index}` }),
      ),
    );
    const traces = await Promise.all(sent.map(({ traceId }) => spansIn(traceId)));
    const writes = traces.map((spans) => spans.filter(({ name }) => name.startsWith('write ')));
    expect(writes.every((spans) => spans.length > 0)).toBe(true);
    const commits = traces.flat().filter(({ name }) => name === 'commit');
    const led = commits.flatMap(({ parentSpanId, links = [] }) => [parentSpanId, ...links.map(({ spanId }) => spanId)]);
    expect(led).toEqual(expect.arrayContaining(writes.flat().map(({ spanId }) => spanId)));
  });

  test("go on in the publisher's own check", async () => {
    const received: (string | undefined)[] = [];
    const check = createServer((request, response) => {
      received.push(request.headers['traceparent'] as string | undefined);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"hold":false}');
    });
    await listen(check, 0, '127.0.0.1');
    try {
      const url = `http://127.0.0.1:${(check.address() as AddressInfo).port}/`;
      const rules = { ...server.site.settings.rules, external: { url, secret: 'x'.repeat(32), timeoutMillis: 5000 } };
      await server.services.sites.put({ ...server.site, settings: { ...server.site.settings, rules } });
      const { response, traceId } = await send('POST', '/comments', { story: storyUrl, text: 'Một ý kiến cho cổng' });
      expect(response.status).toBe(201);
      const { spanId } = serverSpan(await spansIn(traceId));
      expect(received).toEqual([`00-${traceId}-${spanId}-01`]);
    } finally {
      await server.services.sites.put(server.site);
      check.closeAllConnections();
      check.close();
    }
  });

  test('follow the decision of the caller not to record', async () => {
    const { traceId } = await send('GET', `/counts?${storyQuery()}`, undefined, '00');
    await spansIn((await send('GET', `/counts?${storyQuery()}`)).traceId);
    expect(receiver.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  });

  test('name the service, and hold no personal data', () => {
    const [resource] = receiver.resources();
    expect(attribute(resource!, 'service.name')).toBe('afterword');
    expect(attribute(resource!, 'service.version')).toBe('1.2.3');
    expect(attribute(resource!, 'deployment.environment.name')).toBe('test');
    expect(receiver.requests[0]).toMatchObject({ path: '/v1/traces', type: 'application/json' });
    const sent = receiver.requests.map(({ body }) => body.toString()).join('\n');
    expect(sent.length).toBeGreaterThan(1000);
    for (const value of [token, storyUrl, 'paper', 'ý kiến', 'Lan', '127.0.0.1', 'great'])
      expect(sent, value).not.toContain(value);
  });
});

describe('a server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'afterword-tracing-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(settings: Record<string, string>) {
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    const port = await getPort({ host: '127.0.0.1' });
    const given = { PORT: String(port), AFTERWORD_DATA: folder, AFTERWORD_LOG: 'silent', ...settings };
    return { server: await serve(readConfig(given)), url: `http://127.0.0.1:${port}` };
  }

  test('sends protobuf unless it is asked for JSON, and what is left when it stops', async () => {
    const receiver = await startReceiver();
    const { server, url } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const response = await fetch(`${url}/docs`);
    await response.arrayBuffer();
    await server.stop();
    receiver.close();
    expect(receiver.requests).toMatchObject([{ path: '/v1/traces', type: 'application/x-protobuf' }]);
    const id = response.headers.get('x-request-id') ?? '';
    expect(receiver.requests[0]!.body.includes(Buffer.from(id, 'hex'))).toBe(true);
    expect(receiver.requests[0]!.body.includes('GET /docs')).toBe(true);
  });

  test('works, and stops, without the receiver', async () => {
    const nobody = await getPort({ host: '127.0.0.1' });
    const { server, url } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}` });
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    await server.stop();
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, 'http/protobuf'],
    ['an endpoint for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a' }, 'http/protobuf'],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    ['an exporter', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
    ['no exporter', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, undefined],
    ['a disabled SDK', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, undefined],
    ['JSON', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  ])('that is asked for %s', (_, settings, traces) => {
    expect(readConfig({ AFTERWORD_DATA: folder, ...settings }).traces).toBe(traces);
  });

  test('refuses settings that it cannot follow with one line', () => {
    const read = (settings: Record<string, string>) => () =>
      readConfig({ AFTERWORD_DATA: folder, OTEL_TRACES_EXPORTER: 'otlp', ...settings });
    expect(read({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow('OTEL_TRACES_EXPORTER must be otlp or none.');
    expect(read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
      'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json.',
    );
  });
});

test('a failure to send is one line', async () => {
  const receiver = createServer((_, response) => response.writeHead(400).end());
  await listen(receiver, 0, '127.0.0.1');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '1');
  const { log, lines } = logToLines();
  const tracing = startTracing('http/json', '1.2.3', log);
  vi.unstubAllEnvs();
  const listener = createServer((request, response) =>
    tracing.observeRequest(request, response, () => response.end('x')),
  );
  await listen(listener, 0, '127.0.0.1');
  const ask = () => fetch(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/`);
  await ask();
  await waitFor(() => expect(lines).toMatchObject([{ level: 40, msg: 'traces could not be sent' }]));
  for (let count = 0; count < 5; count++) await ask();
  await tracing.stop();
  expect(lines).toHaveLength(1);
  for (const open of [receiver, listener]) {
    open.closeAllConnections();
    open.close();
  }
});

test('no module but that of traces imports OpenTelemetry, and it is imported when it is needed', () => {
  const folder = fileURLToPath(new URL('../../server/src/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const matching = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(folder, file), 'utf8')));
  expect(matching(/['"]@opentelemetry\//)).toEqual(['ops/tracing.ts']);
  expect(matching(/^import (?!type\b)[^;]*\/tracing\.js'/m)).toEqual([]);
  expect(matching(/await import\('\.\/ops\/tracing\.js'\)/)).toEqual(['serve.ts']);
});
