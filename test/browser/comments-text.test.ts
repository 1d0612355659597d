import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Comment, CommentNode } from '../../src/contract/types.js';
import '../../src/define/comments.js';
import '../../src/loader/cloak.css';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let pages = 0;
const text = (value: string): CommentNode => ({ type: 'text', value });
const paragraph = (value: string): CommentNode => ({ type: 'paragraph', children: [text(value)] });
const item = (value: string): CommentNode => ({ type: 'item', children: [paragraph(value)] });

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  pages++;
  api = installApi();
  api.me.reader.name = 'Lan';
});

afterEach(async () => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute('dir');
  await api.restore();
});

async function show(): Promise<Element> {
  const place = { site: api.site!, api: location.origin, story: `https://news.example/text-${pages}` };
  const widget = putElement('aw-comments', { ...place, open: '' });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull());
  return widget;
}

async function showNodes(...nodes: CommentNode[]): Promise<HTMLElement> {
  api.thread.add('a', { nodes });
  const widget = await show();
  return widget.shadowRoot!.querySelector<HTMLElement>('[part=text]')!;
}

/** Returns the side of an element at which a line of text starts. */
function startSideOf(element: Element, substring: string): 'left' | 'right' {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const at = node.data.indexOf(substring);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + substring.length);
    const line = range.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return line.left - box.left < box.right - line.right ? 'left' : 'right';
  }
  throw new Error(`No text ${substring}`);
}

describe('the text of a comment', () => {
  it.each(['ltr', 'rtl'])('takes the direction of each paragraph on a page that is %s', async (dir) => {
    document.documentElement.dir = dir;
    const shown = await showNodes(
      paragraph('Hello.'),
      paragraph('شكرا (thanks).'),
      { type: 'quote', children: [paragraph('שלום.'), paragraph('Peace.')] },
      { type: 'list', ordered: false, children: [item('مرحبا'), item('Chào')] },
    );
    const sides = ['Hello.', 'شكرا (thanks).', 'שלום.', 'Peace.', 'مرحبا', 'Chào'].map((line) =>
      startSideOf(shown, line),
    );
    expect(sides).toEqual(['left', 'right', 'right', 'left', 'right', 'left']);
    // The line of a quote and the marks of a list are on the side of their text.
    const quote = getComputedStyle(shown.querySelector('blockquote')!);
    expect([quote.borderRightWidth, quote.borderLeftWidth]).toEqual(['2px', '0px']);
    expect(getComputedStyle(shown.querySelector('ul')!).direction).toBe('rtl');
  });

  it('takes the direction of each line of its only paragraph', async () => {
    const shown = await showNodes({
      type: 'paragraph',
      children: [text('Hello.'), { type: 'break' }, text('شكرا (thanks).')],
    });
    expect([startSideOf(shown, 'Hello.'), startSideOf(shown, 'شكرا')]).toEqual(['left', 'right']);
  });

  it('shows the numbers of a list, however long', async () => {
    const shown = await showNodes(
      { type: 'list', ordered: true, start: 2, children: [item('hai'), item('ba')] },
      { type: 'list', ordered: true, children: [item('một')] },
      { type: 'list', ordered: true, start: 1986, children: [item('Một năm đẹp')] },
    );
    const lists = [...shown.querySelectorAll('ol')];
    expect(lists.map(({ start }) => start)).toEqual([2, 1, 1986]);
    const paddings = lists.map((list) => parseFloat(getComputedStyle(list).paddingInlineStart));
    expect(paddings[2]).toBeGreaterThan(2 * paddings[0]!);
  });
});

describe('the time of a comment', () => {
  afterEach(() => vi.useRealTimers());

  it('goes on, in comments near the viewport and in those scrolled to, and moves nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true });
    const count = 60;
    for (let index = 0; index < count; index++) api.thread.add(`${index}`, { createdAt: new Date().toISOString() });
    const widget = await show();
    const time = (id: number) => widget.shadowRoot!.getElementById(`t-${id}`);
    await userEvent.click(page.getByRole('button', { name: 'Xem thêm bình luận' }));
    await waitFor(() => expect(time(39)).not.toBeNull());
    time(0)!.scrollIntoView({ block: 'center' });
    await waitFor(() => expect(time(0)!.textContent).toBe('vừa xong'));
    const heights = [...widget.shadowRoot!.querySelectorAll('article')].map(({ offsetHeight }) => offsetHeight);
    vi.advanceTimersByTime(3_600_000);
    await waitFor(() => expect(time(0)!.textContent).toBe('1 giờ trước'));
    time(39)!.scrollIntoView({ block: 'center' });
    await waitFor(() => expect(time(39)!.textContent).toBe('1 giờ trước'));
    expect([...widget.shadowRoot!.querySelectorAll('article')].map(({ offsetHeight }) => offsetHeight)).toEqual(
      heights,
    );
  });
});

describe('what a reader types', () => {
  const field = (name = 'Bình luận của bạn') => page.getByRole('textbox', { name });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const writer = (id: string, name: string): Partial<Comment> => ({ author: { id, name, badges: [] } });

  it('takes its own direction in every field', async () => {
    api.me.reader.name = '';
    api.thread.add('a');
    await show();
    const sideOf = (element: Element) => getComputedStyle(element).direction;
    await userEvent.fill(field(), 'شكرا');
    await expect.element(page.getByRole('textbox', { name: /^Tên hiển thị/ })).toBeVisible();
    await userEvent.fill(page.getByRole('textbox', { name: /^Tên hiển thị/ }), 'فاطمة');
    const fields = [field(), page.getByRole('textbox', { name: /^Tên hiển thị/ })].map((each) => each.element());
    expect(fields.map(sideOf)).toEqual(['rtl', 'rtl']);
    await userEvent.fill(field(), 'Cảm ơn');
    expect(sideOf(field().element())).toBe('ltr');
    await page.getByRole('button', { name: 'Trả lời Người a' }).click();
    await userEvent.fill(field('Trả lời Người a'), 'שלום');
    expect(sideOf(field('Trả lời Người a').element())).toBe('rtl');
  });

  it('mentions a reader in any Unicode normalization', async () => {
    api.thread.add('a', writer('thao', 'Đỗ Thảo')).add('b', writer('binh', 'Bình'.normalize('NFD')));
    await show();
    await userEvent.fill(field(), `Chào ${'@Đỗ Thảo'.normalize('NFD')} và @Bình`);
    await button('Gửi').click();
    await waitFor(() => expect(api.sent('POST comments')).toHaveLength(1));
    expect(api.sent('POST comments')[0]!.body['mentions']).toEqual(['thao', 'binh']);
  });

  it('keeps its mentions when it is edited, also of writers who are not on the page', async () => {
    const nodes: CommentNode[] = [
      { type: 'paragraph', children: [text('Chào '), { type: 'mention', id: 'minh', name: 'Minh' }, text(' nhé')] },
    ];
    const { id, name, badges } = api.me.reader;
    api.thread.add('a', writer('thao', 'Đỗ Thảo'));
    api.thread.add('mine', {
      author: { id, name, badges },
      text: 'Chào @Minh nhé',
      nodes,
      createdAt: new Date().toISOString(),
    });
    localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
    api.me.own.push(api.thread.get('mine')!);
    await show();
    await button('Sửa').click();
    await userEvent.fill(page.getByRole('article').getByRole('textbox'), 'Chào @Minh và @Đỗ Thảo');
    await button('Xem trước').click();
    await waitFor(() => expect(api.sent('POST comments/preview').at(-1)?.body['mentions']).toEqual(['minh', 'thao']));
    await button('Lưu').click();
    await waitFor(() => expect(api.sent('PATCH comments/:id')).toHaveLength(1));
    expect(api.sent('PATCH comments/:id')[0]!.body['mentions']).toEqual(['minh', 'thao']);
  });
});
