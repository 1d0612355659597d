import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError, request } from '../../src/client/request.js';

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubGlobal('fetch', fetched.mockReset());
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answer(body: unknown, status = 200, headers?: Record<string, string>): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
}

function problem(status: number, code: string, headers?: Record<string, string>): Response {
  return answer({ type: '/docs', title: 'No.', status, code }, status, headers);
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

const sent = (index = 0) => fetched.mock.calls[index]![1]!;

describe('a request', () => {
  test('sends JSON, the token and the key, and never credentials', async () => {
    fetched.mockResolvedValue(answer({ ok: true }));
    const options = { method: 'POST', body: { a: 1 }, token: 't', idempotencyKey: 'k' } as const;
    await expect(request('http://api/x', options)).resolves.toEqual({ ok: true });
    expect(sent()).toMatchObject({ method: 'POST', body: '{"a":1}', credentials: 'omit' });
    expect(sent().headers).toEqual({
      'Content-Type': 'application/json',
      Authorization: 'Bearer t',
      'Idempotency-Key': 'k',
    });
  });

  test('omits undefined parameters and repeats lists', async () => {
    fetched.mockResolvedValue(answer({}));
    await request('http://api/x', { query: { story: ['a b', 'c&d'], lang: undefined, limit: 3 } });
    expect(fetched.mock.calls[0]![0]).toBe('http://api/x?story=a+b&story=c%26d&limit=3');
  });

  test('sends arrays intact where old Prototype.js is on the page', async () => {
    fetched.mockResolvedValue(answer({}));
    const prototype = Array.prototype as { toJSON?: () => string };
    prototype.toJSON = () => 'broken';
    try {
      await request('http://api/x', { method: 'PUT', body: { choice: ['a', ['b']], nested: { list: [{ c: [] }] } } });
    } finally {
      delete prototype.toJSON;
    }
    expect(sent().body).toBe('{"choice":["a",["b"]],"nested":{"list":[{"c":[]}]}}');
  });
});

describe('a failure', () => {
  test('carries the problem document of the API', async () => {
    fetched.mockResolvedValue(problem(409, 'poll-closed'));
    const error = await failure(request('http://api/x'));
    expect(error).toMatchObject({ code: 'poll-closed', unreachable: false, problem: { status: 409 } });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['a page of HTML with status 200', () => answer('<html>'), 'not-json'],
    ['a page of HTML with status 500', () => answer('<html>', 500), 'not-json'],
    ['half an answer', () => answer('{"parts":'), 'not-json'],
    ['JSON that is no problem', () => answer({ message: 'nginx' }, 500), 'not-json'],
  ])('is %s', async (_, make, code) => {
    fetched.mockImplementation(() => Promise.resolve(make()));
    expect(await failure(request('http://api/x'))).toMatchObject({ code, unreachable: true });
  });

  test('has the code network where nothing answers', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await failure(request('http://api/x'))).toMatchObject({ code: 'network', unreachable: true });
  });

  test('does not wrap an abort', async () => {
    const controller = new AbortController();
    fetched.mockImplementation((_, init) => {
      controller.abort();
      return Promise.reject(init!.signal!.reason as Error);
    });
    await expect(request('http://api/x', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test('has the code timeout after the time limit', async () => {
    const timeout = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout.signal);
    fetched.mockImplementation(() => {
      timeout.abort();
      return Promise.reject(new DOMException('late', 'TimeoutError'));
    });
    expect(await failure(request('http://api/x', { method: 'POST' }))).toMatchObject({ code: 'timeout' });
  });
});

describe('a retry', () => {
  test.each([
    ['GET', {}],
    ['PUT', { method: 'PUT', body: {} }],
    ['DELETE', { method: 'DELETE' }],
    ['POST with a key', { method: 'POST', body: {}, idempotencyKey: 'k' }],
  ] as const)('gets a %s over two transient failures', async (_, options) => {
    fetched
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockResolvedValueOnce(problem(503, 'unavailable'))
      .mockResolvedValueOnce(answer({ ok: true }));
    await expect(request('http://api/x', options)).resolves.toEqual({ ok: true });
  });

  test.each(['POST', 'PATCH'] as const)('is not made for a %s without a key', async (method) => {
    fetched.mockResolvedValue(problem(503, 'unavailable'));
    await failure(request('http://api/x', { method, body: {} }));
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test('is made twice at most', async () => {
    fetched.mockImplementation(() => Promise.resolve(problem(503, 'unavailable')));
    await failure(request('http://api/x'));
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  test('waits for Retry-After', async () => {
    vi.useFakeTimers();
    fetched
      .mockResolvedValueOnce(problem(429, 'rate-limited', { 'Retry-After': '3' }))
      .mockResolvedValueOnce(answer({}));
    const done = request('http://api/x');
    await vi.advanceTimersByTimeAsync(2900);
    expect(fetched).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    await done;
    expect(fetched).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  test('is not made after a long Retry-After', async () => {
    fetched.mockResolvedValue(problem(429, 'rate-limited', { 'Retry-After': '60' }));
    expect(await failure(request('http://api/x'))).toMatchObject({ code: 'rate-limited', retryAfterMs: 60_000 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test('backs off exponentially with jitter', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void) => {
      act();
      return 0;
    }) as never);
    fetched.mockImplementation(() => Promise.resolve(problem(503, 'unavailable')));
    await failure(request('http://api/x'));
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([400, 800]);
  });
});
