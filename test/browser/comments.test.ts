import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Comment } from '../../src/contract/types.js';
import '../../src/define/comments.js';
import '../../src/loader/cloak.css';
import { createComment as comment, type InMemoryApi } from '../../src/testing/index.js';
import type { CommentsElement } from '../../src/widgets/comments/comments.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  api = installApi();
  api.me.reader.name = '';
  api.thread.add('a', { votes: { up: 4, down: 0 } }).add('b');
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

/** Builds a comment by the reader. */
const own = (id: string, text: string, rest: Partial<Comment> = {}) =>
  comment(id, { text, author: { id: api.me.reader.id, name: api.me.reader.name, badges: [] }, ...rest });

let pages = 0;
async function show(
  attributes: Record<string, string> = { open: '' },
  fallback = '',
  story = ++pages,
): Promise<CommentsElement> {
  const place = { site: api.site!, api: location.origin, story: `https://news.example/thread-${story}` };
  const widget = putElement('aw-comments', { ...place, ...attributes }, fallback);
  // A failing request is sent three times.
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull());
  return widget;
}

const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
const article = (name: string) => page.getByRole('article', { name });
const focused = (widget: Element) => widget.shadowRoot!.activeElement;
const detailsOf = (name: 'aw-comment' | 'aw-comment-vote') => {
  const details: unknown[] = [];
  document.body.addEventListener(name, (event) => details.push((event as CustomEvent).detail), { once: true });
  return details;
};

describe('the composer', () => {
  it('posts a comment with a name by keyboard, and focuses the comment', async () => {
    const widget = await show();
    const details = detailsOf('aw-comment');
    await userEvent.click(field());
    await userEvent.keyboard('Rất hay');
    await page.getByRole('textbox', { name: 'Tên hiển thị (không bắt buộc)' }).fill('Lan');
    await userEvent.click(field());
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(article('Lan')).toHaveTextContent('Rất hay');
    await waitFor(() => expect(focused(widget)!.id).toBe('c-new-0'));
    expect(details).toEqual([{ id: 'new-0', parentId: null, state: 'visible' }]);
    await expect.element(page.getByRole('region', { name: 'Bình luận (3)' })).toBeVisible();
    await expect.element(page.getByRole('status')).toHaveTextContent('Đã đăng bình luận của bạn.');
    await expect.element(field()).toHaveValue('');
  });

  it('posts a reply below its parent', async () => {
    const widget = await show();
    await page.getByRole('button', { name: 'Trả lời Người b' }).click();
    await waitFor(() => expect(focused(widget)!.localName).toBe('textarea'));
    await userEvent.keyboard('Đồng ý với bạn');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Đồng ý với bạn')).toBeVisible();
    expect(api.sent('POST comments')[0]!.body['parentId']).toBe('b');
    expect(widget.shadowRoot!.querySelector('.replies article')!.id).toBe('c-new-0');
  });

  it('opens for a reply to a comment that was outside the viewport', async () => {
    api.thread.clear();
    for (let index = 0; index < 100; index++) api.thread.add(`r${index}`);
    const { shadowRoot } = await show({ open: '', 'page-size': '100' });
    await waitFor(() => expect(shadowRoot!.querySelectorAll('article')).toHaveLength(100));
    const replyTo = (id: string) => shadowRoot!.querySelector<HTMLElement>(`[data-action=reply][data-id=${id}]`)!;
    const isLeftOut = (id: string) => !replyTo(id).checkVisibility({ contentVisibilityAuto: true });
    replyTo('r99').focus();
    await waitFor(() => expect(isLeftOut('r99')).toBe(false));
    replyTo('r99').click();
    await waitFor(() => expect(shadowRoot!.activeElement!.localName).toBe('textarea'));
    await waitFor(() => expect(isLeftOut('r0')).toBe(true));
    // contentvisibilityautostatechange fires a frame later.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
    replyTo('r0').focus();
    replyTo('r0').click();
    await waitFor(() =>
      expect(shadowRoot!.activeElement!.matches('textarea[aria-label="Trả lời Người r0"]')).toBe(true),
    );
  });

  it('counts graphemes near the limit, and does not send a text that is too long', async () => {
    await show();
    await userEvent.fill(field(), 'ế'.normalize('NFD').repeat(290));
    await expect.element(page.getByText('Còn 10 ký tự')).toBeVisible();
    await userEvent.fill(field(), 'x'.repeat(312));
    await expect.element(page.getByText('Dài quá 12 ký tự')).toBeVisible();
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Bình luận dài quá mức cho phép.').first()).toBeVisible();
    expect(api.sent('POST comments')).toEqual([]);
  });

  it('shows a pending comment to its author, with the reason', async () => {
    api.on('POST comments', () => ({
      comment: own('held', 'Xem http://x.example', { state: 'pending', reasons: ['links'] }),
    }));
    await show();
    await userEvent.fill(field(), 'Xem http://x.example');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Chờ duyệt, chỉ mình bạn thấy. Có đường dẫn.')).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Bình luận (2)' })).toBeVisible();
  });

  it.each([
    ['thread-closed', 'Phần bình luận đã đóng.'],
    ['rate-limited', 'Bạn thao tác hơi nhanh. Chờ một chút rồi thử lại nhé.'],
    ['validation-failed', 'Chưa gửi được. Bài viết của bạn vẫn còn ở đây.'],
  ] as const)('shows the sentence for %s and keeps the text', async (code, sentence) => {
    api.refuse('POST comments', code);
    await show();
    await userEvent.fill(field(), 'Một ý');
    await page.getByRole('button', { name: 'Gửi' }).click();
    // The second one is the announcement.
    await expect.element(page.getByText(sentence).first()).toBeVisible();
    await expect.element(field()).toHaveValue('Một ý');
  });
});

describe('an own comment', () => {
  beforeEach(async () => {
    localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
    api.me.reader.name = 'Lan';
  });

  it('is restored from the overlay after a reload, and can be edited', async () => {
    api.me.own = [own('mine', 'Bản đầu')];
    await show();
    await page.getByRole('button', { name: 'Sửa' }).click();
    const edited = page.getByRole('textbox', { name: 'Bình luận của bạn' }).last();
    await expect.element(edited).toHaveValue('Bản đầu');
    await userEvent.fill(edited, 'Bản sau');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await expect.element(article('Lan')).toHaveTextContent('Bản sau');
    await expect.element(article('Lan')).toHaveTextContent('đã sửa');
  });

  it('is deleted after a confirmation only', async () => {
    api.me.own = [own('mine', 'Bỏ đi')];
    const widget = await show();
    const remove = page.getByRole('button', { name: 'Xoá', exact: true });
    await remove.click();
    await waitFor(() => expect(focused(widget)!.textContent.trim()).toBe('Giữ lại'));
    await page.getByRole('button', { name: 'Giữ lại' }).click();
    await expect.element(article('Lan')).toHaveTextContent('Bỏ đi');
    await remove.click();
    await remove.click();
    await expect.element(page.getByText('Người viết đã xoá bình luận này.')).toBeVisible();
    expect(focused(widget)!.id).toBe('c-mine');
    expect(api.sent(/^DELETE/)).toHaveLength(1);
  });

  it('has no vote button', async () => {
    api.thread.clear();
    api.thread.comments.push(own('mine', 'Của tôi', { votes: { up: 3, down: 0 } }));
    await show();
    await waitFor(() => expect(page.getByRole('button', { name: /^Thích/ }).elements()).toHaveLength(0));
    await expect.element(page.getByText('Thích 3')).toBeVisible();
  });
});

describe('a comment vote', () => {
  const like = () => page.getByRole('button', { name: /^Thích/ }).first();

  it('is counted optimistically, and removed by a second click', async () => {
    await show();
    const details = detailsOf('aw-comment-vote');
    await like().click();
    await expect.element(like()).toHaveTextContent('Thích 5');
    await expect.element(like()).toHaveAttribute('aria-pressed', 'true');
    await waitFor(() => expect(details).toEqual([{ id: 'a', value: 1 }]));
    await like().click();
    await expect.element(like()).toHaveTextContent('Thích 4');
    await waitFor(() => expect(api.sent(/^PUT/).map(({ body }) => body['value'])).toEqual([1, 0]));
  });

  it('is undone when it fails, with a notice', async () => {
    api.refuse('PUT comments/:id/vote', 'validation-failed');
    await show();
    await like().click();
    await expect.element(page.getByText('Chưa làm được. Bạn thử lại nhé.').first()).toBeVisible();
    await expect.element(like()).toHaveTextContent('Thích 4');
    await expect.element(like()).toHaveAttribute('aria-pressed', 'false');
  });
});

describe('a thread that requires sign-in', () => {
  it('dispatches aw-sign-in-request, and posts as the reader it is answered with', async () => {
    api.thread.settings.rules.who = 'signed-on';
    api.on('POST readers/sso', ({ body }) => {
      api.me.reader = { ...api.me.reader, name: 'Minh', kind: 'signed-on' };
      return { token: body['jwt'] === 'signed' ? api.token : '', reader: api.me.reader };
    });
    const widget = await show();
    await userEvent.fill(field(), 'Tôi đây');
    await expect.element(page.getByText('Bạn cần đăng nhập để bình luận.').first()).toBeVisible();
    await page.getByRole('button', { name: 'Gửi' }).click();
    expect(api.sent('POST comments')).toEqual([]);
    await expect.element(field()).toHaveValue('Tôi đây');
    widget.addEventListener('aw-sign-in-request', (request) => request.respondWith(Promise.resolve('signed')));
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(article('Minh')).toHaveTextContent('Tôi đây');
  });

  it('keeps the text and asks for the sign-in where the page fails to sign the reader in', async () => {
    api.thread.settings.rules.who = 'signed-on';
    const widget = await show();
    widget.addEventListener('aw-sign-in-request', (request) => request.respondWith(Promise.reject(new Error('shut'))));
    await userEvent.fill(field(), 'Tôi đây');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await waitFor(() =>
      expect(widget.shadowRoot!.querySelector('.failure')).toHaveTextContent('Bạn cần đăng nhập để bình luận.'),
    );
    await expect.element(field()).toHaveValue('Tôi đây');
    expect(api.sent('POST comments')).toEqual([]);
  });
});
