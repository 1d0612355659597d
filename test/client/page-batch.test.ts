import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../src/client/request.js';
import { PageBatch } from '../../src/client/page-batch.js';
import type { Page, Problem } from '../../src/contract/types.js';

const problem: Problem = { type: '/docs', title: 'This site has no such poll.', status: 404, code: 'poll-not-found' };
const read = vi.fn<(query: Record<string, unknown>) => Promise<Page>>();
const readParts = vi.fn<(query: object, entries: string[]) => Promise<Record<string, Promise<unknown>>>>();
let page: PageBatch;

beforeEach(() => {
  read.mockReset().mockImplementation(({ parts }) => {
    const entries = (parts as string).split(',');
    return Promise.resolve({ parts: Object.fromEntries(entries.map((entry) => [entry, { lists: [] }])) });
  });
  readParts.mockReset().mockRejectedValue(new TypeError('Failed to fetch dynamically imported module'));
  page = new PageBatch(read, readParts);
});
afterEach(() => vi.useRealTimers());

test('joins the parts of one frame into one request', async () => {
  await Promise.all([page.get('s', 'vi', 'reactions'), page.get('s', 'vi', 'newsletter')]);
  expect(read.mock.calls).toEqual([[{ story: 's', lang: 'vi', parts: 'reactions,newsletter' }]]);
});

test('sends parts of a later frame in another request', async () => {
  await page.get('s', 'vi', 'reactions');
  await page.get('s', 'vi', 'newsletter');
  expect(read.mock.calls.map(([{ parts }]) => parts)).toEqual(['reactions', 'newsletter']);
});

test('requests the same part once, and then returns the cached answer', async () => {
  const [first, second] = await Promise.all([page.get('s', 'vi', 'reactions'), page.get('s', 'vi', 'reactions')]);
  expect(first).toBe(second);
  expect(await page.get('s', 'vi', 'reactions')).toBe(first);
  expect(read).toHaveBeenCalledTimes(1);
});

test('sends one request per story and language', async () => {
  await Promise.all([
    page.get('a', 'vi', 'reactions'),
    page.get('b', 'vi', 'reactions'),
    page.get('a', '', 'reactions'),
  ]);
  expect(read.mock.calls.map(([query]) => query)).toEqual([
    { story: 'a', lang: 'vi', parts: 'reactions' },
    { story: 'b', lang: 'vi', parts: 'reactions' },
    { story: 'a', lang: undefined, parts: 'reactions' },
  ]);
});

test('splits more than 20 parts into several requests', async () => {
  await Promise.all(Array.from({ length: 45 }, (_, index) => page.get('s', 'vi', `reactions:p${index}`)));
  expect(read.mock.calls.map(([{ parts }]) => (parts as string).split(',').length)).toEqual([20, 20, 5]);
});

test('sends nothing before DOMContentLoaded', async () => {
  const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('loading');
  const answers = Promise.all([page.get('s', 'vi', 'reactions')]);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const later = page.get('s', 'vi', 'newsletter');
  expect(read).not.toHaveBeenCalled();
  state.mockRestore();
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
  await Promise.all([answers, later]);
  expect(read).toHaveBeenCalledTimes(1);
});

test('sends requests in a hidden tab, without animation frames', async () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  vi.spyOn(globalThis, 'requestAnimationFrame').mockImplementation(() => 0);
  await page.get('s', 'vi', 'reactions');
  expect(read).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});

describe('a failure', () => {
  test('of one part rejects that part only', async () => {
    read.mockResolvedValue({ parts: { 'reactions:x': problem, newsletter: { lists: [] } } });
    const [poll, newsletter] = await Promise.allSettled([
      page.get('s', 'vi', 'reactions:x'),
      page.get('s', 'vi', 'newsletter'),
    ]);
    expect(poll).toMatchObject({ status: 'rejected', reason: { code: 'poll-not-found', unreachable: false } });
    expect(newsletter).toEqual({ status: 'fulfilled', value: { lists: [] } });
  });

  test('of the whole request rejects all parts, and is not cached', async () => {
    read.mockRejectedValueOnce(new ApiError('network'));
    const answers = await Promise.allSettled([page.get('s', 'vi', 'reactions'), page.get('s', 'vi', 'newsletter')]);
    expect(answers.map((one) => one.status === 'rejected' && (one.reason as ApiError).code)).toEqual([
      'network',
      'network',
    ]);
    await expect(page.get('s', 'vi', 'reactions')).resolves.toEqual({ lists: [] });
  });

  test('is a part that the answer lacks', async () => {
    read.mockResolvedValue({ parts: {} });
    await expect(page.get('s', 'vi', 'reactions')).rejects.toMatchObject({ code: 'not-json' });
  });
});

describe('where the browser sends no joint request, as with a content blocker', () => {
  const parts = () => ['r', 'n', 'c'].map((entry) => page.get('s', 'vi', entry));

  beforeEach(() => {
    read.mockRejectedValue(new ApiError('network'));
    readParts.mockImplementation((_, entries) => {
      const answer = (entry: string) =>
        entry === 'n' ? Promise.reject(new ApiError('network')) : Promise.resolve({ entry });
      return Promise.resolve(Object.fromEntries(entries.map((entry) => [entry, answer(entry)])));
    });
  });

  test('parts are requested one by one, and only what is blocked is missing', async () => {
    const [poll, newsletter, thread] = await Promise.allSettled(parts());
    expect(poll).toEqual({ status: 'fulfilled', value: { entry: 'r' } });
    expect(newsletter).toMatchObject({ status: 'rejected', reason: { code: 'network', unreachable: true } });
    expect(thread).toEqual({ status: 'fulfilled', value: { entry: 'c' } });
    expect(readParts.mock.calls).toEqual([[{ story: 's', lang: 'vi' }, ['r', 'n', 'c']]]);
  });

  test('the joint request is not tried again', async () => {
    await Promise.allSettled(parts());
    await page.get('other', 'vi', 'r');
    expect(read).toHaveBeenCalledTimes(1);
    expect(readParts).toHaveBeenLastCalledWith({ story: 'other', lang: 'vi' }, ['r']);
  });

  test('the joint request is tried again where no part has an answer either', async () => {
    readParts.mockImplementation((_, entries) =>
      Promise.resolve(Object.fromEntries(entries.map((entry) => [entry, Promise.reject(new ApiError('network'))]))),
    );
    for (const { status } of await Promise.allSettled(parts())) expect(status).toBe('rejected');
    read.mockResolvedValue({ parts: { r: { lists: [] } } });
    await expect(page.get('s', 'vi', 'r')).resolves.toEqual({ lists: [] });
  });

  test.for(['timeout', 'not-json', 'unavailable'] as const)('but not after %s', async (code) => {
    read.mockRejectedValue(new ApiError(code));
    await expect(page.get('s', 'vi', 'r')).rejects.toMatchObject({ code });
    expect(readParts).not.toHaveBeenCalled();
  });
});

describe('a cached answer is requested again', () => {
  test('when it is older than a minute', async () => {
    await page.get('s', 'vi', 'reactions');
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    await page.get('s', 'vi', 'reactions');
    expect(read).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
  });

  test('when its story is invalidated, without affecting other stories', async () => {
    await Promise.all([page.get('a', 'vi', 'reactions'), page.get('b', 'vi', 'reactions')]);
    page.invalidate('a');
    await Promise.all([page.get('a', 'vi', 'reactions'), page.get('b', 'vi', 'reactions')]);
    expect(read.mock.calls.map(([{ story }]) => story)).toEqual(['a', 'b', 'a']);
  });
});
