import { page } from 'vitest/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
const root = document.documentElement;

beforeEach(() => {
  localStorage.clear();
  api = installApi();
  api.thread.settings.question = 'Bạn nghĩ sao?';
  api.thread.add('a');
  api.rails = { latest: [createStory(1), createStory(2)] };
});
afterEach(async () => {
  root.lang = 'vi';
  document.body.replaceChildren();
  await api.restore();
});

/** Shows every widget on a page in a language, and returns their shadow roots. */
async function show(lang: string): Promise<Record<'reactions' | 'stories' | 'newsletter' | 'comments', ShadowRoot>> {
  root.lang = lang;
  const place = { site: api.site!, api: location.origin, story: `https://news.example/${api.site}` };
  const put = (tag: 'aw-reactions' | 'aw-stories' | 'aw-newsletter' | 'aw-comments', attributes = {}) =>
    putElement(tag, { ...place, ...attributes }).shadowRoot!;
  const shown = {
    reactions: put('aw-reactions'),
    stories: put('aw-stories', { rail: 'latest' }),
    newsletter: put('aw-newsletter'),
    comments: put('aw-comments', { open: '' }),
  };
  for (const shadow of Object.values(shown))
    await waitFor(() => expect(shadow.querySelector('section')).not.toBeNull());
  return shown;
}

/** Returns the language of an element, as assistive technology finds it. */
function langOf(shadow: ShadowRoot, selector: string): string {
  return shadow.querySelector(selector)!.closest('[lang]')?.getAttribute('lang') ?? root.lang;
}

test('in the language of the page, nothing is marked', async () => {
  const shown = await show('vi');
  for (const shadow of Object.values(shown)) expect(shadow.querySelector('[lang]')).toBeNull();
});

test('without a catalogue of the page, words and texts are in the language of the site, and say so', async () => {
  const shown = await show('fr');
  await expect.element(page.getByRole('heading', { name: 'Cảm nhận của bạn về bài viết này' })).toBeVisible();
  await expect.element(page.getByText('1.753 bạn đọc đã tham gia.').first()).toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'Tin mới' })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Đăng ký' })).toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'Bình luận (1)' })).toBeVisible();
  for (const shadow of Object.values(shown)) expect(langOf(shadow, 'section')).toBe('vi');
  for (const { query } of api.sent('GET page')) expect(query.get('lang')).toBeNull();
});

test('a site without a catalogue of its language has English words beside texts in its own', async () => {
  const original = api.fetch.bind(api);
  api.fetch = async (request) => {
    const response = await original(request);
    if (!new URL(request.url).pathname.endsWith('/page')) return response;
    return Response.json({ ...((await response.json()) as object), lang: 'de' });
  };
  const { reactions, stories, newsletter, comments } = await show('de');
  await expect.element(page.getByRole('button', { name: 'Subscribe' })).toBeVisible();
  for (const shadow of [reactions, stories, newsletter, comments]) expect(langOf(shadow, 'section')).toBe('en');
  expect(langOf(reactions, '.question span')).toBe('de');
  expect(langOf(reactions, '.choice')).toBe('de');
  expect(langOf(stories, '.title a')).toBe('de');
  expect(langOf(newsletter, '.heading span')).toBe('de');
  expect(langOf(comments, '.question bdi')).toBe('de');
  // Comments may be in any language.
  expect(langOf(comments, '.text')).toBe('');
  // A sentence is in one language.
  reactions.querySelector<HTMLElement>('.choice')!.click();
  await waitFor(() => expect(reactions.querySelector('.choice[aria-pressed=true] .bar')).not.toBeNull());
  expect(reactions.querySelector('.summary')!.textContent).not.toContain(
    reactions.querySelector('.label')!.textContent.trim(),
  );
});

test('a story in another language than the page is marked', async () => {
  api.rails = { latest: [createStory(1, { lang: 'vi' }), createStory(2, { section: 'Life', kicker: 'Life' })] };
  const { stories } = await show('en');
  expect([...stories.querySelectorAll('.title a')].map((link) => link.getAttribute('lang'))).toEqual(['vi', null]);
  expect(langOf(stories, '.kicker span')).toBe('vi');
});

test('the words follow the page when its language changes to one without a catalogue, and back', async () => {
  const { reactions } = await show('en');
  await expect.element(page.getByText(/readers have taken part|readers took part|taken part/).first()).toBeVisible();
  root.lang = 'fr';
  await waitFor(() => expect(langOf(reactions, 'section')).toBe('vi'));
  await expect.element(page.getByText('1.753 bạn đọc đã tham gia.').first()).toBeVisible();
  root.lang = 'en';
  await waitFor(() => expect(reactions.querySelector('[lang]')).toBeNull());
});
