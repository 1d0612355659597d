import { ApiError, isProblem } from './api-error.js';

const timeoutMs = 10_000;
const retries = 2;
/** Longer than this, a wait is the reader's to decide. */
const longestWaitMs = 8000;

export type Query = Record<string, string | number | readonly string[] | undefined>;

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  token?: string;
  /** Makes a POST safe to repeat. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * One call of the API: JSON in, JSON out, anything else an {@link ApiError}.
 * Where repeating does no harm, passing failures are tried again after a random wait that doubles (full jitter).
 */
export async function call<T>(url: string, options: Call = {}): Promise<T> {
  const { method, idempotencyKey, signal } = options;
  const repeatable = idempotencyKey || (method !== 'POST' && method !== 'PATCH');
  for (let attempt = 0; ;) {
    try {
      return await once<T>(url, options);
    } catch (error) {
      const { unreachable, code, waitMs = Math.random() * 400 * 2 ** attempt } = error as ApiError;
      const passing = (unreachable || code === 'rate-limited') && waitMs <= longestWaitMs;
      if (!repeatable || !passing || attempt++ === retries) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      signal?.throwIfAborted();
    }
  }
}

async function once<T>(url: string, { method, query, body, token, idempotencyKey, signal }: Call): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + search(query), {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
      },
      body: json(body),
      credentials: 'omit',
      signal: AbortSignal.any(signal ? [signal, timeout] : [timeout]),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(timeout.aborted ? 'timeout' : 'network');
  }
  const { ok, headers } = response;
  let answer: unknown;
  try {
    answer = text && JSON.parse(text);
  } catch {
    // A proxy's page of HTML, or half an answer: the same as no problem we know.
  }
  if (ok && answer !== undefined) return answer as T;
  if (!isProblem(answer)) throw new ApiError('not-json');
  throw new ApiError(answer.code as ApiError['code'], answer, waitOf(headers.get('Retry-After')));
}

function search(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, String(one)]),
  );
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
}

/** Old Prototype.js gives arrays a `toJSON` that answers a string. The replacer sees past it. */
export function json(body: unknown): string | undefined {
  return JSON.stringify(body, function (this: Record<string, unknown>, name, value: unknown) {
    return Array.isArray(this[name]) ? this[name] : value;
  });
}

/** `Retry-After`, in seconds or as a date, in milliseconds. */
function waitOf(header: string | null): number | undefined {
  return header ? Math.max(0, Number(header) * 1000 || Date.parse(header) - Date.now() || 0) : undefined;
}
