import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/stories.js';
import { page } from 'vitest/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createComment, createStory, type InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let stories = 0;

beforeEach(async () => {
  document.documentElement.lang = 'vi';
  document.body.style.margin = '16px';
  localStorage.clear();
  stories++;
  api = installApi();
  const author = { id: 'w', name: 'Trương Quốc Bảo', badges: [] };
  api.thread.add('a', { author, featured: true }).add('b');
  await page.viewport(360, 800);
});

afterEach(async () => {
  await page.viewport(1280, 800);
  document.body.removeAttribute('style');
  document.body.replaceChildren();
  await api.restore();
});

const place = () => ({ site: api.site!, api: location.origin, story: `https://news.example/arranged-${stories}` });
const find = (widget: Element, selector: string) => widget.shadowRoot!.querySelector<HTMLElement>(selector)!;
const boxOf = (widget: Element, selector: string) => find(widget, selector).getBoundingClientRect();

test('the time is beside the name on a phone, before badges', async () => {
  const widget = putElement('aw-comments', { ...place(), open: '' });
  await expect.poll(() => find(widget, '#c-a .badge')).toBeTruthy();
  const [name, time] = [boxOf(widget, '#c-a .name'), boxOf(widget, '#c-a .time')];
  expect(time.left).toBeGreaterThan(name.right);
  expect(time.top).toBeLessThan(name.bottom);
});

test("the button for new comments covers neither the composer's line nor a name", async () => {
  const widget = putElement('aw-comments', { ...place(), open: '' });
  await expect.poll(() => api.openStreams.length).toBe(1);
  await expect.poll(() => api.openStreams[0]?.stories).toEqual([place().story]);
  api.openStreams[0]!.send({
    type: 'comment',
    comment: createComment('c'),
    total: 3,
    story: place().story,
    version: 9,
  });
  await expect.poll(() => find(widget, '.new-comments .pill')).toBeTruthy();
  const pill = boxOf(widget, '.new-comments .pill');
  expect(pill.top).toBeGreaterThan(boxOf(widget, '.line').bottom);
  expect(pill.bottom).toBeLessThanOrEqual(boxOf(widget, '#c-a .name').top);
});

test.each(['carousel', 'list', 'grid'])(
  'the time of a sponsored story keeps off the end of its band: %s',
  async (layout) => {
    api.rails['latest'] = [createStory(1, { kind: 'sponsored', sponsor: { name: 'Hãng A' } }), createStory(2)];
    const widget = putElement('aw-stories', { ...place(), rail: 'latest', layout });
    await expect.poll(() => find(widget, '.sponsored .meta')).toBeTruthy();
    const gap = boxOf(widget, '.sponsored').bottom - boxOf(widget, '.sponsored time').bottom;
    expect(gap).toBeGreaterThanOrEqual(6);
  },
);

test('a short title of a list is in the middle of its row', async () => {
  api.rails['latest'] = [createStory(1, { title: 'Một dòng' }), createStory(2)];
  const widget = putElement('aw-stories', { ...place(), rail: 'latest', layout: 'list' });
  await expect.poll(() => find(widget, '.title')).toBeTruthy();
  const [card, title, meta] = [boxOf(widget, '.card'), boxOf(widget, '.title'), boxOf(widget, '.meta')];
  expect(meta.top - title.bottom).toBeLessThan(8);
  expect(Math.abs(title.top - card.top - (card.bottom - meta.bottom))).toBeLessThan(2);
});

test('a large radius leaves the text of fields out of their corners', async () => {
  document.body.style.setProperty('--aw-radius-1', '64px');
  document.body.style.setProperty('--aw-radius-2', '200px');
  const thread = putElement('aw-comments', { ...place(), open: '' });
  await expect.poll(() => find(thread, 'textarea')).toBeTruthy();
  find(thread, 'textarea').focus();
  await expect.poll(() => find(thread, '.preview')).toBeTruthy();
  const card = putElement('aw-newsletter', { ...place(), variant: 'card' });
  await expect.poll(() => find(card, '.field')).toBeTruthy();
  for (const element of [find(thread, 'textarea'), find(card, '.signup')]) {
    const { borderStartStartRadius, paddingBlockStart, paddingInlineStart } = getComputedStyle(element);
    const radius = parseFloat(borderStartStartRadius);
    const fromTop = radius - Math.min(radius, parseFloat(paddingBlockStart));
    const curve = radius - Math.sqrt(radius ** 2 - fromTop ** 2);
    expect(curve).toBeLessThan(parseFloat(paddingInlineStart));
  }
  document.body.style.removeProperty('--aw-radius-1');
});
