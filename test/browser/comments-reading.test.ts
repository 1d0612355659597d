import axe from 'axe-core';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/contract/types.js';
import '../../src/define/comments.js';
import '../../src/loader/cloak.css';
import { createComment as comment, refusal, type InMemoryApi } from '../../src/testing/index.js';
import type { CommentsElement } from '../../src/widgets/comments/comments.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let pages = 0;
const story = () => `https://news.example/read-${pages}`;
const nobody = { id: '', name: '', badges: [] };

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  history.replaceState(null, '', location.pathname + location.search);
  pages++;
  api = installApi();
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
  history.replaceState(null, '', location.pathname + location.search);
});

async function show(attributes: Record<string, string> = { open: '' }, fallback = ''): Promise<CommentsElement> {
  const place = { site: api.site!, api: location.origin, story: story() };
  const widget = putElement('aw-comments', { ...place, ...attributes }, fallback);
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull());
  return widget;
}

const article = (name: string) => page.getByRole('article', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const shown = (widget: Element) => [...widget.shadowRoot!.querySelectorAll('article')].map(({ id }) => id.slice(2));
const linkTo = (id: string) => `#aw-comment-${id}`;
const focused = (widget: Element) => widget.shadowRoot!.activeElement?.id;
const known = () =>
  localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
const top = (id: string) =>
  document.querySelector('aw-comments')!.shadowRoot!.getElementById(`c-${id}`)!.getBoundingClientRect().top;
const receive = async (event: Partial<LiveEvent>) => {
  await waitFor(() => expect(api.openStreams[0]?.stories).toEqual([story()]));
  api.openStreams[0]!.send({ story: story(), version: 2, total: 9, ...event } as LiveEvent);
};

describe('a thread', () => {
  it('is a list of articles, each named by author and time', async () => {
    api.thread.add('a').add('a1', { parentId: 'a' });
    await show();
    await expect.element(page.getByRole('region', { name: 'Bình luận (2)' })).toBeVisible();
    await expect.element(page.getByRole('article', { name: /^Người a \d+ \S+ trước$/ })).toHaveTextContent('Ý kiến a');
    expect(page.getByRole('list').elements()).toHaveLength(2);
    expect(page.getByRole('listitem').elements()).toHaveLength(2);
    await expect.element(article('Người a1')).toBeVisible();
  });

  it('is collapsed behind a button where showing it would shift the layout', async () => {
    api.thread.add('a').add('b');
    const widget = await show({});
    expect(page.getByRole('article').elements()).toHaveLength(0);
    expect(widget.offsetHeight).toBeGreaterThan(200);
    await button('Hiện 2 bình luận').click();
    await waitFor(() => expect(focused(widget)).toBe('c-a'));
  });

  it('opens automatically where its lower edge is below the viewport', async () => {
    api.thread.add('a').add('b');
    putElement('div', {}).style.height = '900px';
    await show({});
    expect(page.getByRole('article').elements()).toHaveLength(2);
  });

  it('changes the sort order without an empty state, and keeps the typed text', async () => {
    api.thread.add('a').add('b');
    const widget = await show();
    await userEvent.fill(page.getByRole('textbox'), 'Giữ lại');
    await userEvent.selectOptions(page.getByRole('combobox', { name: 'Sắp xếp' }), 'Mới nhất');
    await waitFor(() => expect(shown(widget)).toEqual(['b', 'a']));
    expect(api.sent('GET comments')[0]!.query.get('sort')).toBe('newest');
    await expect.element(page.getByRole('textbox').first()).toHaveValue('Giữ lại');
  });

  it('shows removed, pinned and featured comments, and badges of authors', async () => {
    api.thread
      .add('a', { state: 'removed', author: nobody, nodes: [] })
      .add('b', { pinned: true, featured: true, author: { id: 'x', name: 'Thư', badges: ['author'] } });
    await show();
    await expect.element(page.getByText('Bình luận này đã bị gỡ.')).toBeVisible();
    for (const badge of ['Tác giả', 'Được ghim', 'Toà soạn chọn'])
      await expect.element(page.getByText(badge)).toBeVisible();
  });

  it('announces when it closes soon, and has no forms when closed', async () => {
    api.thread.add('a');
    api.thread.settings.closesAt = new Date(Date.now() + 86_400_000).toISOString();
    await show();
    await expect.element(page.getByText(/^Nhận bình luận đến .*\.$/)).toBeVisible();
    document.body.replaceChildren();
    pages++;
    api.thread.settings.state = 'closed';
    await show();
    await expect.element(page.getByText('Phần bình luận đã đóng.')).toBeVisible();
    expect(page.getByRole('textbox').elements()).toHaveLength(0);
    expect(button(/Trả lời/).elements()).toHaveLength(0);
  });

  it('shows an invitation and the question when empty', async () => {
    api.thread.settings.question = 'Bạn đã thử chưa?';
    await show({});
    await expect.element(page.getByText('Mời bạn mở đầu')).toBeVisible();
    await expect.element(page.getByText('Bạn đã thử chưa?')).toBeVisible();
  });

  it('keeps the fallback content when the API cannot be reached', async () => {
    api.disconnect(/^GET/);
    await show({ open: '' }, 'Gửi thư về toà soạn');
    await expect.element(page.getByText('Gửi thư về toà soạn')).toBeVisible();
    await expect.element(button('Thử lại')).toBeVisible();
  });

  it('follows an English lang attribute', async () => {
    api.thread.add('a').add('b');
    await show({ open: '', lang: 'en' });
    await expect.element(page.getByRole('region', { name: 'Comments (2)' })).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Your comment' })).toBeVisible();
  });

  it('renders fewer than twelve elements per comment', async () => {
    for (let index = 0; index < 40; index++)
      api.thread.add(`r${index}`, index % 3 ? { parentId: `r${index - (index % 3)}` } : {});
    const widget = await show({ open: '', 'page-size': '40' });
    await waitFor(() => expect(shown(widget)).toHaveLength(40));
    expect(widget.shadowRoot!.querySelector('.comment-list')!.querySelectorAll('*').length / 40).toBeLessThan(12);
  });
});

describe('a branch', () => {
  it('collapses and expands by click and by keyboard', async () => {
    api.thread.add('a').add('a1', { parentId: 'a' });
    const widget = await show();
    const fold = button('Ẩn hoặc hiện các trả lời cho Người a');
    await expect.element(fold).toHaveAttribute('aria-expanded', 'true');
    await fold.click();
    await expect.element(fold).toHaveAttribute('aria-expanded', 'false');
    expect(shown(widget)).toEqual(['a']);
    await button('Xem thêm 1 trả lời').click();
    await waitFor(() => expect(focused(widget)).toBe('c-a1'));
    (fold.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(fold).toHaveAttribute('aria-expanded', 'false');
    expect(widget.shadowRoot!.activeElement).toBe(fold.element());
  });

  it('loads the remaining replies, each once and in order', async () => {
    api.thread.add('a');
    for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) api.thread.add(id, { parentId: 'a' });
    const widget = await show();
    await button('Xem thêm 2 trả lời').click();
    await waitFor(() => expect(focused(widget)).toBe('c-a4'));
    expect(shown(widget)).toEqual(['a', 'a1', 'a2', 'a3', 'a4', 'a5']);
    await expect.element(page.getByRole('status')).toHaveTextContent('Đã hiện thêm 2 bình luận.');
    expect(button(/Xem thêm/).elements()).toHaveLength(0);
  });

  it('continues from the left where it is too deep for the width, and returns', async () => {
    await page.viewport(360, 800);
    api.thread.addChain('a', 'b', 'c', 'd', 'e', 'f');
    const widget = await show();
    expect(shown(widget)).toEqual(['a', 'b', 'c']);
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await waitFor(() => expect(focused(widget)).toBe('c-c'));
    expect(shown(widget)).toEqual(['c', 'd', 'e']);
    await expect.element(page.getByText('Trả lời Người b', { exact: true })).toBeVisible();
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await waitFor(() => expect(shown(widget)).toEqual(['e', 'f']));
    await button('Về mạch chính').click();
    await waitFor(() => expect(shown(widget)).toEqual(['c', 'd', 'e']));
    await button('Về mạch chính').click();
    await waitFor(() => expect(shown(widget)).toEqual(['a', 'b', 'c']));
    expect(widget.shadowRoot!.activeElement!.textContent.trim()).toBe('Đọc tiếp nhánh này (1 trả lời)');
  });

  it('is indented as far as the width allows', async () => {
    api.thread.addChain('a', 'b', 'c', 'd', 'e');
    const widget = await show();
    await button('Xem 1 trả lời').click();
    await waitFor(() => expect(shown(widget)).toHaveLength(5));
    await page.viewport(360, 800);
    await waitFor(() => expect(shown(widget)).toEqual(['a', 'b', 'c']));
    expect(document.documentElement.scrollWidth).toBe(360);
  });

  it('moves from a deep reply to its parent', async () => {
    api.thread.addChain('a', 'b', 'c');
    const widget = await show();
    await button('Đến bình luận của Người b').click();
    await waitFor(() => expect(focused(widget)).toBe('c-b'));
  });
});

describe('pagination', () => {
  beforeEach(() => {
    for (let index = 0; index < 60; index++) api.thread.add(`r${index}`);
  });

  it('loads the next page by button and moves the focus to its first comment', async () => {
    const widget = await show({ open: '', 'page-size': '5' });
    await button('Xem thêm bình luận').click();
    await waitFor(() => expect(focused(widget)).toBe('c-r5'));
    expect(shown(widget).slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, index) => `r${index}`));
  });

  it('loads the next page automatically below the viewport only', async () => {
    const widget = await show({ open: '' });
    expect(shown(widget)).toHaveLength(20);
    await waitFor(() => {
      // The page grows while the comments render.
      scrollTo(0, document.documentElement.scrollHeight - 1700);
      expect(shown(widget)).toHaveLength(40);
    });
    expect(focused(widget)).toBeUndefined();
    scrollTo(0, 0);
  });

  it('shows a failure, and retries by button', async () => {
    const widget = await show({ open: '', 'page-size': '5' });
    const allow = api.refuse('GET comments', 'rate-limited');
    await button('Xem thêm bình luận').click();
    await expect.element(page.getByText('Bạn thao tác hơi nhanh.').first()).toBeVisible();
    allow();
    await button('Xem thêm bình luận').click();
    await waitFor(() => expect(shown(widget)).toContain('r9'));
    expect(page.getByText('Bạn thao tác hơi nhanh.').elements()).toHaveLength(0);
  });

  it('reloads at the scroll anchor when the cursor has expired, and keeps typed text', async () => {
    let expired = true;
    let answer!: () => void;
    const answering = new Promise<void>((resolve) => (answer = resolve));
    api.on('GET comments', async ({ query }) => {
      if (expired && query.get('cursor')) {
        await answering;
        return refusal('cursor-expired');
      }
      expired = false;
      return api.thread.page(query);
    });
    const widget = await show({ open: '' });
    await userEvent.fill(page.getByRole('textbox'), 'Giữ lại');
    await button('Trả lời Người r12').click();
    await waitFor(() => expect(widget.shadowRoot!.activeElement?.localName).toBe('textarea'));
    await userEvent.keyboard('Một câu trả lời');
    widget.shadowRoot!.getElementById('c-r11')!.scrollIntoView();
    const before = top('r12');
    answer();
    await waitFor(() => expect(api.sent('GET comments').some(({ query }) => query.get('anchor'))).toBe(true));
    await waitFor(() => expect(expired).toBe(false));
    await expect.element(page.getByRole('textbox', { name: 'Trả lời Người r12' })).toHaveValue('Một câu trả lời');
    await waitFor(() => expect(Math.abs(top('r12') - before)).toBeLessThan(2));
    await expect.element(page.getByRole('textbox', { name: 'Bình luận của bạn' })).toHaveValue('Giữ lại');
    scrollTo(0, 0);
  });
});

describe('a permalink', () => {
  it('focuses and marks its comment at any depth with one request', async () => {
    await page.viewport(360, 800);
    for (let index = 0; index < 60; index++) api.thread.add(`r${index}`);
    api.thread.addChain('a', 'b', 'c', 'd', 'e');
    history.replaceState(null, '', linkTo('e'));
    const widget = await show({});
    await waitFor(() => expect(focused(widget)).toBe('c-e'));
    expect(api.requests.filter(({ route }) => route.startsWith('GET')).map(({ query }) => query.get('anchor'))).toEqual(
      ['e'],
    );
    expect(widget.shadowRoot!.querySelector('.target')!.id).toBe('c-e');
    expect(shown(widget)).not.toContain('a');
    await waitFor(() => expect(top('e')).toBeLessThan(800));
    expect(top('e')).toBeGreaterThanOrEqual(0);
    scrollTo(0, 0);
  });

  it('is followed on hashchange', async () => {
    api.thread.addChain('a', 'b').add('c');
    const widget = await show();
    await waitFor(() => expect(api.openStreams).toHaveLength(1));
    location.hash = linkTo('b');
    await waitFor(() => expect(focused(widget)).toBe('c-b'));
    for (let index = 0; index < 60; index++) api.thread.add(`r${index}`);
    location.hash = linkTo('r50');
    await waitFor(() => expect(focused(widget)).toBe('c-r50'));
    expect(shown(widget)).not.toContain('a');
    scrollTo(0, 0);
  });

  it('allows loading previous comments without moving those in view', async () => {
    for (let index = 0; index < 60; index++) api.thread.add(`r${index}`);
    history.replaceState(null, '', linkTo('r40'));
    const widget = await show();
    await waitFor(() => expect(focused(widget)).toBe('c-r40'));
    expect(shown(widget)[0]).toBe('r30');
    widget.shadowRoot!.querySelector('[data-navigate=previous]')!.scrollIntoView();
    const before = top('r30');
    await button('Xem các bình luận trước đó').click();
    await waitFor(() => expect(focused(widget)).toBe('c-r29'));
    expect(Math.abs(top('r30') - before)).toBeLessThan(2);
    expect(shown(widget)[0]).toBe('r20');
    scrollTo(0, 0);
  });

  it('to an unknown comment shows a notice above the thread', async () => {
    api.thread.add('a');
    history.replaceState(null, '', linkTo('lost'));
    await show();
    await expect.element(page.getByText('Không tìm thấy bình luận mà đường dẫn này nhắc tới.').first()).toBeVisible();
    await expect.element(article('Người a')).toBeVisible();
  });
});

describe('live updates', () => {
  it('collect new comments behind a button, without layout shift', async () => {
    api.thread.add('a').add('b');
    const widget = await show();
    await receive({ type: 'comment', comment: comment('n1') });
    await receive({ type: 'comment', comment: comment('n1-1', { parentId: 'n1' }) });
    const before = [top('a'), top('b')];
    await receive({ type: 'comment', comment: comment('n2') });
    await expect.element(button('2 bình luận mới')).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Bình luận (9)' })).toBeVisible();
    expect([top('a'), top('b')]).toEqual(before);
    expect(shown(widget)).toEqual(['a', 'b']);
    await button('2 bình luận mới').click();
    await waitFor(() => expect(focused(widget)).toBe('c-n2'));
    expect(shown(widget)).toEqual(['n2', 'n1', 'n1-1', 'a', 'b']);
    expect(button(/bình luận mới/).elements()).toHaveLength(0);
  });

  it('collect new replies behind a button at their parent, without layout shift', async () => {
    api.thread.add('a').add('b');
    const widget = await show();
    const before = top('b');
    await receive({ type: 'comment', comment: comment('a1', { parentId: 'a' }) });
    await expect.element(button('1 trả lời mới')).toBeVisible();
    expect(top('b')).toBe(before);
    await button('1 trả lời mới').click();
    await waitFor(() => expect(focused(widget)).toBe('c-a1'));
  });

  it('apply votes and removals in place, and edits by button', async () => {
    api.thread.add('a', { votes: { up: 1, down: 0 } }).add('b');
    await show();
    const before = top('b');
    await receive({ type: 'comment-changed', comment: comment('a', { votes: { up: 7, down: 0 } }) });
    await expect.element(button('Thích 7')).toBeVisible();
    const edited = comment('a', { text: 'Một câu dài hơn nhiều. '.repeat(20), editedAt: new Date().toISOString() });
    await receive({ type: 'comment-changed', comment: edited });
    await expect.element(button('Xem bản vừa sửa')).toBeVisible();
    expect(top('b')).toBe(before);
    await button('Xem bản vừa sửa').click();
    await expect.element(article('Người a')).toHaveTextContent('Một câu dài hơn nhiều.');
    const taken = top('b');
    await receive({
      type: 'comment-changed',
      comment: comment('a', { state: 'removed', author: nobody, nodes: [], text: '' }),
    });
    await expect.element(page.getByText('Bình luận này đã bị gỡ.')).toBeVisible();
    expect(top('b')).toBe(taken);
  });

  it('apply to comments outside the viewport', async () => {
    for (let index = 0; index < 100; index++) api.thread.add(`r${index}`);
    const widget = await show({ open: '', 'page-size': '100' });
    await waitFor(() => expect(shown(widget)).toHaveLength(100));
    const end = widget.shadowRoot!.getElementById('c-r99')!;
    end.scrollIntoView();
    await waitFor(() => expect(end.checkVisibility({ contentVisibilityAuto: true })).toBe(true));
    const first = widget.shadowRoot!.getElementById('c-r0')!;
    await waitFor(() => expect(first.checkVisibility({ contentVisibilityAuto: true })).toBe(false));
    await receive({ type: 'comment-changed', comment: comment('r0', { votes: { up: 7, down: 0 } }) });
    first.scrollIntoView();
    await expect.element(button('Thích 7')).toBeVisible();
    expect(first.checkVisibility({ contentVisibilityAuto: true })).toBe(true);
  });

  it('request comments missed before the connection and after a reset', async () => {
    for (let index = 0; index < 30; index++) api.thread.add(`r${index}`);
    const widget = await show();
    const before = top('r0');
    const createdAt = new Date().toISOString();
    api.thread.add('c', { createdAt });
    await receive({ type: 'thread', thread: api.thread.settings });
    // Comments of pages that are not loaded yet do not count as new.
    await expect.element(button('1 bình luận mới')).toBeVisible();
    api.thread.add('d', { createdAt }).add('r29-1', { parentId: 'r29' }).add('r19-1', { parentId: 'r19', createdAt });
    await receive({ type: 'reset' });
    await expect.element(button('1 trả lời mới')).toBeInTheDocument();
    await expect.element(button('2 bình luận mới')).toBeVisible();
    expect(shown(widget)).toHaveLength(20);
    expect(top('r0')).toBe(before);
  });

  it('close the thread, but keep a form with typed text', async () => {
    api.thread.add('a');
    await show();
    await userEvent.fill(page.getByRole('textbox'), 'Đang viết');
    await receive({ type: 'thread', thread: { ...api.thread.settings, state: 'closed', question: 'Câu hỏi mới?' } });
    await expect.element(page.getByRole('textbox').first()).toHaveValue('Đang viết');
    await waitFor(() => expect(button(/Trả lời/).elements()).toHaveLength(0));
    expect(page.getByText('Câu hỏi mới?').elements()).toHaveLength(0);
  });
});

describe('a returning reader', () => {
  it('sees comments since the last visit marked as new', async () => {
    known();
    localStorage.setItem(
      `afterword:visits:${location.origin}/v1/sites/${api.site}/`,
      JSON.stringify({ [story()]: { at: Date.UTC(2026, 10, 1, 8, 0, 30) } }),
    );
    api.thread.add('old').add('new');
    await show();
    await expect.element(article('Người new')).toHaveTextContent('Mới');
    expect(article('Người old').element().querySelector('.new')).toBeNull();
  });

  it('stores nothing before the first act', async () => {
    api.thread.add('a');
    await show();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('sees comments of muted readers collapsed, and can show them', async () => {
    known();
    api.me.muted = ['writer-a'];
    api.thread.add('a').add('b', { parentId: 'a' });
    const widget = await show();
    await expect.element(page.getByText('Bạn đã ẩn người viết này.')).toBeVisible();
    expect(page.getByText('Ý kiến a').elements()).toHaveLength(0);
    await expect.element(article('Người b')).toBeVisible();
    await page.getByRole('button', { name: 'Hiện', exact: true }).click();
    await waitFor(() => expect(focused(widget)).toBe('c-a'));
    await expect.element(page.getByText('Ý kiến a')).toBeVisible();
  });
});

describe('axe reports no violations', () => {
  const violations = async () => {
    const { violations } = await axe.run(document.querySelector('aw-comments')!, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { region: { enabled: false } },
    });
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  };

  beforeEach(() => {
    api.thread.addChain('a', 'b', 'c', 'd', 'e').add('gone', { state: 'deleted', author: nobody, nodes: [] });
    api.thread.add('gone-1', { parentId: 'gone' });
    for (let index = 0; index < 40; index++) api.thread.add(`r${index}`);
    api.thread.settings.question = 'Bạn đã thử chưa?';
  });

  it('in a thread with collapsed and continued branches and new comments', async () => {
    await page.viewport(320, 800);
    const widget = await show();
    await button('Đọc tiếp nhánh này (1 trả lời)').click();
    await waitFor(() => expect(shown(widget)).toContain('d'));
    await button('Ẩn hoặc hiện các trả lời cho Bạn đọc').click();
    await receive({ type: 'comment', comment: comment('n1') });
    await receive({ type: 'comment', comment: comment('d2', { parentId: 'd' }) });
    await expect.element(button('1 trả lời mới')).toBeVisible();
    expect(await violations()).toEqual([]);
    expect(document.documentElement.scrollWidth).toBe(320);
  });

  it('in a closed thread at a permalink, with new and muted comments', async () => {
    known();
    api.me.muted = ['writer-r6'];
    api.thread.settings.state = 'closed';
    history.replaceState(null, '', linkTo('r5'));
    localStorage.setItem(
      `afterword:visits:${location.origin}/v1/sites/${api.site}/`,
      JSON.stringify({ [story()]: { at: Date.UTC(2026, 10, 1, 8, 3) } }),
    );
    const widget = await show();
    await waitFor(() => expect(focused(widget)).toBe('c-r5'));
    await expect.element(page.getByText('Mới', { exact: true }).first()).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});
