import { ApiError, isProblem } from './api-error.js';

const timeoutMs = 10_000;
const retries = 2;
/** Longer than this, a wait is the reader's to decide. */
const longestWaitSeconds = 8;

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
  for (let attempt = 0; ; attempt++) {
    try {
      return await once<T>(url, options);
    } catch (error) {
      if (!(error instanceof ApiError) || attempt === retries || !repeatable(options) || !passing(error)) throw error;
      await pause(1000 * (error.retryAfter ?? Math.random() * 0.4 * 2 ** attempt), options.signal);
    }
  }
}

async function once<T>(url: string, { method = 'GET', query, body, token, idempotencyKey, signal }: Call): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers['Authorization'] = `Bearer ${token}`;
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + search(query), {
      method,
      headers,
      body: body === undefined ? undefined : json(body),
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
    answer = text ? JSON.parse(text) : undefined;
  } catch {
    // A proxy's page of HTML, or half an answer.
    throw new ApiError('not-json');
  }
  if (response.ok) return answer as T;
  if (!isProblem(answer)) throw new ApiError('not-json');
  throw new ApiError(answer.code as ApiError['code'], answer, secondsOf(response.headers.get('Retry-After')));
}

function search(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) params.append(name, String(one));
  }
  return params.size ? `?${params}` : '';
}

/** Old Prototype.js gives arrays a `toJSON` that answers a string. The replacer sees past it. */
function json(body: unknown): string {
  return JSON.stringify(body, function (this: Record<string, unknown>, name, value: unknown) {
    return Array.isArray(this[name]) ? this[name] : value;
  });
}

function repeatable({ method, idempotencyKey }: Call): boolean {
  return idempotencyKey !== undefined || (method !== 'POST' && method !== 'PATCH');
}

function passing({ unreachable, code, retryAfter = 0 }: ApiError): boolean {
  return (unreachable || code === 'rate-limited') && retryAfter <= longestWaitSeconds;
}

function secondsOf(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  return Math.max(0, Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 || 0 : seconds);
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
