import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let stories = 0;

beforeEach(() => {
  document.documentElement.lang = 'en';
  document.documentElement.dir = 'ltr';
  document.body.style.margin = '16px';
  localStorage.clear();
  stories++;
  api = installApi();
  localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
  const { id, name, badges } = api.me.reader;
  api.thread.addChain('a', 'b', 'c').add('own', { author: { id, name, badges }, createdAt: new Date().toISOString() });
  api.me.own.push(api.thread.get('own')!);
});

afterEach(async () => {
  await page.viewport(1280, 800);
  document.documentElement.dir = 'ltr';
  document.body.removeAttribute('style');
  document.body.replaceChildren();
  await api.restore();
});

type Tag = 'aw-reactions' | 'aw-stories' | 'aw-newsletter' | 'aw-comments';

async function show(tag: Tag, attributes: Record<string, string> = {}): Promise<HTMLElement> {
  const story = `https://news.example/rings-${stories}`;
  const widget = putElement(tag, { site: api.site!, api: location.origin, story, ...attributes });
  await expect.poll(() => widget.matches(':state(loading)')).toBe(false);
  await expect.poll(() => focusables(widget).length).toBeGreaterThan(0);
  // The focus is visible after a key only.
  await userEvent.keyboard('{Shift}');
  return widget;
}

const focusables = (widget: Element) =>
  [...widget.shadowRoot!.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select, [tabindex]')].filter(
    (element) => element.checkVisibility() && !element.closest('[aria-hidden=true]'),
  );

/** Returns the outer edges of the ring of the focused element: its outline, or that of the box that stands for it. */
function ringOf(element: HTMLElement): { box: DOMRect; outerPx: number; innerPx: number } | undefined {
  const after = getComputedStyle(element, '::after');
  const isOnAfter = after.outlineStyle === 'solid';
  const style = isOnAfter ? after : getComputedStyle(element);
  if (style.outlineStyle !== 'solid') return undefined;
  const box = (isOnAfter ? element.closest('article')! : element).getBoundingClientRect();
  const innerPx = parseFloat(style.outlineOffset);
  return { box, innerPx, outerPx: innerPx + parseFloat(style.outlineWidth) };
}

/** Returns by how many pixels the ancestors of the focused element cut its ring, on the side where it is most. */
function cutPxOf(element: HTMLElement): number {
  const ring = ringOf(element);
  if (!ring) return 0;
  const { box, outerPx } = ring;
  let cut = 0;
  for (
    let node: Node | null = element.parentNode;
    node;
    node = node instanceof ShadowRoot ? node.host : node.parentNode
  ) {
    if (!(node instanceof HTMLElement) || node === document.body || node === document.documentElement) continue;
    const { contentVisibility, overflowX } = getComputedStyle(node);
    if (contentVisibility !== 'auto' && overflowX === 'visible') continue;
    const clip = node.getBoundingClientRect();
    cut = Math.max(
      cut,
      clip.left - (box.left - outerPx),
      clip.top - (box.top - outerPx),
      box.right + outerPx - clip.right,
      box.bottom + outerPx - clip.bottom,
    );
  }
  return Math.round(cut * 10) / 10;
}

/** Focuses every element of a widget in turn, and returns those whose ring is cut. */
function cutRings(widget: HTMLElement): string[] {
  return focusables(widget).flatMap((element) => {
    element.focus();
    if (!element.matches(':focus-visible')) return [];
    const cutPx = cutPxOf(element);
    return cutPx > 0.5 ? [`${element.localName}.${element.className} ${element.textContent.trim()}: ${cutPx} px`] : [];
  });
}

const find = (widget: Element, selector: string) => widget.shadowRoot!.querySelector<HTMLElement>(selector);

describe.each(['ltr', 'rtl'])('on a page from %s', (dir) => {
  describe.each([360, 1280])('of %d px, no ring is cut', (width) => {
    beforeEach(async () => {
      await page.viewport(width, 800);
      document.documentElement.dir = dir;
    });

    test.each<[name: string, tag: Tag, attributes: Record<string, string>]>([
      ['a poll', 'aw-reactions', {}],
      ['a poll of bars', 'aw-reactions', { variant: 'bars' }],
      ['a compact poll', 'aw-reactions', { variant: 'compact' }],
      ['a carousel', 'aw-stories', {}],
      ['a list of stories', 'aw-stories', { layout: 'list' }],
      ['a grid of stories', 'aw-stories', { layout: 'grid' }],
      ['a signup form', 'aw-newsletter', {}],
      ['a card with a signup form', 'aw-newsletter', { variant: 'card' }],
      ['a thread', 'aw-comments', { open: '' }],
    ])('in %s', async (_, tag, attributes) => {
      expect(cutRings(await show(tag, attributes))).toEqual([]);
    });

    test('in a reply, an edit, a menu and a report', async () => {
      const widget = await show('aw-comments', { open: '' });
      find(widget, '#c-b [data-action=reply]')!.click();
      await expect.poll(() => find(widget, '[data-key=b] .primary')).toBeTruthy();
      expect(cutRings(widget)).toEqual([]);
      await expect.poll(() => find(widget, '#c-own [data-action=edit]')).toBeTruthy();
      find(widget, '#c-own [data-action=edit]')!.click();
      await expect.poll(() => find(widget, '[data-key="edit:own"] .primary')).toBeTruthy();
      expect(cutRings(widget)).toEqual([]);
      find(widget, '#c-c [data-action=menu]')!.click();
      await expect.poll(() => find(widget, '#c-c .items button')).toBeTruthy();
      expect(cutRings(widget)).toEqual([]);
      [...widget.shadowRoot!.querySelectorAll<HTMLElement>('.items button')]
        .find(({ textContent }) => textContent.includes('Report'))!
        .click();
      await expect.poll(() => find(widget, '.report .primary')).toBeTruthy();
      expect(cutRings(widget)).toEqual([]);
    });

    test('and that of a comment leaves its picture whole', async () => {
      const widget = await show('aw-comments', { open: '' });
      for (const article of widget.shadowRoot!.querySelectorAll('article')) {
        article.focus();
        const { box, innerPx } = ringOf(article)!;
        const { insetInlineStart, top, width: size } = getComputedStyle(article, '::before');
        const toEdgePx = Math.min(parseFloat(insetInlineStart), parseFloat(top));
        expect(parseFloat(size)).toBeGreaterThanOrEqual(24);
        expect(box.width).toBeGreaterThan(0);
        expect(toEdgePx + innerPx).toBeGreaterThanOrEqual(1);
      }
    });
  });
});
