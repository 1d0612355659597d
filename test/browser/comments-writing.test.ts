import axe from 'axe-core';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outboxOf } from '../../src/client/outbox.js';
import { siteOf } from '../../src/client/site.js';
import type { Comment, Me } from '../../src/contract/types.js';
import '../../src/loader/cloak.css';
import { CommentsElement } from '../../src/widgets/comments/comments.js';
import { FakeRoutes, refused, unreachable } from './fake-routes.js';
import { FakeSource } from './fake-source.js';
import { comment, FakeThread } from './fake-thread.js';
import { putElement } from './put-element.js';

CommentsElement.define();

let api: FakeRoutes;
let thread: FakeThread;
let me: Me;
let pages = 0;
const story = () => `https://news.example/write-${pages}`;
const paragraph = (value: string): Comment['nodes'] => [{ type: 'paragraph', children: [{ type: 'text', value }] }];
/** A token that says whose it is, as the API's do. */
const tokenOf = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.x`;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  pages++;
  me = {
    reader: { id: 'reader', name: 'Lan', kind: 'guest', verified: false, badges: [] },
    reactions: {},
    votes: {},
    own: [],
    muted: [],
  };
  FakeSource.install();
  let made = 0;
  api = new FakeRoutes()
    .install()
    .on(/^GET me/, () => me)
    .on(/^POST readers$/, () => ({ token: tokenOf('reader'), reader: me.reader }))
    .on(/^POST comments$/, ({ body }) => {
      const { text, parentId = null } = body as { text: string; parentId?: string };
      return {
        comment: comment(`made-${made++}`, { text, parentId, nodes: paragraph(text), author: { ...me.reader } }),
      };
    })
    .on(/^POST comments\/preview/, ({ body }) => ({ nodes: paragraph(`Xem: ${String(body['text'])}`) }));
  thread = new FakeThread().install(api);
  thread.add('a').add('b');
});

afterEach(() => {
  document.body.replaceChildren();
  FakeSource.restore();
  api.restore();
});

async function show(): Promise<CommentsElement> {
  const widget = putElement('aw-comments', { site: 'demo', api: location.origin, story: story(), open: '' });
  await vi.waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull(), 5000);
  return widget;
}

const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const focused = (widget: Element) => widget.shadowRoot!.activeElement as HTMLElement | null;
const status = () => page.getByRole('status');
const menuOf = async (id: string) => {
  (
    document.querySelector('aw-comments')!.shadowRoot!.querySelector(`[data-act=menu][data-id="${id}"]`) as HTMLElement
  ).click();
  await expect.element(page.getByRole('group', { name: 'Thêm' })).toBeVisible();
};
async function expectNoViolations() {
  const { violations } = await axe.run(document.querySelector('aw-comments')!, {
    rules: { region: { enabled: false }, 'color-contrast': { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
const draftsKept = () => Object.keys(localStorage).filter((name) => name.includes('draft'));

describe('what is not sent yet', () => {
  it('waits in sight through a failure and a reload, goes out by itself, and once', async () => {
    api.on(/^POST comments$/, unreachable);
    await show();
    await userEvent.fill(field(), 'Giữ giúp tôi');
    await button('Gửi').click();
    await expect
      .element(page.getByRole('group', { name: /^Chưa gửi được/ }), { timeout: 5000 })
      .toHaveTextContent('Giữ giúp tôi');
    await expect.element(field()).toHaveValue('');
    expect(draftsKept()).toEqual([]);
    document.body.replaceChildren();
    await show();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ }), { timeout: 5000 }).toBeVisible();
    api.on(/^POST comments$/, ({ body }) => ({
      comment: comment('kept', { text: String(body['text']), nodes: paragraph(String(body['text'])) }),
    }));
    dispatchEvent(new Event('online'));
    await expect
      .element(page.getByRole('article', { name: /kept/ }), { timeout: 5000 })
      .toHaveTextContent('Giữ giúp tôi');
    expect(page.getByRole('group', { name: /^Chưa gửi được/ }).elements()).toEqual([]);
    const keys = api.sent(/^POST comments$/).map(({ headers }) => headers.get('Idempotency-Key'));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-z]+-[0-9a-f]{32}$/);
  });

  it('can be taken back as text, or dropped', async () => {
    api.on(/^POST comments$/, unreachable);
    await show();
    for (const text of ['Lấy lại', 'Bỏ đi']) {
      await userEvent.fill(field(), text);
      await button('Gửi').click();
      await expect.element(page.getByRole('group').getByText(text), { timeout: 5000 }).toBeVisible();
    }
    await page.getByRole('group').nth(1).getByRole('button', { name: 'Bỏ' }).click();
    await vi.waitFor(() => expect(page.getByRole('group').elements()).toHaveLength(1));
    await page.getByRole('group').getByRole('button', { name: 'Sửa' }).click();
    await expect.element(field()).toHaveValue('Lấy lại');
    expect(outboxOf({ site: siteOf(document.querySelector('aw-comments')!) }).waiting(story())).toEqual([]);
  });

  it('and is refused in the end stays with its writer, who is told why', async () => {
    api.on(/^POST comments$/, unreachable);
    await show();
    await userEvent.fill(field(), 'Muộn mất rồi');
    await button('Gửi').click();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ }), { timeout: 5000 }).toBeVisible();
    api.on(/^POST comments$/, () => refused('thread-closed'));
    dispatchEvent(new Event('online'));
    await expect.element(page.getByRole('group').getByText('Phần bình luận đã đóng.'), { timeout: 5000 }).toBeVisible();
    await expect.element(page.getByRole('group').getByText('Muộn mất rồi')).toBeVisible();
  });

  it('a text begun is there again after a reload, also that of a reply', async () => {
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

describe('the tools of who writes', () => {
  const select = async (from: number, to: number) => {
    const area = field().element() as HTMLTextAreaElement;
    area.setSelectionRange(from, to);
    await expect.element(page.getByRole('toolbar', { name: 'Định dạng' })).toBeVisible();
  };

  it('mark what is selected, by button and by key, and can be undone', async () => {
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

  it('show the outcome, the last one asked for, when typing stops', async () => {
    await show();
    await userEvent.fill(field(), 'Một *ý*');
    await button('Xem trước').click();
    const preview = page.getByRole('region', { name: 'Xem trước' });
    await expect.element(preview).toHaveTextContent('Xem: Một *ý*');
    const before = api.sent(/^POST comments\/preview/).length;
    await userEvent.click(field());
    await userEvent.keyboard(' khác hẳn');
    await expect.element(preview).toHaveTextContent('Xem: Một *ý* khác hẳn');
    expect(api.sent(/^POST comments\/preview/).length - before).toBeLessThanOrEqual(2);
    await expectNoViolations();
    api.on(/^POST comments\/preview/, () => refused('internal'));
    await userEvent.keyboard('!');
    await expect.element(preview).toHaveTextContent('Chưa xem trước được.');
    await expect.element(field()).toHaveValue('Một *ý* khác hẳn!');
  });

  it('call people of the thread by name, also without marks, by keyboard alone', async () => {
    thread.add('c', { author: { id: 'thao', name: 'Đỗ Thảo', badges: [] } });
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
    await vi.waitFor(() => expect(api.sent(/^POST comments$/)).toHaveLength(1));
    expect(api.sent(/^POST comments$/)[0]!.body['mentions']).toEqual(['thao']);
  });
});

describe('what else can be done with a comment', () => {
  it('opens by keyboard, and closes with Escape where it was opened', async () => {
    const widget = await show();
    await menuOf('b');
    await vi.waitFor(() => expect(focused(widget)?.textContent).toContain('Chép liên kết'));
    await expectNoViolations();
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(focused(widget)?.dataset['act']).toBe('menu'));
    expect(focused(widget)?.getAttribute('aria-expanded')).toBe('false');
  });

  it('copies a link that leads to it', async () => {
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

  it('quotes it in a reply', async () => {
    await show();
    await menuOf('b');
    await button('Trích dẫn').click();
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người b' })).toHaveValue('> Ý kiến b\n\n');
  });

  it('reports it, with a reason', async () => {
    api.on(/^POST comments\/b\/reports/, () => ({}));
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

  it('says calmly where a report fails, and keeps it', async () => {
    api.on(/^POST comments\/b\/reports/, () => refused('rate-limited'));
    await show();
    await menuOf('b');
    await button('Báo cáo').click();
    await page.getByRole('radio', { name: 'Lạc đề' }).click();
    await button('Gửi báo cáo').click();
    await expect.element(page.getByText('Bạn thao tác hơi nhanh. Chờ một chút rồi thử lại nhé.')).toBeVisible();
    await expect.element(page.getByRole('radio', { name: 'Lạc đề' })).toBeChecked();
  });

  it('mutes its writer, and takes that back', async () => {
    api.on(/^(PUT|DELETE) readers/, () => new Response(null, { status: 204 }));
    await show();
    await menuOf('b');
    await button('Ẩn người này').click();
    await vi.waitFor(() => expect(page.getByText('Ý kiến b').elements()).toEqual([]));
    expect(api.sent(/^PUT readers/)[0]!.route).toBe('PUT readers/writer-b/mute');
    await page
      .getByRole('button', { name: /Xem|Hiện/ })
      .first()
      .click();
    await menuOf('b');
    await button('Hiện lại người này').click();
    await expect.element(page.getByText('Ý kiến b')).toBeVisible();
    await vi.waitFor(() => expect(api.sent(/^DELETE readers/)).toHaveLength(1));
  });

  it('tells what it said before it was edited', async () => {
    thread.add('c', { editedAt: new Date().toISOString() });
    api.on(/^GET comments\/c\/history/, () => ({
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
