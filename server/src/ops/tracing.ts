import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import type { TracesProtocol } from '../config.js';
import { contextOf, type RequestObserver } from '../http/request-context.js';
import { patternOf } from '../http/request-metrics.js';
import { shortSql, type StatementObserver } from '../storage/slow-statements.js';
import type { WriteTrace, WriteTracing } from '../storage/writer.js';
import { minuteMs, secondMs } from '../time.js';

/** Probes, whose traces would hide the others. */
const untracedUrls = new Set(['/healthz', '/readyz', '/metrics']);
const firstServerError = 500;
const warningIntervalMs = minuteMs;
/** At the stop, spans that a collector does not take in this time are lost. */
const flushTimeoutMs = 2 * secondMs;

/** Traces of requests, with the commits and slow statements in them. */
export interface Tracing {
  readonly observeRequest: RequestObserver;
  readonly observeSlowStatement: StatementObserver;
  readonly writes: WriteTracing;
  /** Returns the headers that continue the trace of the current request in another server. */
  headers(this: void): Record<string, string>;
  /** Sends the spans that are left. */
  stop(): Promise<void>;
}

/** Starts sending traces to an OTLP receiver. The SDK reads its address and everything else from the environment. */
export function startTracing(protocol: TracesProtocol, version: string, log: Pick<Logger, 'warn'>): Tracing {
  reportFailures(log);
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const ownResource = resourceFromAttributes({
    'service.name': 'afterword',
    'service.version': version,
    'service.instance.id': randomUUID(),
  });
  const provider = new BasicTracerProvider({
    resource: ownResource.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('afterword', version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context | undefined>();

  const observeRequest: RequestObserver = (request, response, next) => {
    if (untracedUrls.has(request.url ?? '')) return next();
    const { method = '' } = request;
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'url.scheme': 'http' };
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    const context = contextOf(request, span.spanContext().traceId);
    response.once('close', () => {
      if (context.route?.includes(' ')) {
        const route = patternOf(context.route);
        span.updateName(`${method} ${route}`).setAttribute('http.route', route);
      }
      span.setAttribute('http.response.header.x-request-id', [context.id]);
      if (response.headersSent) span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= firstServerError)
        span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(response.statusCode));
      span.end();
    });
    current.run(trace.setSpan(parent, span), next);
  };

  const observeSlowStatement: StatementObserver = ({ sql, durationMs, hasFailed }) => {
    const parent = current.getStore();
    if (!parent) return;
    const attributes = { 'db.query.text': shortSql(sql) };
    const startTime = Date.now() - durationMs;
    const span = tracer.startSpan('slow statement', { kind: SpanKind.CLIENT, attributes, startTime }, parent);
    if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };

  const spans = new WeakMap<WriteTrace, Span>();
  const writes: WriteTracing = {
    begin(command) {
      const parent = current.getStore();
      if (!parent) return undefined;
      const span = tracer.startSpan(`write ${command}`, {}, parent);
      const write: WriteTrace = {
        end(error) {
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
      spans.set(write, span);
      return write;
    },
    detach: (run) => current.run(undefined, run),
    async commit(batch, run) {
      const [first, ...others] = batch.flatMap((write) => (write && spans.get(write)) ?? []);
      if (!first) return run();
      const parent = trace.setSpan(ROOT_CONTEXT, first);
      const links = others.map((span) => ({ context: span.spanContext() }));
      const attributes = { 'db.operation.batch.size': batch.length };
      const span = tracer.startSpan('commit', { attributes, links }, parent);
      try {
        return await current.run(trace.setSpan(parent, span), run);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  };

  return {
    observeRequest,
    observeSlowStatement,
    writes,
    headers() {
      const carrier: Record<string, string> = {};
      propagator.inject(current.getStore() ?? ROOT_CONTEXT, carrier, defaultTextMapSetter);
      return carrier;
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise((resolve) => (timer = setTimeout(resolve, flushTimeoutMs)));
      await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
      clearTimeout(timer);
    },
  };
}

/** Logs failures to send at most once a minute: a collector may be down for days. */
function reportFailures(log: Pick<Logger, 'warn'>): void {
  let warnedAt = -Infinity;
  setGlobalErrorHandler((error) => {
    if (Date.now() - warnedAt < warningIntervalMs) return;
    warnedAt = Date.now();
    const reason = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
    log.warn({ reason }, 'traces could not be sent');
  });
}
