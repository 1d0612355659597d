import { ApiError, isProblem } from './api-error.js';

const timeoutMs = 10_000;

export type Query = Record<string, string | number | readonly string[] | undefined>;

/** One request: JSON out of it, anything else an {@link ApiError}. */
export async function answerOf<T>(address: string, init?: RequestInit): Promise<T> {
  const signal = init?.signal;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      ...init,
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
    // A proxy's page of HTML, or half an answer: the same as no problem we know.
  }
  if (response.ok && answer !== undefined) return answer as T;
  if (!isProblem(answer)) throw new ApiError('not-json');
  throw new ApiError(answer.code as ApiError['code'], answer, waitOf(response.headers.get('Retry-After')));
}

export function search(query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) pairs.append(name, `${one}`);
  }
  return `${pairs}` && `?${pairs}`;
}

/** `Retry-After`, in seconds or as a date, in milliseconds. */
function waitOf(header: string | null): number | undefined {
  return header ? Math.max(0, Number(header) * 1000 || Date.parse(header) - Date.now() || 0) : undefined;
}
