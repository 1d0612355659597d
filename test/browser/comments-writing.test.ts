import axe from 'axe-core';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Comment } from '../../src/contract/types.js';
import '../../src/define/comments.js';
import '../../src/loader/cloak.css';
import { createComment as comment, type InMemoryApi } from '../../src/testing/index.js';
import type { CommentsElement } from '../../src/widgets/comments/comments.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let pages = 0;
const story = () => `https://news.example/write-${pages}`;
const paragraph = (value: string): Comment['nodes'] => [{ type: 'paragraph', children: [{ type: 'text', value }] }];

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  pages++;
  api = installApi();
  api.me.reader.name = 'Lan';
  api.on('POST comments/preview', ({ body }) => ({ nodes: paragraph(`Xem: ${String(body['text'])}`) }));
  api.thread.add('a').add('b');
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

async function show(): Promise<CommentsElement> {
  const widget = putElement('aw-comments', { site: api.site!, api: location.origin, story: story(), open: '' });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull());
  return widget;
}

const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const focused = (widget: Element) => widget.shadowRoot!.activeElement as HTMLElement | null;
const status = () => page.getByRole('status');
const menuOf = async (id: string) => {
  const { shadowRoot } = document.querySelector('aw-comments')!;
  const menuButton = () => shadowRoot!.querySelector<HTMLElement>(`[data-action=menu][data-id="${id}"]`)!;
  await waitFor(() => menuButton().click());
  await expect.element(page.getByRole('group', { name: 'Thêm' })).toBeVisible();
};
async function expectNoViolations() {
  const { violations } = await axe.run(document.querySelector('aw-comments')!, {
    rules: { region: { enabled: false }, 'color-contrast': { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
const draftsKept = () => Object.keys(localStorage).filter((name) => name.includes('draft'));

describe('a queued comment', () => {
  it('stays visible through a failure and a reload, and is sent once when online', async () => {
    api.disconnect('POST comments');
    await show();
    await userEvent.fill(field(), 'Giữ giúp tôi');
    await button('Gửi').click();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ })).toHaveTextContent('Giữ giúp tôi');
    await expect.element(field()).toHaveValue('');
    expect(draftsKept()).toEqual([]);
    document.body.replaceChildren();
    await show();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ })).toBeVisible();
    api.on('POST comments', ({ body }) => ({
      comment: comment('kept', { text: String(body['text']), nodes: paragraph(String(body['text'])) }),
    }));
    dispatchEvent(new Event('online'));
    await expect.element(page.getByRole('article', { name: /kept/ })).toHaveTextContent('Giữ giúp tôi');
    expect(page.getByRole('group', { name: /^Chưa gửi được/ }).elements()).toEqual([]);
    const keys = api.sent('POST comments').map(({ headers }) => headers.get('Idempotency-Key'));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-z]+-[0-9a-f]{32}$/);
  });

  it('can be edited or discarded', async () => {
    api.disconnect('POST comments');
    await show();
    for (const text of ['Lấy lại', 'Bỏ đi']) {
      await userEvent.fill(field(), text);
      await button('Gửi').click();
      await expect.element(page.getByRole('group').getByText(text)).toBeVisible();
    }
    await page.getByRole('group').nth(1).getByRole('button', { name: 'Bỏ' }).click();
    await waitFor(() => expect(page.getByRole('group').elements()).toHaveLength(1));
    await page.getByRole('group').getByRole('button', { name: 'Sửa' }).click();
    await expect.element(field()).toHaveValue('Lấy lại');
    expect(page.getByRole('group').elements()).toEqual([]);
  });

  it('shows the reason when it is refused later, and keeps its text', async () => {
    api.disconnect('POST comments');
    await show();
    await userEvent.fill(field(), 'Muộn mất rồi');
    await button('Gửi').click();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ })).toBeVisible();
    api.refuse('POST comments', 'thread-closed');
    dispatchEvent(new Event('online'));
    await expect.element(page.getByRole('group').getByText('Phần bình luận đã đóng.')).toBeVisible();
    await expect.element(page.getByRole('group').getByText('Muộn mất rồi')).toBeVisible();
  });

  it.each([
    [
      'saved',
      () => api.on('POST comments', ({ body }) => ({ comment: comment('sent', { text: String(body['text']) }) })),
    ],
    ['queued', () => api.disconnect('POST comments')],
  ])('keeps what is typed while a comment is sent: %s', async (_, answer) => {
    const widget = await show();
    answer();
    const release = api.hold('POST comments');
    await userEvent.fill(field(), 'Ý thứ nhất');
    await button('Gửi').click();
    await userEvent.click(field());
    await userEvent.fill(field(), 'Ý thứ hai');
    release();
    await expect.element(status()).toHaveTextContent(/./);
    await expect.element(button('Gửi')).toBeVisible();
    await expect.element(field()).toHaveValue('Ý thứ hai');
    expect(focused(widget)).toBe(field().element());
    expect(draftsKept()).toHaveLength(1);
  });

  it('drafts of a comment and a reply are restored after a reload', async () => {
    await show();
    await userEvent.fill(field(), 'Đang viết dở');
    await button('Trả lời Người b').click();
    await userEvent.fill(page.getByRole('textbox', { name: 'Trả lời Người b' }), 'Trả lời dở');
    document.body.replaceChildren();
    await show();
    await userEvent.click(field());
    await expect.element(field()).toHaveValue('Đang viết dở');
    await button('Trả lời Người b').click();
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người b' })).toHaveValue('Trả lời dở');
  });
});

describe('a change of the language', () => {
  it('keeps what is being written, its focus and its replies', async () => {
    const widget = await show();
    await button('Trả lời Người b').click();
    await userEvent.fill(page.getByRole('textbox', { name: 'Trả lời Người b' }), 'Trả lời dở');
    await userEvent.fill(field(), 'Đang viết dở');
    document.documentElement.lang = 'en';
    const inEnglish = page.getByRole('textbox', { name: 'Your comment' });
    await expect.element(button('Post').first()).toBeVisible();
    await expect.element(inEnglish).toHaveValue('Đang viết dở');
    await expect.element(page.getByRole('textbox', { name: 'Reply to Người b' })).toHaveValue('Trả lời dở');
    expect(focused(widget)).toBe(inEnglish.element());
    await waitFor(() => expect(api.sent('GET page').some(({ query }) => query.get('lang') === 'en')).toBe(true));
    await expect.element(inEnglish).toHaveValue('Đang viết dở');
  });

  it('keeps the language that is drawn where the other fails to load', async () => {
    await show();
    await userEvent.fill(field(), 'Đang viết dở');
    api.refuse('GET page', 'unavailable');
    document.documentElement.lang = 'en';
    await expect.element(page.getByRole('textbox', { name: 'Your comment' })).toHaveValue('Đang viết dở');
    await waitFor(() => expect(api.sent('GET page').some(({ query }) => query.get('lang') === 'en')).toBe(true));
    await expect.element(page.getByRole('article', { name: /a/ }).first()).toBeVisible();
  });
});

describe('the toolbar', () => {
  const select = async (from: number, to: number) => {
    const area = field().element() as HTMLTextAreaElement;
    area.setSelectionRange(from, to);
    await expect.element(page.getByRole('toolbar', { name: 'Định dạng' })).toBeVisible();
  };

  it('formats the selection by button and by shortcut, and supports undo', async () => {
    await show();
    await userEvent.fill(field(), 'rất hay');
    await select(4, 7);
    await button('In đậm').click();
    await expect.element(field()).toHaveValue('rất **hay**');
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(field()).toHaveValue('rất hay');
    await select(0, 3);
    await userEvent.keyboard('{Control>}i{/Control}');
    await expect.element(field()).toHaveValue('*rất* hay');
    await select(0, 9);
    await button('Trích dẫn').click();
    await expect.element(field()).toHaveValue('> *rất* hay');
  });

  it.each([
    ['Trích dẫn', '> một hai\n> ba bốn'],
    ['Danh sách', '- một hai\n- ba bốn'],
  ])('prefixes every selected line: %s', async (tool, expected) => {
    await show();
    await userEvent.fill(field(), 'một hai\nba bốn');
    await select(0, 14);
    await button(tool).click();
    await expect.element(field()).toHaveValue(expected);
  });

  it('updates the preview when typing stops, and shows a failure', async () => {
    await show();
    await userEvent.fill(field(), 'Một *ý*');
    await button('Xem trước').click();
    const preview = page.getByRole('region', { name: 'Xem trước' });
    await expect.element(preview).toHaveTextContent('Xem: Một *ý*');
    const before = api.sent('POST comments/preview').length;
    await userEvent.click(field());
    await userEvent.keyboard(' khác hẳn');
    await expect.element(preview).toHaveTextContent('Xem: Một *ý* khác hẳn');
    expect(api.sent('POST comments/preview').length - before).toBeLessThanOrEqual(2);
    await expectNoViolations();
    api.refuse('POST comments/preview', 'internal');
    await userEvent.keyboard('!');
    await expect.element(preview).toHaveTextContent('Chưa xem trước được.');
    await expect.element(field()).toHaveValue('Một *ý* khác hẳn!');
  });

  it('suggests mentions by name, also without diacritics, by keyboard', async () => {
    api.thread.add('c', { author: { id: 'thao', name: 'Đỗ Thảo', badges: [] } });
    await show();
    await userEvent.click(field());
    await expect.element(page.getByRole('toolbar', { name: 'Định dạng' })).toBeVisible();
    await userEvent.keyboard('Chào @thao');
    await expect.element(page.getByRole('option', { name: 'Đỗ Thảo' })).toHaveAttribute('aria-selected', 'true');
    const area = field().element();
    expect(area.getAttribute('aria-activedescendant')).toBe(page.getByRole('option', { name: 'Đỗ Thảo' }).element().id);
    await expectNoViolations();
    await userEvent.keyboard('{Enter}');
    await expect.element(field()).toHaveValue('Chào @Đỗ Thảo ');
    expect(page.getByRole('listbox').elements()).toEqual([]);
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(api.sent('POST comments')).toHaveLength(1));
    expect(api.sent('POST comments')[0]!.body['mentions']).toEqual(['thao']);
  });
});

describe('the comment menu', () => {
  it('closes with Escape and returns the focus to its button', async () => {
    const widget = await show();
    await menuOf('b');
    await waitFor(() => expect(focused(widget)?.textContent).toContain('Chép liên kết'));
    await expectNoViolations();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(focused(widget)?.dataset['action']).toBe('menu'));
    expect(focused(widget)?.getAttribute('aria-expanded')).toBe('false');
  });

  it('copies a permalink', async () => {
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
      copied.push(text);
      return Promise.resolve();
    });
    await show();
    await menuOf('b');
    await button('Chép liên kết').click();
    await expect.element(status()).toHaveTextContent('Đã chép liên kết.');
    expect(copied[0]).toMatch(/#aw-comment-b$/);
  });

  it('quotes the comment in a reply', async () => {
    await show();
    await menuOf('b');
    await button('Trích dẫn').click();
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người b' })).toHaveValue('> Ý kiến b\n\n');
  });

  it('reports the comment with a reason', async () => {
    await show();
    await menuOf('b');
    await button('Báo cáo').click();
    await expectNoViolations();
    await page.getByRole('radio', { name: 'Lạc đề' }).click();
    await page.getByRole('textbox', { name: /Nói rõ thêm/ }).fill('Không liên quan');
    await button('Gửi báo cáo').click();
    await expect.element(page.getByRole('article', { name: /Người b/ }).getByText(/^Cảm ơn bạn/)).toBeVisible();
    expect(api.sent(/reports/)[0]!.body).toEqual({ reason: 'off-topic', note: 'Không liên quan' });
  });

  it('shows a failed report, and keeps its values', async () => {
    api.refuse('POST comments/:id/reports', 'rate-limited');
    await show();
    await menuOf('b');
    await button('Báo cáo').click();
    await page.getByRole('radio', { name: 'Lạc đề' }).click();
    await button('Gửi báo cáo').click();
    await expect.element(page.getByText('Bạn thao tác hơi nhanh. Chờ một chút rồi thử lại nhé.').first()).toBeVisible();
    await expect.element(page.getByRole('radio', { name: 'Lạc đề' })).toBeChecked();
  });

  it('mutes and unmutes the author', async () => {
    await show();
    await menuOf('b');
    await button('Ẩn người này').click();
    await waitFor(() => expect(page.getByText('Ý kiến b').elements()).toEqual([]));
    await waitFor(() => expect(api.sent(/^PUT readers/)[0]?.route).toBe('PUT readers/writer-b/mute'));
    await page
      .getByRole('button', { name: /Xem|Hiện/ })
      .first()
      .click();
    await menuOf('b');
    await button('Hiện lại người này').click();
    await expect.element(page.getByText('Ý kiến b').first()).toBeVisible();
    await waitFor(() => expect(api.sent(/^DELETE readers/)).toHaveLength(1));
  });

  it('shows the revisions of an edited comment', async () => {
    api.thread.add('c', { editedAt: new Date().toISOString() });
    api.on('GET comments/c/history', () => ({
      revisions: [
        { text: 'Trước', nodes: paragraph('Trước'), at: new Date(Date.now() - 60_000).toISOString() },
        { text: 'Sau', nodes: paragraph('Sau'), at: new Date().toISOString() },
      ],
    }));
    await show();
    await menuOf('c');
    await button('Lịch sử sửa').click();
    const history = page.getByRole('region', { name: 'Lịch sử sửa' });
    await expect.element(history.getByRole('listitem').first()).toHaveTextContent('Trước');
    await expect.element(history.getByRole('listitem').last()).toHaveTextContent(/Hiện tại.*Sau/);
    await expectNoViolations();
  });
});
