import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../src/define/comments.js';
import '../../src/loader/cloak.css';
import type { LiveEvent } from '../../src/contract/types.js';
import { createComment as comment, createThread, type InMemoryApi } from '../../src/testing/index.js';
import type { CommentsElement } from '../../src/widgets/comments/comments.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let pages = 0;
const story = () => `https://news.example/keyboard-${pages}`;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  document.documentElement.dir = 'ltr';
  localStorage.clear();
  pages++;
  api = installApi();
  api.me.reader.name = 'Lan';
  api.thread.add('a').add('b');
});

afterEach(async () => {
  document.documentElement.dir = 'ltr';
  document.body.replaceChildren();
  await api.restore();
});

async function show(attributes: Record<string, string> = {}): Promise<CommentsElement> {
  const place = { site: api.site!, api: location.origin, story: story(), open: '' };
  const widget = putElement('aw-comments', { ...place, ...attributes });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false] article')).not.toBeNull());
  return widget;
}

const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const status = () => page.getByRole('status');
const focused = (widget: Element) => widget.shadowRoot!.activeElement as HTMLElement | null;
/** Returns the name and description that a screen reader reads for the field. */
const descriptionOf = (element: Element) =>
  (element.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => (element.getRootNode() as ShadowRoot).getElementById(id)?.textContent?.trim() ?? '')
    .filter(Boolean)
    .join(' ');
/** Collects every text of the live region from now on. */
const announcementsOf = (widget: Element) => {
  const texts: string[] = [];
  const region = widget.shadowRoot!.querySelector('[role=status]')!;
  new MutationObserver(() => region.textContent && texts.push(region.textContent)).observe(region, {
    characterData: true,
    childList: true,
    subtree: true,
  });
  return texts;
};

describe('a failure of the composer', () => {
  it.each([
    ['root', field],
    ['reply', () => page.getByRole('textbox', { name: 'Trả lời Người b' })],
  ])('is tied to its field, which has the focus, until the text changes: %s', async (place, getField) => {
    const widget = await show();
    if (place === 'reply') await button('Trả lời Người b').click();
    else await userEvent.click(field());
    const form = () => getField().element().closest('form')!;
    await waitFor(() => expect(form().querySelector('.primary')).not.toBeNull());
    form().querySelector<HTMLElement>('.primary')!.click();
    await waitFor(() => expect(getField().element().getAttribute('aria-invalid')).toBe('true'));
    expect(descriptionOf(getField().element())).toBe('Bạn chưa viết gì.');
    await waitFor(() => expect(focused(widget)).toBe(getField().element()));
    await userEvent.keyboard('Một ý');
    await waitFor(() => expect(getField().element().getAttribute('aria-invalid')).toBe('false'));
    expect(descriptionOf(getField().element())).toBe('');
  });

  it('that the API finds in the text moves the focus to it', async () => {
    api.refuse('POST comments', 'comment-too-long');
    const widget = await show();
    await userEvent.fill(field(), 'Một ý');
    await button('Gửi').click();
    await waitFor(() => expect(focused(widget)).toBe(field().element()));
    expect(field().element().getAttribute('aria-invalid')).toBe('true');
    expect(descriptionOf(field().element())).toBe('Bình luận dài quá mức cho phép.');
  });

  it('that is about the name is tied to the name', async () => {
    api.me.reader.name = '';
    api.refuse('POST comments', 'name-reserved');
    const widget = await show();
    const name = page.getByRole('textbox', { name: /Tên hiển thị/ });
    await userEvent.fill(field(), 'Một ý');
    await name.fill('Tòa soạn');
    await button('Gửi').click();
    await waitFor(() => expect(focused(widget)).toBe(name.element()));
    expect(name.element().getAttribute('aria-invalid')).toBe('true');
    expect(descriptionOf(name.element())).toMatch(/^Tên này dễ bị nhầm/);
    expect(field().element().getAttribute('aria-invalid')).toBe('false');
    await name.fill('Lan');
    await waitFor(() => expect(name.element().getAttribute('aria-invalid')).toBe('false'));
  });

  it('of the network describes the field, which is not invalid, and leaves the focus', async () => {
    api.refuse('POST comments', 'rate-limited');
    const widget = await show();
    await userEvent.fill(field(), 'Một ý');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(descriptionOf(field().element())).toMatch(/^Bạn thao tác hơi nhanh/));
    expect(field().element().getAttribute('aria-invalid')).toBe('false');
    expect(focused(widget)).toBe(field().element());
  });
});

describe('the live region', () => {
  it('is there before anything is announced, and only one', async () => {
    const widget = await show();
    expect(status().elements()).toHaveLength(1);
    expect(status().element().textContent).toBe('');
    const region = status().element();
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    await button('Xem trước').click();
    await waitFor(() => expect(region.textContent).not.toBe(''));
    expect(widget.shadowRoot!.querySelectorAll('[role=status], [role=alert], [aria-live]')).toHaveLength(1);
  });

  it('announces the counter near the limit once typing stops, and that the text is too long at once', async () => {
    api.thread.settings = createThread({
      rules: { who: 'guest', votes: 'up', editSeconds: 300, maxGraphemes: 300, moderation: 'post' },
    });
    const widget = await show();
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    const texts = announcementsOf(widget);
    await userEvent.fill(field(), 'x'.repeat(40));
    for (let count = 0; count < 20; count++) await userEvent.keyboard('x');
    await expect.element(page.getByText('Còn 240 ký tự')).not.toBeInTheDocument();
    await userEvent.fill(field(), 'x'.repeat(270));
    for (let count = 0; count < 25; count++) await userEvent.keyboard('x');
    await waitFor(() => expect(texts.at(-1)).toBe('Còn 5 ký tự'));
    // 25 keys: far fewer announcements.
    expect(texts.length).toBeLessThanOrEqual(3);
    await userEvent.keyboard('xxxxxxx');
    await waitFor(() => expect(texts.at(-1)).toBe('Dài quá 2 ký tự'));
  });

  it('announces the sort order', async () => {
    await show();
    await page.getByRole('combobox', { name: 'Sắp xếp' }).selectOptions('newest');
    await expect.element(status()).toHaveTextContent('Sắp xếp: Mới nhất');
  });

  it('announces the preview, and that there is none', async () => {
    api.on('POST comments/preview', ({ body }) => ({
      nodes: [{ type: 'paragraph', children: [{ type: 'text', value: String(body['text']) }] }],
    }));
    await show();
    await userEvent.fill(field(), 'Một ý');
    await button('Xem trước').click();
    await expect.element(status()).toHaveTextContent('Bản xem trước ở ngay dưới ô viết.');
    await button('Xem trước').click();
    await expect.element(status()).toHaveTextContent('Đã đóng bản xem trước.');
    api.refuse('POST comments/preview', 'internal');
    await button('Xem trước').click();
    await expect.element(status()).toHaveTextContent('Chưa xem trước được.');
  });
});

describe('the toolbar', () => {
  const names = ['In đậm', 'In nghiêng', 'Mã', 'Trích dẫn', 'Danh sách', 'Đường dẫn'];
  const nameOfFocused = (widget: Element) => focused(widget)?.getAttribute('aria-label');

  it('is one tab stop, and arrows move in it', async () => {
    const widget = await show();
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar', { name: 'Định dạng' })).toBeVisible();
    await userEvent.tab();
    expect(nameOfFocused(widget)).toBe(names[0]);
    for (const name of names.slice(1)) {
      await userEvent.keyboard('{ArrowRight}');
      await waitFor(() => expect(nameOfFocused(widget)).toBe(name));
    }
    await userEvent.keyboard('{ArrowRight}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names[0]));
    await userEvent.keyboard('{ArrowLeft}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names.at(-1)));
    await userEvent.keyboard('{Home}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names[0]));
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names.at(-1)));
    await userEvent.keyboard('{ArrowLeft}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names.at(-2)));
    await userEvent.tab();
    expect(focused(widget)?.closest('[role=toolbar]')).toBeNull();
    await userEvent.tab({ shift: true });
    // It comes back to the tool that had the focus.
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names.at(-2)));
    await userEvent.tab({ shift: true });
    expect(focused(widget)).toBe(field().element());
  });

  it('mirrors the arrows from right to left', async () => {
    document.documentElement.dir = 'rtl';
    const widget = await show();
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard('{ArrowLeft}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names[1]));
    await userEvent.keyboard('{ArrowRight}');
    await waitFor(() => expect(nameOfFocused(widget)).toBe(names[0]));
  });

  it('leaves keys of other fields alone', async () => {
    api.me.reader.name = '';
    await show();
    await userEvent.fill(field(), 'ý');
    const name = page.getByRole('textbox', { name: /Tên hiển thị/ });
    await name.fill('Lan');
    await userEvent.click(name);
    await userEvent.keyboard('{Control>}b{/Control}');
    await expect.element(field()).toHaveValue('ý');
  });
});

describe('closing the composer', () => {
  it.each(['Escape', 'Đóng'])('keeps the focus in its field: %s', async (how) => {
    const widget = await show();
    await userEvent.click(field());
    await expect.element(button('Đóng')).toBeVisible();
    if (how === 'Escape') await userEvent.keyboard('{Escape}');
    else await button('Đóng').click();
    await waitFor(() => expect(page.getByRole('toolbar').elements()).toEqual([]));
    expect(focused(widget)).toBe(field().element());
  });

  it('of a reply moves it to the comment', async () => {
    const widget = await show();
    await button('Trả lời Người b').click();
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người b' })).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(focused(widget)?.id).toBe('c-b'));
  });
});

describe('the skip link', () => {
  const link = () => page.getByRole('link', { name: 'Bỏ qua phần bình luận' });

  it('shows with the focus and leads past the thread, without moving anything', async () => {
    const before = document.createElement('button');
    before.textContent = 'Trước';
    document.body.append(before);
    const widget = await show();
    const after = document.createElement('button');
    after.textContent = 'Sau';
    document.body.append(after);
    await waitFor(() => expect(link().elements()).toHaveLength(1));
    const positions = () =>
      [...widget.shadowRoot!.querySelectorAll('article, .composer, .head')].map(
        (element) => element.getBoundingClientRect().top,
      );
    const resting = positions();
    const hash = location.hash;
    before.focus();
    await userEvent.tab();
    expect(focused(widget)).toBe(link().element());
    const box = link().element().getBoundingClientRect();
    expect(box.width).toBeGreaterThan(24);
    expect(box.height).toBeGreaterThanOrEqual(24);
    const head = widget.shadowRoot!.querySelector('.head')!.getBoundingClientRect();
    expect(box.top).toBeGreaterThanOrEqual(head.top - 1);
    expect(box.bottom).toBeLessThanOrEqual(head.bottom + 1);
    expect(positions()).toEqual(resting);
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(focused(widget)?.textContent).toContain('Hết phần bình luận'));
    expect(positions()).toEqual(resting);
    await userEvent.tab();
    expect(document.activeElement).toBe(after);
    expect(location.hash).toBe(hash);
    await userEvent.tab({ shift: true });
    expect(focused(widget)).not.toBeNull();
  });

  it('is not there where there is nothing to skip', async () => {
    api.thread.clear();
    putElement('aw-comments', { site: api.site!, api: location.origin, story: story(), open: '' });
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    expect(link().elements()).toEqual([]);
  });
});

describe('the focus', () => {
  const live = async (event: Partial<LiveEvent>) => {
    await waitFor(() => expect(api.openStreams[0]?.stories).toEqual([story()]));
    api.openStreams[0]!.send({ story: story(), version: 100, ...event } as LiveEvent);
  };

  it('moves to the comment where a live removal takes the focused button', async () => {
    const widget = await show();
    button('Trả lời Người b').element().focus();
    await live({ type: 'comment-changed', comment: comment('b', { state: 'removed', text: '', nodes: [] }), total: 1 });
    await expect.element(page.getByText('Bình luận này đã bị gỡ.')).toBeVisible();
    await waitFor(() => expect(focused(widget)?.id).toBe('c-b'));
  });

  it('moves to the comment where the thread closes under a focused reply button', async () => {
    const widget = await show();
    button('Trả lời Người b').element().focus();
    await live({ type: 'thread', thread: createThread({ state: 'closed' }) });
    await expect.element(page.getByText('Phần bình luận đã đóng.')).toBeVisible();
    await waitFor(() => expect(focused(widget)?.id).toBe('c-b'));
  });

  it('stays where new comments and votes arrive', async () => {
    const widget = await show();
    const reply = button('Trả lời Người b').element();
    reply.focus();
    await live({ type: 'comment', comment: comment('c'), total: 3 });
    await live({ type: 'comment-changed', comment: comment('b', { votes: { up: 7, down: 0 } }), total: 3 });
    await expect.element(page.getByText('Thích 7')).toBeVisible();
    expect(focused(widget)).toBe(reply);
  });
});
