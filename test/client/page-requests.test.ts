import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../src/client/api-error.js';
import { PageRequests } from '../../src/client/page-requests.js';
import type { Page, Problem } from '../../src/contract/types.js';

const problem: Problem = { type: '/docs', title: 'This site has no such poll.', status: 404, code: 'poll-not-found' };
const read = vi.fn<(query: Record<string, unknown>) => Promise<Page>>();
let page: PageRequests;

beforeEach(() => {
  read.mockReset().mockImplementation(({ parts }) => {
    const entries = (parts as string).split(',');
    return Promise.resolve({ parts: Object.fromEntries(entries.map((entry) => [entry, { lists: [] }])) });
  });
  page = new PageRequests(read);
});
afterEach(() => vi.useRealTimers());

test('what is asked within a frame is one request', async () => {
  await Promise.all([page.ask('s', 'vi', 'reactions'), page.ask('s', 'vi', 'newsletter')]);
  expect(read.mock.calls).toEqual([[{ story: 's', lang: 'vi', parts: 'reactions,newsletter' }]]);
});

test('what is asked later is another', async () => {
  await page.ask('s', 'vi', 'reactions');
  await page.ask('s', 'vi', 'newsletter');
  expect(read.mock.calls.map(([{ parts }]) => parts)).toEqual(['reactions', 'newsletter']);
});

test('the same question is asked once, also when its answer is there', async () => {
  const [first, second] = await Promise.all([page.ask('s', 'vi', 'reactions'), page.ask('s', 'vi', 'reactions')]);
  expect(first).toBe(second);
  expect(await page.ask('s', 'vi', 'reactions')).toBe(first);
  expect(read).toHaveBeenCalledTimes(1);
});

test('every story and every language has its own request', async () => {
  await Promise.all([
    page.ask('a', 'vi', 'reactions'),
    page.ask('b', 'vi', 'reactions'),
    page.ask('a', '', 'reactions'),
  ]);
  expect(read.mock.calls.map(([query]) => query)).toEqual([
    { story: 'a', lang: 'vi', parts: 'reactions' },
    { story: 'b', lang: 'vi', parts: 'reactions' },
    { story: 'a', lang: undefined, parts: 'reactions' },
  ]);
});

test('more entries than one request takes are split', async () => {
  await Promise.all(Array.from({ length: 45 }, (_, index) => page.ask('s', 'vi', `reactions:p${index}`)));
  expect(read.mock.calls.map(([{ parts }]) => (parts as string).split(',').length)).toEqual([20, 20, 5]);
});

test('until the document is parsed everything waits', async () => {
  const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('loading');
  const answers = Promise.all([page.ask('s', 'vi', 'reactions')]);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const later = page.ask('s', 'vi', 'newsletter');
  expect(read).not.toHaveBeenCalled();
  state.mockRestore();
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
  await Promise.all([answers, later]);
  expect(read).toHaveBeenCalledTimes(1);
});

test('a hidden tab is served as well', async () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  vi.spyOn(globalThis, 'requestAnimationFrame').mockImplementation(() => 0);
  await page.ask('s', 'vi', 'reactions');
  expect(read).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});

describe('a failure', () => {
  test('of one part is its own', async () => {
    read.mockResolvedValue({ parts: { 'reactions:x': problem, newsletter: { lists: [] } } });
    const [poll, newsletter] = await Promise.allSettled([
      page.ask('s', 'vi', 'reactions:x'),
      page.ask('s', 'vi', 'newsletter'),
    ]);
    expect(poll).toMatchObject({ status: 'rejected', reason: { code: 'poll-not-found', unreachable: false } });
    expect(newsletter).toEqual({ status: 'fulfilled', value: { lists: [] } });
  });

  test('of the whole request is everybody’s, and the next question goes to the API again', async () => {
    read.mockRejectedValueOnce(new ApiError('network'));
    const answers = await Promise.allSettled([page.ask('s', 'vi', 'reactions'), page.ask('s', 'vi', 'newsletter')]);
    expect(answers.map((one) => one.status === 'rejected' && (one.reason as ApiError).code)).toEqual([
      'network',
      'network',
    ]);
    await expect(page.ask('s', 'vi', 'reactions')).resolves.toEqual({ lists: [] });
  });

  test('is an entry that the answer does not have', async () => {
    read.mockResolvedValue({ parts: {} });
    await expect(page.ask('s', 'vi', 'reactions')).rejects.toMatchObject({ code: 'not-json' });
  });
});

describe('an answer is asked for again', () => {
  test('when it is older than a minute', async () => {
    await page.ask('s', 'vi', 'reactions');
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    await page.ask('s', 'vi', 'reactions');
    expect(read).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
  });

  test('when its story is forgotten, and no other story’s', async () => {
    await Promise.all([page.ask('a', 'vi', 'reactions'), page.ask('b', 'vi', 'reactions')]);
    page.forget('a');
    await Promise.all([page.ask('a', 'vi', 'reactions'), page.ask('b', 'vi', 'reactions')]);
    expect(read.mock.calls.map(([{ story }]) => story)).toEqual(['a', 'b', 'a']);
  });
});
