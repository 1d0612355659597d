import { answerOf, type Query, search } from './answer.js';
import type { ApiError } from './api-error.js';

const retries = 2;
/** Longer than this, a wait is the reader's to decide. */
const longestWaitMs = 8000;

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  token?: string;
  /** Makes a POST safe to repeat. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** One call of the API: JSON in, JSON out. Passing failures are tried again where repeating does no harm. */
export async function call<T>(url: string, options: Call = {}): Promise<T> {
  const { method, query, body, token, idempotencyKey, signal } = options;
  const ask = () =>
    answerOf<T>(url + search(query), {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
      },
      body: json(body),
      signal,
    });
  const repeatable = idempotencyKey || (method !== 'POST' && method !== 'PATCH');
  return repeatable ? ask().catch((failure: ApiError) => askAgain(ask, failure, signal)) : ask();
}

/** After a passing failure: asks again after a random wait that doubles (full jitter), or as long as the API asks. */
export async function askAgain<T>(ask: () => Promise<T>, failure: ApiError, signal?: AbortSignal | null): Promise<T> {
  for (let attempt = 0; attempt < retries; attempt++) {
    const { passing, waitMs = Math.random() * 400 * 2 ** attempt } = failure;
    if (!passing || waitMs > longestWaitMs) break;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      failure = error as ApiError;
    }
  }
  throw failure;
}

/** Old Prototype.js gives arrays a `toJSON` that answers a string. The replacer sees past it. */
function json(body: unknown): string | undefined {
  return JSON.stringify(body, function (this: Record<string, unknown>, name, value: unknown) {
    return Array.isArray(this[name]) ? this[name] : value;
  });
}
