import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../src/define/comment-count.js';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { parseTemplate } from '../../src/loader/parse-template.js';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
beforeEach(() => {
  document.documentElement.lang = 'vi';
  localStorage.clear();
  api = installApi();
  api.thread.add('a', { text: 'Lời đầu tiên' });
  api.rails.latest = [createStory(1), createStory(2)];
});
afterEach(async () => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
  await api.restore();
});

/** Attributes with a binding have any name of their own. */
const withoutBoundNames = (html: string) => html.replace(/\s\S+_lit_=/g, ' _lit_=');

test('parses the templates of all widgets as the browser does', async () => {
  const sources = new Set<string>();
  vi.spyOn(HTMLTemplateElement.prototype, 'innerHTML', 'set').mockImplementation(function (this: Element, source) {
    sources.add(String(source).replaceAll('$lit$', '_lit_'));
    this.setHTMLUnsafe(source);
  });
  for (const [tag, attributes] of [
    ['aw-reactions', {}],
    ['aw-reactions', { variant: 'compact' }],
    ['aw-stories', { rail: 'latest' }],
    ['aw-newsletter', {}],
    ['aw-comments', { open: '' }],
  ] as const)
    putElement(tag, { site: api.site!, ...attributes });
  await page.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Một lời');
  await userEvent.click(page.getByRole('button', { name: 'Gửi', exact: true }));
  await expect.element(page.getByRole('article').filter({ hasText: 'Một lời' })).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: /^Rất hay/ }).first());
  await expect.element(page.getByRole('link', { name: createStory(1).title })).toBeVisible();
  expect(sources.size).toBeGreaterThan(40);
  for (const source of sources) {
    const expected = document.createElement('template');
    expected.setHTMLUnsafe(source);
    expect(withoutBoundNames(parseTemplate(source).innerHTML)).toBe(withoutBoundNames(expected.innerHTML));
    const namespaces = (template: HTMLTemplateElement) =>
      [...template.content.querySelectorAll('*')].map(({ namespaceURI }) => namespaceURI);
    expect(namespaces(parseTemplate(source))).toEqual(namespaces(expected));
  }
});
