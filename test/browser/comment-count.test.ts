import { page } from 'vitest/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../src/define/comment-count.js';
import { FakeApi } from './fake-api.js';

let api: FakeApi;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = new FakeApi().install();
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

function place(...stories: string[]): void {
  const list = document.createElement('ul');
  for (const story of stories) {
    const count = document.createElement('aw-comment-count');
    count.setAttribute('site', 'demo');
    count.setAttribute('story', story);
    count.append('…');
    const item = document.createElement('li');
    item.append(`Bài ${story}: `, count);
    list.append(item);
  }
  document.body.append(list);
}

test('all of a page share one request, and stand in their lines', async () => {
  api.storyCounts = { b: { comments: 1203, reactions: 0 }, a: { comments: 4, reactions: 0 } };
  place('b', 'a', 'b');
  await expect.element(page.getByText('1.203 bình luận').first()).toBeInTheDocument();
  expect(api.sent('counts').map(({ query }) => query.getAll('story'))).toEqual([['a', 'b']]);
  for (const item of document.querySelectorAll('li')) expect(item.getBoundingClientRect().height).toBeLessThan(40);
  const counts = [...document.querySelectorAll('aw-comment-count')];
  expect(counts.map(({ shadowRoot }) => shadowRoot!.querySelector('[part=count]')!.textContent)).toEqual([
    '1.203',
    '4',
    '1.203',
  ]);
});

test('what the page put inside stays where the API cannot be reached', async () => {
  api.fail(/^counts$/, 'not-found');
  place('lost');
  await expect.element(page.getByText('…')).toBeVisible();
  await expect.poll(() => document.querySelector('aw-comment-count')!.matches(':state(error)')).toBe(true);
  await expect.element(page.getByText('…')).toBeVisible();
  expect(page.getByRole('button').elements()).toHaveLength(0);
});

test('a list of fifty stories costs one request, the same for every reader; paths stay paths', async () => {
  const stories = Array.from(
    { length: 48 },
    (_, index) =>
      `https://bao.example/thoi-su/giao-thong/pho-di-bo-mo-rong-them-ba-tuyen-pho-${4_700_000 + index}.html`,
  );
  place(...stories.reverse(), '/kinh-doanh/gia-vang-1.html', '/kinh-doanh/gia-vang-2.html');
  await expect.poll(() => document.querySelectorAll('aw-comment-count:state(ready)').length).toBe(50);
  const [asked, ...others] = api.sent('counts');
  expect(others).toEqual([]);
  expect(asked!.query.getAll('story')).toEqual([
    '/kinh-doanh/gia-vang-1.html',
    '/kinh-doanh/gia-vang-2.html',
    ...stories.reverse(),
  ]);
  expect(`${asked!.query}`.length).toBeLessThan(7000);
});
