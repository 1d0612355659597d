import { page, userEvent } from 'vitest/browser';
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

beforeEach(async () => {
  await page.viewport(700, 900);
  localStorage.clear();
  document.documentElement.lang = 'vi';
  document.documentElement.dir = 'rtl';
  api = installApi();
  api.thread.add('a', { text: 'Hay quá!' });
  api.rails = {
    latest: Array.from({ length: 8 }, (_, index) => createStory(index + 1, { title: `Ai đó hỏi gì ${index}?` })),
    videos: [createStory(20, { kind: 'video', durationSec: 90 })],
  };
});
afterEach(async () => {
  document.documentElement.removeAttribute('dir');
  document.body.replaceChildren();
  await api.restore();
});

type Tag = 'aw-reactions' | 'aw-stories' | 'aw-comments' | 'aw-newsletter';
async function show(tag: Tag, selector: string, attributes: Record<string, string> = {}): Promise<ShadowRoot> {
  const place = { site: api.site!, api: location.origin, story: `https://news.example/${api.site}` };
  const { shadowRoot } = putElement(tag, { ...place, ...attributes });
  await find(shadowRoot!, selector);
  return shadowRoot!;
}

const find = (root: ShadowRoot, selector: string) =>
  waitFor(() => {
    const found = root.querySelector<HTMLElement>(selector);
    expect(found, selector).not.toBeNull();
    return found!;
  });
const boxOf = (root: ShadowRoot, selector: string) => root.querySelector(selector)!.getBoundingClientRect();

/** Returns the texts that end with a punctuation mark, which is not at their right. */
function misplacedMarks(root: ShadowRoot): string[] {
  const misplaced: string[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const end = node.data.trimEnd().length;
    if (!/[.?!…]$/.test(node.data.trimEnd()) || !node.parentElement?.checkVisibility()) continue;
    const [mark, before] = [end - 1, end - 2].map((offset) => {
      const range = document.createRange();
      range.setStart(node, offset);
      range.setEnd(node, offset + 1);
      return range.getBoundingClientRect();
    });
    if (mark!.top === before!.top && mark!.left < before!.left) misplaced.push(node.data.trim());
  }
  return misplaced;
}

test('on a right-to-left page, punctuation stays at the end of left-to-right text', async () => {
  const reactions = await show('aw-reactions', '.choice');
  const newsletter = await show('aw-newsletter', '.field');
  const roots = [
    reactions,
    newsletter,
    await show('aw-stories', '.turn', { rail: 'latest' }),
    await show('aw-comments', 'article', { open: '' }),
  ];
  await userEvent.click(await find(reactions, 'button.choice'));
  await find(reactions, '[aria-pressed=true] .bar');
  await userEvent.click(await find(newsletter, '[part=submit]'));
  await find(newsletter, '.failure');
  expect(roots.flatMap(misplacedMarks)).toEqual([]);
});

test('on a right-to-left page, a comment begins at the right with its name, and a share ends a line at the left', async () => {
  const comments = await show('aw-comments', 'article', { open: '' });
  expect(boxOf(comments, '.name').left).toBeGreaterThan(boxOf(comments, '.time').right);
  const reactions = await show('aw-reactions', 'button.choice', { variant: 'bars' });
  const count = await find(reactions, '.count');
  const range = document.createRange();
  range.selectNodeContents(count);
  expect(range.getBoundingClientRect().left - boxOf(reactions, 'button.choice').left).toBeLessThan(20);
});

test('on a right-to-left page, bars grow from the right', async () => {
  const root = await show('aw-reactions', 'button.choice', { variant: 'bars' });
  await userEvent.click(await find(root, 'button.choice'));
  const bar = await find(root, '[aria-pressed=true] .bar');
  const { transform } = getComputedStyle(bar, '::before');
  await waitFor(() => expect(root.getAnimations()).toEqual([]));
  expect(new DOMMatrix(transform).e).toBeGreaterThanOrEqual(0);
  expect(new DOMMatrix(getComputedStyle(bar, '::before').transform).e).toBeGreaterThan(0);
});

test('on a right-to-left page, the carousel turns to the left, by the button at the left', async () => {
  const root = await show('aw-stories', '.next', { rail: 'latest' });
  expect(boxOf(root, '.next').left).toBeLessThan(boxOf(root, '.previous').left);
  // The drawing points to the right.
  expect(getComputedStyle(root.querySelector('.next svg')!).rotate).toBe('180deg');
  expect(getComputedStyle(root.querySelector('.previous svg')!).rotate).toBe('none');
  await userEvent.click(root.querySelector('.next')!);
  await waitFor(() => expect(root.querySelector('ul')!.scrollLeft).toBeLessThan(-100));
});

test('on a right-to-left page, the duration of a video is at the right of its picture', async () => {
  const root = await show('aw-stories', '.duration', { rail: 'videos' });
  const [picture, duration] = [boxOf(root, '.picture'), boxOf(root, '.duration')];
  expect(picture.right - duration.right).toBe(8);
});

test('on a right-to-left page, the digits of a code are above their lines', async () => {
  const root = await show('aw-newsletter', '.field', { list: 'daily' });
  await userEvent.fill(await find(root, '[type=email]'), 'lan@example.com');
  await userEvent.click(await find(root, '[type=checkbox]'));
  await userEvent.click(await find(root, '[part=submit]'));
  expect(getComputedStyle(await find(root, '.code')).direction).toBe('ltr');
});
