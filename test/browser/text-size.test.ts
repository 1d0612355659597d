import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let stories = 0;
const title = 'Những chuyến phà cuối cùng qua sông trước ngày cây cầu mới được thông xe';

beforeEach(() => {
  document.documentElement.lang = 'vi';
  document.body.style.margin = '16px';
  localStorage.clear();
  stories++;
  api = installApi();
  api.thread.settings.question = 'Bạn nhớ gì nhất về những chuyến phà qua sông?';
  const author = { id: 'w', name: 'Nguyễn Thị Minh Khai', badges: ['staff'] };
  api.thread.addChain('a', 'b', 'c').add('d', { author, featured: true, votes: { up: 1203, down: 0 } });
  api.rails['latest'] = [
    createStory(1, { title, kicker: 'Giao thông đô thị', section: 'Thời sự' }),
    createStory(2, { title: 'Một dòng' }),
    createStory(3, { title, kind: 'sponsored', sponsor: { name: 'Công ty Vận tải Bến Sông' } }),
  ];
});

afterEach(async () => {
  await page.viewport(1280, 800);
  document.documentElement.removeAttribute('style');
  document.body.removeAttribute('style');
  document.body.replaceChildren();
  await api.restore();
});

/** How a reader changes text: the distances of WCAG 1.4.12, as a user style sheet sets them, and twice the size. */
const changes: Record<string, (widget: HTMLElement) => void> = {
  'more space': (widget) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
      p { margin-block-end: 2em !important }`);
    widget.shadowRoot!.adoptedStyleSheets.push(sheet);
  },
  'twice the size': () => (document.documentElement.style.fontSize = '32px'),
};

type Tag = 'aw-reactions' | 'aw-stories' | 'aw-newsletter' | 'aw-comments';

async function show(tag: Tag, attributes: Record<string, string>): Promise<HTMLElement> {
  const story = `https://news.example/text-${stories}`;
  const widget = putElement(tag, { site: api.site!, api: location.origin, story, ...attributes });
  await expect.poll(() => widget.matches(':state(loading)')).toBe(false);
  await expect.poll(() => widget.shadowRoot!.querySelector('.base :is(a, button, input)')).toBeTruthy();
  return widget;
}

/** Returns the elements of a widget whose text is cut, runs out of its box or out of the widget. */
function cutTexts(widget: HTMLElement): string[] {
  const { left, right } = widget.getBoundingClientRect();
  return [...widget.shadowRoot!.querySelectorAll<HTMLElement>('.base *')].flatMap((element) => {
    const hasText = [...element.childNodes].some((node) => node instanceof Text && node.data.trim());
    const placeholder = element.getAttribute('placeholder');
    if (!(hasText || placeholder) || !element.checkVisibility() || isForNoEyes(element)) return [];
    const box = blockOf(element);
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = box;
    const isOut = [...element.getClientRects()].some((rect) => rect.left < left - 1 || rect.right > right + 1);
    const isScrolled = !!element.closest('[data-layout=carousel] .items');
    const wide = scrollWidth > clientWidth + 1 || (placeholder !== null && placeholderPx(element) > clientWidth);
    const name = `${element.localName}.${element.className} "${(placeholder ?? element.textContent).trim().slice(0, 40)}"`;
    if (scrollHeight > clientHeight + 1) return [`${name}: ${scrollHeight} px high in ${clientHeight} px`];
    if (wide) return [`${name}: ${scrollWidth} px wide in ${clientWidth} px`];
    return isOut && !isScrolled ? [`${name}: out of the widget`] : [];
  });
}

/** Returns the element that is as high as a text: boxes of inline elements have no height of their own. */
function blockOf(element: HTMLElement): HTMLElement {
  return element.clientHeight ? element : blockOf(element.parentElement!);
}

/** A text for screen readers, or a field for robots. */
const isForNoEyes = (element: HTMLElement) =>
  !!element.closest('[aria-hidden=true], .visually-hidden') || getComputedStyle(element).clipPath !== 'none';

/** Returns the width of the placeholder of a one-line field with its padding. */
function placeholderPx(element: HTMLElement): number {
  if (!(element instanceof HTMLInputElement)) return 0;
  const probe = document.createElement('span');
  const { font, letterSpacing, wordSpacing, paddingInlineStart, paddingInlineEnd } = getComputedStyle(element);
  Object.assign(probe.style, { font, letterSpacing, wordSpacing, whiteSpace: 'nowrap', position: 'absolute' });
  probe.textContent = element.placeholder;
  document.body.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width + parseFloat(paddingInlineStart) + parseFloat(paddingInlineEnd);
}

describe.each(Object.entries(changes))('with %s of text', (_, change) => {
  describe.each([360, 1280])('on a page of %d px, nothing is cut', (width) => {
    beforeEach(() => page.viewport(width, 800));

    test.each<[name: string, tag: Tag, attributes: Record<string, string>]>([
      ['a poll', 'aw-reactions', {}],
      ['a poll of bars', 'aw-reactions', { variant: 'bars' }],
      ['a compact poll', 'aw-reactions', { variant: 'compact' }],
      ['a carousel', 'aw-stories', { rail: 'latest', more: '/' }],
      ['a list of stories', 'aw-stories', { rail: 'latest', layout: 'list' }],
      ['a grid of stories', 'aw-stories', { rail: 'latest', layout: 'grid' }],
      ['a signup form', 'aw-newsletter', {}],
      ['a card with a signup form', 'aw-newsletter', { variant: 'card', list: 'daily' }],
      ['a thread', 'aw-comments', { open: '' }],
    ])('in %s', async (_name, tag, attributes) => {
      const widget = await show(tag, attributes);
      change(widget);
      await expect.poll(() => cutTexts(widget), { timeout: 3000 }).toEqual([]);
    });

    test('in an open composer, a menu and a report', async () => {
      const widget = await show('aw-comments', { open: '' });
      change(widget);
      const find = (selector: string) => widget.shadowRoot!.querySelector<HTMLElement>(selector);
      find('textarea')!.focus();
      await expect.poll(() => find('.preview')).toBeTruthy();
      expect(cutTexts(widget)).toEqual([]);
      find('#c-c [data-action=menu]')!.click();
      await expect.poll(() => find('.items button')).toBeTruthy();
      expect(cutTexts(widget)).toEqual([]);
      [...widget.shadowRoot!.querySelectorAll<HTMLElement>('.items button')]
        .find(({ textContent }) => textContent.includes('Báo cáo'))!
        .click();
      await expect.poll(() => find('.report .primary')).toBeTruthy();
      expect(cutTexts(widget)).toEqual([]);
    });
  });
});
