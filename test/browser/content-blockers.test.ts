import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InMemoryApi } from '../../src/testing/index.js';
import { createStory } from '../../src/testing/fixtures.js';
import { waitFor } from '../setup/wait-for.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let stories = 0;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
  api.thread.add('a', { text: 'Lời đầu tiên' });
  api.rails.latest = [createStory(1, { title: 'Bài mới nhất' })];
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

/** Puts the four widgets on a story of their own. */
async function showAll(): Promise<void> {
  await Promise.all([
    import('../../src/define/comments.js'),
    import('../../src/define/newsletter.js'),
    import('../../src/define/reactions.js'),
    import('../../src/define/stories.js'),
  ]);
  const common = { site: api.site!, story: `blocked-${++stories}` };
  putElement('aw-reactions', common, 'Bạn thấy sao?');
  putElement('aw-stories', { ...common, rail: 'latest' }, 'Tin mới');
  putElement('aw-newsletter', common, 'Đăng ký bản tin');
  putElement('aw-comments', { ...common, open: '' }, 'Thư bạn đọc');
}

describe('a content blocker', () => {
  test('that refuses the joint request and one other leaves the other widgets', async () => {
    api.disconnect(/ (page|newsletters)$/);
    await showAll();
    await expect.element(page.getByRole('button', { name: /^Rất hay/ })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Bài mới nhất' })).toBeVisible();
    await expect.element(page.getByText('Lời đầu tiên')).toBeVisible();
    await expect.element(page.getByText('Đăng ký bản tin')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Thử lại' })).toBeVisible();
    const single = ['GET comments', 'GET newsletters', 'GET reactions', 'GET stories/latest'];
    expect(single.map((route) => api.sent(route).length)).toEqual([1, 1, 1, 1]);
  });

  test('that refuses everything leads to one more request for each part', async () => {
    api.disconnect(/^/);
    await showAll();
    await expect.poll(() => page.getByRole('button', { name: 'Thử lại' }).elements()).toHaveLength(4);
    for (const fallback of ['Bạn thấy sao?', 'Tin mới', 'Đăng ký bản tin', 'Thư bạn đọc'])
      await expect.element(page.getByText(fallback)).toBeVisible();
    expect(api.requests.length).toBeLessThanOrEqual(7);
  });
});

test('an API that answers nonsense is asked by the joint request only', async () => {
  api.on('GET page', () => new Response('<html>', { status: 502 }));
  await showAll();
  await waitFor(() => expect(page.getByRole('button', { name: 'Thử lại' }).elements()).toHaveLength(4));
  expect(new Set(api.requests.map(({ route }) => route))).toEqual(new Set(['GET page']));
});
