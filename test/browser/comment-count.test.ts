import { page } from 'vitest/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../src/define/comment-count.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';

let api: InMemoryApi;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

function render(...stories: string[]): void {
  const list = document.createElement('ul');
  for (const story of stories) {
    const count = document.createElement('aw-comment-count');
    count.setAttribute('site', api.site!);
    count.setAttribute('story', story);
    count.append('…');
    const item = document.createElement('li');
    item.append(`Bài ${story}: `, count);
    list.append(item);
  }
  document.body.append(list);
}

test('elements share one request and are inline', async () => {
  api.storyCounts = { b: { comments: 1203, reactions: 0 }, a: { comments: 4, reactions: 0 } };
  render('b', 'a', 'b');
  await expect.element(page.getByText('1.203 bình luận').first()).toBeInTheDocument();
  expect(api.sent('GET counts').map(({ query }) => query.getAll('story'))).toEqual([['a', 'b']]);
  for (const item of document.querySelectorAll('li')) expect(item.getBoundingClientRect().height).toBeLessThan(40);
  const counts = [...document.querySelectorAll('aw-comment-count')];
  expect(counts.map(({ shadowRoot }) => shadowRoot!.querySelector('[part=count]')!.textContent)).toEqual([
    '1.203',
    '4',
    '1.203',
  ]);
});

test('keeps the fallback content when the API cannot be reached', async () => {
  api.refuse('GET counts', 'not-found');
  render('lost');
  await expect.element(page.getByText('…')).toBeVisible();
  await expect.poll(() => document.querySelector('aw-comment-count')!.matches(':state(error)')).toBe(true);
  await expect.element(page.getByText('…')).toBeVisible();
  expect(page.getByRole('button').elements()).toHaveLength(0);
});

test('requests fifty stories at once, with sorted keys and paths unchanged', async () => {
  const stories = Array.from(
    { length: 48 },
    (_, index) =>
      `https://bao.example/thoi-su/giao-thong/pho-di-bo-mo-rong-them-ba-tuyen-pho-${4_700_000 + index}.html`,
  );
  render(...stories.reverse(), '/kinh-doanh/gia-vang-1.html', '/kinh-doanh/gia-vang-2.html');
  await expect.poll(() => document.querySelectorAll('aw-comment-count:state(ready)').length).toBe(50);
  const [asked, ...others] = api.sent('GET counts');
  expect(others).toEqual([]);
  expect(asked!.query.getAll('story')).toEqual([
    '/kinh-doanh/gia-vang-1.html',
    '/kinh-doanh/gia-vang-2.html',
    ...stories.reverse(),
  ]);
  expect(`${asked!.query}`.length).toBeLessThan(7000);
});
