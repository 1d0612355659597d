import type {} from '@vitest/browser-playwright';
import { cdp, page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import type { CommentNode } from '../../src/contract/types.js';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';
import { contrast, groundOf, painted } from './colors.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
const text = (value: string): CommentNode => ({ type: 'text', value });

beforeEach(async () => {
  await page.viewport(700, 900);
  localStorage.clear();
  document.documentElement.lang = 'vi';
  api = installApi();
  api.thread.add('a', { author: { id: 'w', name: 'Minh', badges: ['staff'] }, votes: { up: 4, down: 0 } }).add('b', {
    nodes: [
      { type: 'code-block', value: 'mã' },
      { type: 'quote', children: [text('Trích')] },
    ],
  });
  api.rails = { latest: Array.from({ length: 8 }, (_, index) => createStory(index + 1, { durationSec: 90 })) };
});
afterEach(async () => {
  await emulate({});
  document.body.replaceChildren();
  document.body.removeAttribute('style');
  await api.restore();
});

/** Emulates a medium, or features such as `prefers-contrast`. */
const emulate = ({ media = '', ...features }: Record<string, string>) =>
  cdp().send('Emulation.setEmulatedMedia', {
    media,
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  });

type Tag = 'aw-reactions' | 'aw-stories' | 'aw-comments' | 'aw-newsletter';
async function show(tag: Tag, selector: string, attributes: Record<string, string> = {}): Promise<HTMLElement> {
  const place = { site: api.site!, api: location.origin, story: `https://news.example/${api.site}` };
  const widget = putElement(tag, { ...place, ...attributes });
  await find(widget, selector);
  return widget;
}

const find = (widget: Element, selector: string) =>
  waitFor(() => {
    const found = widget.shadowRoot!.querySelector<HTMLElement>(selector);
    expect(found, selector).not.toBeNull();
    return found!;
  });
const visible = (widget: Element, selector: string) =>
  [...widget.shadowRoot!.querySelectorAll<HTMLElement>(selector)].filter((element) => element.checkVisibility());

/** Returns the pixels of an element on the screen. */
async function pixels(element: Element): Promise<Uint8ClampedArray> {
  const base64 = await page.elementLocator(element).screenshot({ save: false });
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

/** Returns the share of pixels that differ strongly. */
function difference(one: Uint8ClampedArray, other: Uint8ClampedArray): number {
  let count = 0;
  for (let index = 0; index < one.length; index += 4) {
    if (Math.abs(one[index]! - other[index]!) + Math.abs(one[index + 1]! - other[index + 1]!) > 90) count++;
  }
  return count / (one.length / 4);
}

/** Returns the share of pixels that differ strongly from the most frequent colour. */
async function drawnShare(element: Element): Promise<number> {
  const data = await pixels(element);
  const counts = new Map<string, number>();
  for (let index = 0; index < data.length; index += 4) {
    const key = data.slice(index, index + 4).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [[ground] = ['']] = [...counts].sort(([, one], [, other]) => other - one);
  const plain = data.map((_, index) => Number(ground.split(' ')[index % 4]));
  return difference(plain, data);
}

describe('in forced colours', () => {
  beforeEach(() => emulate({ 'forced-colors': 'active' }));

  test.each(['buttons', 'bars'])('a pressed choice differs from others, and its share shows: %s', async (variant) => {
    const widget = await show('aw-reactions', 'button.choice', { variant });
    const choice = await find(widget, 'button.choice');
    const before = await pixels(choice);
    await userEvent.click(choice);
    await find(widget, '[aria-pressed=true] .bar');
    await userEvent.unhover(choice);
    expect(difference(before, await pixels(choice))).toBeGreaterThan(0.3);
    for (const bar of visible(widget, '.bar')) {
      const { backgroundColor: fill } = getComputedStyle(bar, '::before');
      expect(contrast(fill, getComputedStyle(bar).backgroundColor)).toBeGreaterThanOrEqual(3);
      expect(await drawnShare(bar)).toBeGreaterThan(0);
    }
  });

  test('the focus ring shows on a choice that is pressed', async () => {
    const widget = await show('aw-reactions', 'button.choice');
    const choice = await find(widget, 'button.choice');
    choice.focus();
    await userEvent.keyboard('{Enter}');
    await find(widget, '[aria-pressed=true]');
    const ring = getComputedStyle(choice);
    expect([ring.outlineStyle, ring.outlineWidth]).toEqual(['solid', '2px']);
    expect(painted(ring.outlineColor)).not.toEqual(painted(ring.backgroundColor));
    expect(contrast(ring.outlineColor, groundOf(document.body))).toBeGreaterThanOrEqual(3);
  });

  test('the button that opens the choices shows what is held', async () => {
    const widget = await show('aw-reactions', '.trigger', { variant: 'compact' });
    const trigger = await find(widget, '.trigger');
    expect(getComputedStyle(trigger).forcedColorAdjust).toBe('auto');
    await userEvent.click(trigger);
    await userEvent.click(await find(widget, '[data-placed] .choice'));
    await find(widget, '.trigger.held');
    const { backgroundColor, color } = getComputedStyle(trigger);
    expect(contrast(backgroundColor, groundOf(document.body))).toBeGreaterThanOrEqual(3);
    expect(contrast(backgroundColor, color)).toBeGreaterThanOrEqual(4.5);
  });

  test('a liked comment, code, avatars and badges are told from text', async () => {
    const widget = await show('aw-comments', 'pre', { open: '' });
    const like = await find(widget, '.vote');
    // The styles for these colours load with the code for reading on.
    await waitFor(() => expect(getComputedStyle(visible(widget, 'pre')[0]!).outlineStyle).toBe('solid'));
    await userEvent.click(like);
    await find(widget, '.vote[aria-pressed=true]');
    const { backgroundColor, color } = getComputedStyle(like);
    expect(contrast(backgroundColor, groundOf(document.body))).toBeGreaterThanOrEqual(3);
    expect(contrast(backgroundColor, color)).toBeGreaterThanOrEqual(4.5);
    expect(getComputedStyle(visible(widget, '.badge')[0]!).outlineStyle).toBe('solid');
    expect(getComputedStyle(visible(widget, 'article')[0]!, '::before').outlineStyle).toBe('solid');
  });

  test('the rule above a rail, and the buttons that turn it, show', async () => {
    const widget = await show('aw-stories', '.turn', { rail: 'latest' });
    expect(getComputedStyle(visible(widget, '.head')[0]!).borderTopWidth).toBe('3px');
    for (const turn of visible(widget, '.turn')) expect(await drawnShare(turn)).toBeGreaterThan(0.05);
  });

  test('the field and the buttons of the newsletter have an edge', async () => {
    const widget = await show('aw-newsletter', '.field');
    for (const element of visible(widget, '.field, .button'))
      expect(contrast(getComputedStyle(element).borderTopColor, groundOf(document.body))).toBeGreaterThanOrEqual(3);
  });
});

test('more contrast makes secondary text as strong as the text, and lines stronger', async () => {
  document.body.style.cssText = 'color: #333; background: #fff';
  const widget = await show('aw-stories', '.meta', { rail: 'latest', layout: 'list' });
  const lineContrast = () => {
    const { borderTopColor } = getComputedStyle(visible(widget, '.item')[1]!);
    return contrast(`rgb(${painted('#fff', borderTopColor).join(' ')})`, '#fff');
  };
  expect(lineContrast()).toBeLessThan(2);
  await emulate({ 'prefers-contrast': 'more' });
  expect(painted(getComputedStyle(visible(widget, '.meta')[0]!).color)).toEqual([0x33, 0x33, 0x33]);
  expect(lineContrast()).toBeGreaterThanOrEqual(3);
});

test('reduced motion leaves no animation, after acts either', async () => {
  await emulate({ 'prefers-reduced-motion': 'reduce' });
  const widget = await show('aw-reactions', 'button.choice');
  const compact = await show('aw-reactions', '.trigger', { variant: 'compact' });
  const rail = await show('aw-stories', '.turn', { rail: 'latest' });
  const running = () => [
    ...document.getAnimations(),
    ...[widget, compact, rail].flatMap(({ shadowRoot }) => shadowRoot!.getAnimations()),
  ];
  await userEvent.click(await find(widget, 'button.choice'));
  await find(widget, '[aria-pressed=true] .bar');
  expect(running()).toEqual([]);
  await userEvent.click(await find(compact, '.trigger'));
  await find(compact, '[data-placed]');
  expect(running()).toEqual([]);
  await userEvent.click(await find(rail, '.next'));
  expect(running()).toEqual([]);
});

describe('in print', () => {
  const print = () => emulate({ media: 'print' });
  const controls = 'button, input, textarea, select';

  test('a carousel shows all its cards', async () => {
    const widget = await show('aw-stories', '.turn', { rail: 'latest' });
    expect(visible(widget, '.turn')).toHaveLength(2);
    await print();
    const [duration] = visible(widget, '.duration');
    expect(painted(getComputedStyle(duration!).backgroundColor)).toEqual([255, 255, 255]);
    const { right } = widget.getBoundingClientRect();
    const cards = visible(widget, '.item');
    expect(cards).toHaveLength(8);
    for (const card of cards) expect(card.getBoundingClientRect().right).toBeLessThanOrEqual(right + 5);
    expect(getComputedStyle(visible(widget, '.items')[0]!).overflowX).toBe('visible');
    expect(visible(widget, controls)).toEqual([]);
  });

  test.each(['article', '.all'])('comments show without controls, also those behind a button: %s', async (shown) => {
    for (let index = 0; index < 60; index++) api.thread.add(`more-${index}`);
    // Below the thread, text would shift where it opens by itself.
    const after = document.createElement('p');
    after.textContent = 'Chân trang';
    const attributes: Record<string, string> = shown === 'article' ? { open: '' } : {};
    const shows = show('aw-comments', shown, { 'page-size': '70', ...attributes });
    document.body.append(after);
    const widget = await shows;
    const { adoptedStyleSheets } = widget.shadowRoot!;
    const atFirst = adoptedStyleSheets.length;
    await waitFor(() => expect(adoptedStyleSheets.length).toBeGreaterThan(atFirst));
    await print();
    await waitFor(() => expect(visible(widget, 'article')).toHaveLength(62));
    expect(visible(widget, controls)).toEqual([]);
    expect(getComputedStyle(visible(widget, '.chunk')[0]!).contentVisibility).toBe('visible');
    if (shown === 'article') return;
    await emulate({});
    await waitFor(() => expect(visible(widget, '.all')).toHaveLength(1));
  });

  test('text is black, and nothing is behind it, on a dark page', async () => {
    document.body.style.cssText = 'color: #eee; background: #111';
    const widgets = [
      await show('aw-reactions', '.summary'),
      await show('aw-stories', '.meta', { rail: 'latest' }),
      await show('aw-comments', 'article', { open: '' }),
    ];
    await print();
    for (const element of widgets.flatMap((widget) => visible(widget, '.base, .base *'))) {
      const { color, backgroundColor } = getComputedStyle(element);
      expect(painted(color)).toEqual([0, 0, 0]);
      expect(painted('#fff', backgroundColor)).toEqual([255, 255, 255]);
    }
  });

  test('no form is left of a newsletter, and of a poll its question and its outcome', async () => {
    const newsletter = await show('aw-newsletter', '.field');
    const reactions = await show('aw-reactions', 'button.choice');
    await print();
    expect(newsletter.checkVisibility()).toBe(false);
    expect(visible(reactions, controls)).toEqual([]);
    const [, summary] = visible(reactions, '.question, .summary');
    // Nothing is left of the space for the choices.
    const { bottom } = summary!.getBoundingClientRect();
    expect(reactions.getBoundingClientRect().bottom - bottom).toBeLessThan(20);
  });
});
