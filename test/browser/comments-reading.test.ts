import axe from 'axe-core';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent, Me } from '../../src/contract/types.js';
import '../../src/loader/cloak.css';
import { CommentsElement } from '../../src/widgets/comments/comments.js';
import { addressOf } from '../../src/widgets/comments/permalinks.js';
import { FakeSource } from './fake-source.js';
import { FakeRoutes, refused, unreachable } from './fake-routes.js';
import { comment, FakeThread } from './fake-thread.js';
import { putElement } from './put-element.js';

CommentsElement.define();

let api: FakeRoutes;
let thread: FakeThread;
let me: Me;
let pages = 0;
const story = () => `https://news.example/read-${pages}`;
const nobody = { id: '', name: '', badges: [] };

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  history.replaceState(null, '', location.pathname + location.search);
  pages++;
  me = {
    reader: { id: 'reader', name: 'Lan', kind: 'guest', verified: false, badges: [] },
    reactions: {},
    votes: {},
    own: [],
    muted: [],
  };
  FakeSource.install();
  api = new FakeRoutes().install().on(/^GET me/, () => me);
  thread = new FakeThread().install(api);
});

afterEach(() => {
  document.body.replaceChildren();
  FakeSource.restore();
  api.restore();
  history.replaceState(null, '', location.pathname + location.search);
});

async function show(attributes: Record<string, string> = { open: '' }, fallback = ''): Promise<CommentsElement> {
  const place = { site: 'demo', api: location.origin, story: story() };
  const widget = putElement('aw-comments', { ...place, ...attributes }, fallback);
  await vi.waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull(), 5000);
  return widget;
}

const article = (name: string) => page.getByRole('article', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const shown = (widget: Element) => [...widget.shadowRoot!.querySelectorAll('article')].map(({ id }) => id.slice(2));
const focused = (widget: Element) => widget.shadowRoot!.activeElement?.id;
const known = () =>
  localStorage.setItem(`afterword:${location.origin}/v1/sites/demo/`, JSON.stringify({ token: 'guest-token' }));
const top = (id: string) =>
  document.querySelector('aw-comments')!.shadowRoot!.getElementById(`c-${id}`)!.getBoundingClientRect().top;
const hear = async (event: Partial<LiveEvent>) => {
  await vi.waitFor(() => expect(FakeSource.open[0]?.stories).toEqual([story()]), 3000);
  FakeSource.open[0]!.send({ story: story(), version: 2, total: 9, ...event } as LiveEvent);
};

describe('a thread', () => {
  it('is a list of articles that their writers and times name', async () => {
    thread.add('a').add('a1', { parentId: 'a' });
    await show();
    await expect.element(page.getByRole('region', { name: 'Bình luận (2)' })).toBeVisible();
    await expect.element(page.getByRole('article', { name: /^Người a \d+ \S+ trước$/ })).toHaveTextContent('Ý kiến a');
    expect(page.getByRole('list').elements()).toHaveLength(2);
    expect(page.getByRole('listitem').elements()).toHaveLength(2);
    await expect.element(article('Người a1')).toBeVisible();
  });

  it('waits behind a button where it would move what is in sight', async () => {
    thread.add('a').add('b');
    const widget = await show({});
    expect(page.getByRole('article').elements()).toHaveLength(0);
    expect(widget.offsetHeight).toBeGreaterThan(200);
    await button('Hiện 2 bình luận').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-a'));
  });

  it('opens by itself where its lower edge is below the window', async () => {
    thread.add('a').add('b');
    putElement('div', {}).style.height = '900px';
    await show({});
    expect(page.getByRole('article').elements()).toHaveLength(2);
  });

  it('is put in another order without going blank, and keeps what is typed', async () => {
    thread.add('a').add('b');
    const widget = await show();
    await userEvent.fill(page.getByRole('textbox'), 'Giữ lại');
    await userEvent.selectOptions(page.getByRole('combobox', { name: 'Sắp xếp' }), 'Mới nhất');
    await vi.waitFor(() => expect(shown(widget)).toEqual(['b', 'a']));
    expect(api.sent(/^GET comments/)[0]!.query.get('sort')).toBe('newest');
    await expect.element(page.getByRole('textbox').first()).toHaveValue('Giữ lại');
  });

  it('shows what is gone, pinned, picked and who is who', async () => {
    thread
      .add('a', { state: 'removed', author: nobody, nodes: [] })
      .add('b', { pinned: true, featured: true, author: { id: 'x', name: 'Thư', badges: ['author'] } });
    await show();
    await expect.element(page.getByText('Bình luận này đã bị gỡ.')).toBeVisible();
    for (const badge of ['Tác giả', 'Được ghim', 'Toà soạn chọn'])
      await expect.element(page.getByText(badge)).toBeVisible();
  });

  it('that is closed takes nothing more, and says when it soon will', async () => {
    thread.add('a');
    thread.thread.closesAt = new Date(Date.now() + 86_400_000).toISOString();
    await show();
    await expect.element(page.getByText(/^Nhận bình luận đến .*\.$/)).toBeVisible();
    document.body.replaceChildren();
    pages++;
    thread.thread.state = 'closed';
    await show();
    await expect.element(page.getByText('Phần bình luận đã đóng.')).toBeVisible();
    expect(page.getByRole('textbox').elements()).toHaveLength(0);
    expect(button(/Trả lời/).elements()).toHaveLength(0);
  });

  it('that is empty invites', async () => {
    thread.thread.question = 'Bạn đã thử chưa?';
    await show({});
    await expect.element(page.getByText('Mời bạn mở đầu')).toBeVisible();
    await expect.element(page.getByText('Bạn đã thử chưa?')).toBeVisible();
  });

  it('out of reach leaves the fallback readable', async () => {
    api.on(/^GET page/, unreachable);
    await show({ open: '' }, 'Gửi thư về toà soạn');
    await expect.element(page.getByText('Gửi thư về toà soạn')).toBeVisible();
    await expect.element(button('Thử lại')).toBeVisible();
  });

  it('speaks English where the page does', async () => {
    thread.add('a').add('b');
    await show({ open: '', lang: 'en' });
    await expect.element(page.getByRole('region', { name: 'Comments (2)' })).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Your comment' })).toBeVisible();
  });

  it('takes fewer than twelve elements a comment', async () => {
    for (let index = 0; index < 40; index++)
      thread.add(`r${index}`, index % 3 ? { parentId: `r${index - (index % 3)}` } : {});
    const widget = await show({ open: '', 'page-size': '40' });
    await vi.waitFor(() => expect(shown(widget)).toHaveLength(40));
    expect(widget.shadowRoot!.querySelector('.list')!.querySelectorAll('*').length / 40).toBeLessThan(12);
  });
});

describe('a branch', () => {
  it('folds on its line, and by the keyboard', async () => {
    thread.add('a').add('a1', { parentId: 'a' });
    const widget = await show();
    const fold = button('Ẩn hoặc hiện các trả lời cho Người a');
    await expect.element(fold).toHaveAttribute('aria-expanded', 'true');
    await fold.click();
    await expect.element(fold).toHaveAttribute('aria-expanded', 'false');
    expect(shown(widget)).toEqual(['a']);
    await button('Xem thêm 1 trả lời').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-a1'));
    (fold.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(fold).toHaveAttribute('aria-expanded', 'false');
    expect(widget.shadowRoot!.activeElement).toBe(fold.element());
  });

  it('brings the rest of its replies, each once and in order', async () => {
    thread.add('a');
    for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) thread.add(id, { parentId: 'a' });
    const widget = await show();
    await button('Xem thêm 2 trả lời').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-a4'));
    expect(shown(widget)).toEqual(['a', 'a1', 'a2', 'a3', 'a4', 'a5']);
    await expect.element(page.getByRole('status')).toHaveTextContent('Đã hiện thêm 2 bình luận.');
    expect(button(/Xem thêm/).elements()).toHaveLength(0);
  });

  it('that is too deep for the width goes on from the left, and back', async () => {
    await page.viewport(360, 800);
    thread.chain('a', 'b', 'c', 'd', 'e', 'f');
    const widget = await show();
    expect(shown(widget)).toEqual(['a', 'b', 'c']);
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-c'));
    expect(shown(widget)).toEqual(['c', 'd', 'e']);
    await expect.element(page.getByText('Trả lời Người b', { exact: true })).toBeVisible();
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await vi.waitFor(() => expect(shown(widget)).toEqual(['e', 'f']));
    await button('Về mạch chính').click();
    await vi.waitFor(() => expect(shown(widget)).toEqual(['c', 'd', 'e']));
    await button('Về mạch chính').click();
    await vi.waitFor(() => expect(shown(widget)).toEqual(['a', 'b', 'c']));
    expect(widget.shadowRoot!.activeElement!.textContent.trim()).toBe('Đọc tiếp nhánh này (1 trả lời)');
  });

  it('stands in as far as the width allows', async () => {
    thread.chain('a', 'b', 'c', 'd', 'e');
    const widget = await show();
    await button('Xem 1 trả lời').click();
    await vi.waitFor(() => expect(shown(widget)).toHaveLength(5));
    await page.viewport(360, 800);
    await vi.waitFor(() => expect(shown(widget)).toEqual(['a', 'b', 'c']));
    expect(document.documentElement.scrollWidth).toBe(360);
  });

  it('leads from a deep reply to what it answers', async () => {
    thread.chain('a', 'b', 'c');
    const widget = await show();
    await button('Đến bình luận của Người b').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-b'));
  });
});

describe('more of the thread', () => {
  beforeEach(() => {
    for (let index = 0; index < 60; index++) thread.add(`r${index}`);
  });

  it('comes by the button, and takes the focus along', async () => {
    const widget = await show({ open: '', 'page-size': '5' });
    await button('Xem thêm bình luận').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-r5'));
    expect(shown(widget).slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, index) => `r${index}`));
  });

  it('comes by itself when its place comes near, but never into sight', async () => {
    const widget = await show({ open: '' });
    expect(shown(widget)).toHaveLength(20);
    scrollTo(0, document.documentElement.scrollHeight - 1700);
    await vi.waitFor(() => expect(shown(widget)).toHaveLength(40), 3000);
    expect(focused(widget)).toBeUndefined();
    scrollTo(0, 0);
  });

  it('says that it failed, and goes on when asked again', async () => {
    const widget = await show({ open: '', 'page-size': '5' });
    api.on(/^GET comments/, () => refused('rate-limited'));
    await button('Xem thêm bình luận').click();
    await expect.element(page.getByText('Bạn thao tác hơi nhanh.'), { timeout: 5000 }).toBeVisible();
    thread.install(api);
    await button('Xem thêm bình luận').click();
    await vi.waitFor(() => expect(shown(widget)).toContain('r9'));
    expect(page.getByText('Bạn thao tác hơi nhanh.').elements()).toHaveLength(0);
  });

  it('starts anew where the reader stands when the order is too old, and keeps what is typed', async () => {
    let expired = true;
    let stand!: () => void;
    const standing = new Promise<void>((resolve) => (stand = resolve));
    api.on(/^GET comments/, async ({ query }) => {
      if (expired && query.get('cursor')) {
        await standing;
        return refused('cursor-expired');
      }
      expired = false;
      return thread.page(query);
    });
    const widget = await show({ open: '' });
    await userEvent.fill(page.getByRole('textbox'), 'Giữ lại');
    await button('Trả lời Người r12').click();
    await vi.waitFor(() => expect(widget.shadowRoot!.activeElement?.localName).toBe('textarea'));
    await userEvent.keyboard('Một câu trả lời');
    widget.shadowRoot!.getElementById('c-r11')!.scrollIntoView();
    const before = top('r12');
    stand();
    await vi.waitFor(() => expect(api.sent(/^GET comments/).some(({ query }) => query.get('anchor'))).toBe(true), 3000);
    await vi.waitFor(() => expect(expired).toBe(false));
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người r12' })).toHaveValue('Một câu trả lời');
    await vi.waitFor(() => expect(Math.abs(top('r12') - before)).toBeLessThan(2));
    await expect.element(page.getByRole('textbox', { name: 'Bình luận của bạn' })).toHaveValue('Giữ lại');
    scrollTo(0, 0);
  });
});

describe('a link to a comment', () => {
  it('leads to it in one call, wherever it stands, and marks it', async () => {
    await page.viewport(360, 800);
    for (let index = 0; index < 60; index++) thread.add(`r${index}`);
    thread.chain('a', 'b', 'c', 'd', 'e');
    history.replaceState(null, '', addressOf('e'));
    const widget = await show({});
    await vi.waitFor(() => expect(focused(widget)).toBe('c-e'));
    expect(api.requests.filter(({ route }) => route.startsWith('GET')).map(({ query }) => query.get('anchor'))).toEqual(
      ['e'],
    );
    expect(widget.shadowRoot!.querySelector('.marked')!.id).toBe('c-e');
    expect(shown(widget)).not.toContain('a');
    await vi.waitFor(() => expect(top('e')).toBeLessThan(800));
    expect(top('e')).toBeGreaterThanOrEqual(0);
    scrollTo(0, 0);
  });

  it('may be followed while the page is open', async () => {
    thread.chain('a', 'b').add('c');
    const widget = await show();
    await vi.waitFor(() => expect(FakeSource.open).toHaveLength(1), 3000);
    location.hash = addressOf('b').split('#')[1]!;
    await vi.waitFor(() => expect(focused(widget)).toBe('c-b'));
    for (let index = 0; index < 60; index++) thread.add(`r${index}`);
    location.hash = addressOf('r50').split('#')[1]!;
    await vi.waitFor(() => expect(focused(widget)).toBe('c-r50'));
    expect(shown(widget)).not.toContain('a');
    scrollTo(0, 0);
  });

  it('goes on upwards, and what is in sight stays where it is', async () => {
    for (let index = 0; index < 60; index++) thread.add(`r${index}`);
    history.replaceState(null, '', addressOf('r40'));
    const widget = await show();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-r40'));
    expect(shown(widget)[0]).toBe('r30');
    widget.shadowRoot!.querySelector('[data-read=previous]')!.scrollIntoView();
    const before = top('r30');
    await button('Xem các bình luận trước đó').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-r29'));
    expect(Math.abs(top('r30') - before)).toBeLessThan(2);
    expect(shown(widget)[0]).toBe('r20');
    scrollTo(0, 0);
  });

  it('to what is not there says so, over the thread', async () => {
    thread.add('a');
    history.replaceState(null, '', addressOf('lost'));
    await show();
    await expect.element(page.getByText('Không tìm thấy bình luận mà đường dẫn này nhắc tới.').first()).toBeVisible();
    await expect.element(article('Người a')).toBeVisible();
  });
});

describe('what others do', () => {
  it('waits behind a button, and moves nothing', async () => {
    thread.add('a').add('b');
    const widget = await show();
    await hear({ type: 'comment', comment: comment('n1') });
    await hear({ type: 'comment', comment: comment('n1-1', { parentId: 'n1' }) });
    const before = [top('a'), top('b')];
    await hear({ type: 'comment', comment: comment('n2') });
    await expect.element(button('2 bình luận mới')).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Bình luận (9)' })).toBeVisible();
    expect([top('a'), top('b')]).toEqual(before);
    expect(shown(widget)).toEqual(['a', 'b']);
    await button('2 bình luận mới').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-n2'));
    expect(shown(widget)).toEqual(['n2', 'n1', 'n1-1', 'a', 'b']);
    expect(button(/bình luận mới/).elements()).toHaveLength(0);
  });

  it('in answer to a comment waits at it', async () => {
    thread.add('a').add('b');
    const widget = await show();
    const before = top('b');
    await hear({ type: 'comment', comment: comment('a1', { parentId: 'a' }) });
    await expect.element(button('1 trả lời mới')).toBeVisible();
    expect(top('b')).toBe(before);
    await button('1 trả lời mới').click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-a1'));
  });

  it('to what is shown changes it in place', async () => {
    thread.add('a', { votes: { up: 1, down: 0 } }).add('b');
    await show();
    const before = top('b');
    await hear({ type: 'comment-changed', comment: comment('a', { votes: { up: 7, down: 0 } }) });
    await expect.element(button('Thích 7')).toBeVisible();
    const edited = comment('a', { text: 'Một câu dài hơn nhiều. '.repeat(20), editedAt: new Date().toISOString() });
    await hear({ type: 'comment-changed', comment: edited });
    await expect.element(button('Xem bản vừa sửa')).toBeVisible();
    expect(top('b')).toBe(before);
    await button('Xem bản vừa sửa').click();
    await expect.element(article('Người a')).toHaveTextContent('Một câu dài hơn nhiều.');
    const taken = top('b');
    await hear({
      type: 'comment-changed',
      comment: comment('a', { state: 'removed', author: nobody, nodes: [], text: '' }),
    });
    await expect.element(page.getByText('Bình luận này đã bị gỡ.')).toBeVisible();
    expect(top('b')).toBe(taken);
  });

  it('to what is far away is there when the reader comes back to it', async () => {
    for (let index = 0; index < 200; index++) thread.add(`r${index}`);
    const widget = await show({ open: '', 'page-size': '200' });
    await vi.waitFor(() => expect(shown(widget)).toHaveLength(200), 5000);
    const end = widget.shadowRoot!.getElementById('c-r199')!;
    end.scrollIntoView();
    await vi.waitFor(() => expect(end.checkVisibility({ contentVisibilityAuto: true })).toBe(true));
    const first = widget.shadowRoot!.getElementById('c-r0')!;
    await vi.waitFor(() => expect(first.checkVisibility({ contentVisibilityAuto: true })).toBe(false));
    await hear({ type: 'comment-changed', comment: comment('r0', { votes: { up: 7, down: 0 } }) });
    first.scrollIntoView();
    await expect.element(button('Thích 7')).toBeVisible();
    expect(first.checkVisibility({ contentVisibilityAuto: true })).toBe(true);
  });

  it('before the connection stood, or while it was broken, is asked for', async () => {
    for (let index = 0; index < 30; index++) thread.add(`r${index}`);
    const widget = await show();
    const before = top('r0');
    const createdAt = new Date().toISOString();
    thread.add('c', { createdAt });
    await hear({ type: 'thread', thread: thread.thread });
    // Those of the pages that are not here yet are not new.
    await expect.element(button('1 bình luận mới')).toBeVisible();
    thread.add('d', { createdAt }).add('r29-1', { parentId: 'r29' }).add('r19-1', { parentId: 'r19', createdAt });
    await hear({ type: 'reset' });
    await expect.element(button('1 trả lời mới')).toBeInTheDocument();
    await expect.element(button('2 bình luận mới')).toBeVisible();
    expect(shown(widget)).toHaveLength(20);
    expect(top('r0')).toBe(before);
  });

  it('closes the thread, but not under the hands of who writes', async () => {
    thread.add('a');
    await show();
    await userEvent.fill(page.getByRole('textbox'), 'Đang viết');
    await hear({ type: 'thread', thread: { ...thread.thread, state: 'closed', question: 'Câu hỏi mới?' } });
    await expect.element(page.getByRole('textbox').first()).toHaveValue('Đang viết');
    await vi.waitFor(() => expect(button(/Trả lời/).elements()).toHaveLength(0));
    expect(page.getByText('Câu hỏi mới?').elements()).toHaveLength(0);
  });
});

describe('who comes back', () => {
  it('sees what is new since', async () => {
    known();
    localStorage.setItem(
      `afterword:visits:${location.origin}/v1/sites/demo/`,
      JSON.stringify({ [story()]: { at: Date.UTC(2026, 10, 1, 8, 0, 30) } }),
    );
    thread.add('old').add('new');
    await show();
    await expect.element(article('Người new')).toHaveTextContent('Mới');
    expect(article('Người old').element().querySelector('.new')).toBeNull();
  });

  it('who has never acted leaves no trace', async () => {
    thread.add('a');
    await show();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('does not read those who were muted, unless they want to', async () => {
    known();
    me.muted = ['writer-a'];
    thread.add('a').add('b', { parentId: 'a' });
    const widget = await show();
    await expect.element(page.getByText('Bạn đã ẩn người viết này.')).toBeVisible();
    expect(page.getByText('Ý kiến a').elements()).toHaveLength(0);
    await expect.element(article('Người b')).toBeVisible();
    await page.getByRole('button', { name: 'Hiện', exact: true }).click();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-a'));
    await expect.element(page.getByText('Ý kiến a')).toBeVisible();
  });
});

describe('axe finds nothing', () => {
  const violations = async () => {
    const { violations } = await axe.run(document.querySelector('aw-comments')!, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { region: { enabled: false } },
    });
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  };

  beforeEach(() => {
    thread.chain('a', 'b', 'c', 'd', 'e').add('gone', { state: 'deleted', author: nobody, nodes: [] });
    thread.add('gone-1', { parentId: 'gone' });
    for (let index = 0; index < 40; index++) thread.add(`r${index}`);
    thread.thread.question = 'Bạn đã thử chưa?';
  });

  it('in a thread with branches, folded or gone on with, new ones and a failure', async () => {
    await page.viewport(320, 800);
    const widget = await show();
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await vi.waitFor(() => expect(shown(widget)).toContain('d'));
    await button('Ẩn hoặc hiện các trả lời cho Bạn đọc').click();
    await hear({ type: 'comment', comment: comment('n1') });
    await hear({ type: 'comment', comment: comment('d2', { parentId: 'd' }) });
    await expect.element(button('1 trả lời mới')).toBeVisible();
    expect(await violations()).toEqual([]);
    expect(document.documentElement.scrollWidth).toBe(320);
  });

  it('where a link leads, for who comes back, and when it is closed', async () => {
    known();
    me.muted = ['writer-r6'];
    thread.thread.state = 'closed';
    history.replaceState(null, '', addressOf('r5'));
    localStorage.setItem(
      `afterword:visits:${location.origin}/v1/sites/demo/`,
      JSON.stringify({ [story()]: { at: Date.UTC(2026, 10, 1, 8, 3) } }),
    );
    const widget = await show();
    await vi.waitFor(() => expect(focused(widget)).toBe('c-r5'));
    await expect.element(page.getByText('Mới', { exact: true }).first()).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});
