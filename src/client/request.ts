import type { ErrorCode } from '../contract/errors.js';
import type { Problem } from '../contract/types.js';
import { isObject, toJson } from './json.js';

const timeoutMs = 10_000;
const defaultRetries = 2;
/** A request with a longer `Retry-After` fails without a retry. */
const maxRetryAfterMs = 8000;

/** Error codes of the API and of network failures. */
export type ClientErrorCode = ErrorCode | 'network' | 'timeout' | 'not-json';

/** A failed request, with a stable code. */
export class ApiError extends Error {
  /**
   * @param code stable name of the failure
   * @param problem the problem document of the API, if it sent one
   * @param retryAfterMs the `Retry-After` of the answer
   */
  constructor(
    readonly code: ClientErrorCode,
    readonly problem?: Problem,
    readonly retryAfterMs?: number,
  ) {
    super(problem?.detail || problem?.title || code);
  }

  /** The API could not be reached; `false` where it has refused. */
  get unreachable(): boolean {
    return !(this.problem && this.problem.status < 502);
  }

  /** The same request may succeed soon. */
  get transient(): boolean {
    return this.unreachable || this.code === 'rate-limited';
  }
}

/** Returns true where the API itself has refused. A chunk of code that fails to load counts as unreachable. */
export function isRefusal(error: unknown): boolean {
  return (error as Partial<ApiError>).unreachable === false;
}

/** Returns true for a problem document (RFC 9457). */
export function isProblem(value: unknown): value is Problem {
  return !!(value as Partial<Problem> | undefined)?.code;
}

export type Query = Record<string, string | number | readonly string[] | undefined>;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  token?: string;
  /** A property of every answer: one without it comes from something else than the API, such as a proxy. */
  expects?: string;
  /** Retries after transient failures of an idempotent request. */
  maxRetries?: number;
  /** Makes a POST safe to repeat. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * Sends a request and returns the JSON of its answer. Retries transient failures of idempotent requests with
 * exponential backoff and full jitter, or after the `Retry-After` of the answer.
 *
 * @throws ApiError
 */
export async function request<T>(url: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', idempotencyKey, maxRetries = defaultRetries, signal } = options;
  const idempotent = idempotencyKey || (method !== 'POST' && method !== 'PATCH');
  for (let attempt = 0; ; attempt++) {
    try {
      return await send<T>(url, options);
    } catch (error) {
      const { transient, retryAfterMs = Math.random() * 400 * 2 ** attempt } = error as ApiError;
      if (!idempotent || !transient || attempt === maxRetries || retryAfterMs > maxRetryAfterMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      signal?.throwIfAborted();
    }
  }
}

async function send<T>(url: string, options: RequestOptions): Promise<T> {
  const { method, query, body, token, idempotencyKey, signal, expects } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + queryString(query), {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
      },
      body: toJson(body),
      // `stale-while-revalidate` is meant for CDNs: a browser would bring back what the reader has deleted.
      cache: 'no-cache',
      credentials: 'omit',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(timeout.aborted ? 'timeout' : 'network');
  }
  let answer: unknown;
  try {
    answer = text && JSON.parse(text);
  } catch {
    // A proxy's HTML page, or a truncated answer: handled as `not-json` below.
  }
  // Some writes are answered without a body.
  if (response.ok && (expects ? isObject(answer) && expects in answer : answer === '' || isObject(answer)))
    return answer as T;
  if (!isProblem(answer)) throw new ApiError('not-json');
  throw new ApiError(answer.code as ErrorCode, answer, toRetryAfterMs(response.headers.get('Retry-After')));
}

function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value ?? []].flat()) params.append(name, `${item}`);
  }
  return `${params}` && `?${params}`;
}

/** Parses `Retry-After`: seconds, or a date. */
function toRetryAfterMs(header: string | null): number | undefined {
  return header ? Math.max(0, Number(header) * 1000 || Date.parse(header) - Date.now() || 0) : undefined;
}
