import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Comment, Comments, Me, Thread } from '../../src/contract/types.js';
import '../../src/loader/cloak.css';
import { CommentsElement } from '../../src/widgets/comments/comments.js';
import { FakeRoutes, refused } from './fake-routes.js';
import { putElement } from './put-element.js';

CommentsElement.define();

const comment = (id: string, rest: Partial<Comment> = {}): Comment => ({
  id,
  parentId: null,
  author: { id: `writer-${id}`, name: `Người ${id}`, badges: [] },
  nodes: [{ type: 'paragraph', children: [{ type: 'text', value: `Ý kiến ${id}` }] }],
  text: `Ý kiến ${id}`,
  createdAt: new Date().toISOString(),
  editedAt: null,
  state: 'visible',
  votes: { up: 0, down: 0 },
  pinned: false,
  featured: false,
  replies: { comments: [], nextCursor: null, total: 0 },
  ...rest,
});

let api: FakeRoutes;
let comments: Comment[];
let thread: Thread;
let me: Me;
let nextCursor: string | null;
const stored = new Map<string, Comment>();

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  localStorage.clear();
  stored.clear();
  nextCursor = null;
  comments = [comment('a', { votes: { up: 4, down: 0 } }), comment('b')];
  thread = {
    state: 'open',
    closesAt: null,
    question: null,
    rules: { who: 'guest', votes: 'up', editSeconds: 300, maxGraphemes: 300, moderation: 'post' },
  };
  me = {
    reader: { id: 'reader', name: '', kind: 'guest', verified: false, badges: [] },
    reactions: {},
    votes: {},
    own: [],
    muted: [],
  };
  const answer = (): Comments => ({
    comments,
    prevCursor: null,
    nextCursor,
    total: comments.length,
    thread,
    version: 1,
  });
  api = new FakeRoutes()
    .install()
    .on(/^GET page/, ({ query }) => ({ parts: { [query.get('parts')!]: answer() } }))
    .on(/^GET comments/, answer)
    .on(/^GET me/, () => me)
    .on(/^POST readers/, () => ({ token: 'guest-token', reader: me.reader }))
    .on(/^PATCH readers/, ({ body }) => (me.reader = { ...me.reader, name: body['name'] as string }))
    .on(/^POST comments/, ({ body, headers }) => {
      const key = headers.get('Idempotency-Key')!;
      const text = body['text'] as string;
      const made =
        stored.get(key) ?? comment(`new-${stored.size}`, written(text, body['parentId'] as string | undefined));
      stored.set(key, made);
      return { comment: made };
    })
    .on(/^PATCH comments/, ({ route, body }) => ({
      comment: comment(route.split('/')[1]!, {
        ...written(body['text'] as string),
        editedAt: new Date().toISOString(),
      }),
    }))
    .on(/^DELETE comments/, ({ route }) => ({
      comment: comment(route.split('/')[1]!, { state: 'deleted', text: '', nodes: [], author: nobody }),
    }))
    .on(/^PUT comments/, ({ body }) => ({ votes: { up: body['value'] ? 5 : 4, down: 0 }, value: body['value'] }));
});

const nobody = { id: '', name: '', badges: [] };
const written = (text: string, parentId: string | null = null): Partial<Comment> => ({
  parentId,
  author: { id: 'reader', name: me.reader.name, badges: [] },
  text,
  nodes: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }],
});

afterEach(() => {
  document.body.replaceChildren();
  api.restore();
});

let pages = 0;
async function show(
  attributes: Record<string, string> = { open: '' },
  fallback = '',
  story = ++pages,
): Promise<CommentsElement> {
  const place = { site: 'demo', api: location.origin, story: `https://news.example/thread-${story}` };
  const widget = putElement('aw-comments', { ...place, ...attributes }, fallback);
  // A call that fails is made three times.
  await vi.waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull(), 5000);
  return widget;
}

const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
const article = (name: string) => page.getByRole('article', { name });
const focused = (widget: Element) => widget.shadowRoot!.activeElement;
const heard = (name: 'aw-comment' | 'aw-comment-vote') => {
  const details: unknown[] = [];
  document.body.addEventListener(name, (event) => details.push((event as CustomEvent).detail), { once: true });
  return details;
};

describe('writing', () => {
  it('a comment: by keyboard, with a name, and the focus on it', async () => {
    const widget = await show();
    const details = heard('aw-comment');
    await userEvent.click(field());
    await userEvent.keyboard('Rất hay');
    await page.getByRole('textbox', { name: 'Tên hiển thị (không bắt buộc)' }).fill('Lan');
    await userEvent.click(field());
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(article('Lan')).toHaveTextContent('Rất hay');
    await vi.waitFor(() => expect(focused(widget)!.id).toBe('c-new-0'));
    expect(details).toEqual([{ id: 'new-0', parentId: null, state: 'visible' }]);
    await expect.element(page.getByRole('region', { name: 'Bình luận (3)' })).toBeVisible();
    await expect.element(page.getByRole('status')).toHaveTextContent('Đã đăng bình luận của bạn.');
    await expect.element(field()).toHaveValue('');
  });

  it('a reply, below what it answers', async () => {
    const widget = await show();
    await page.getByRole('button', { name: 'Trả lời Người b' }).click();
    await vi.waitFor(() => expect(focused(widget)!.localName).toBe('textarea'));
    await userEvent.keyboard('Đồng ý với bạn');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Đồng ý với bạn')).toBeVisible();
    expect(api.sent(/^POST comments/)[0]!.body['parentId']).toBe('b');
    expect(widget.shadowRoot!.querySelector('.replies article')!.id).toBe('c-new-0');
  });

  it('a reply to what was out of sight until a moment before', async () => {
    comments = Array.from({ length: 200 }, (_, index) => comment(`r${index}`));
    const { shadowRoot } = await show();
    await vi.waitFor(() => expect(shadowRoot!.querySelectorAll('article')).toHaveLength(200), 5000);
    const replyTo = (id: string) => shadowRoot!.querySelector<HTMLElement>(`[data-act=reply][data-id=${id}]`)!;
    const isLeftOut = (id: string) => !replyTo(id).checkVisibility({ contentVisibilityAuto: true });
    replyTo('r199').focus();
    await vi.waitFor(() => expect(isLeftOut('r199')).toBe(false));
    replyTo('r199').click();
    await vi.waitFor(() => expect(shadowRoot!.activeElement!.localName).toBe('textarea'));
    await vi.waitFor(() => expect(isLeftOut('r0')).toBe(true));
    // The browser tells of it a frame later.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
    replyTo('r0').focus();
    replyTo('r0').click();
    await vi.waitFor(() =>
      expect(shadowRoot!.activeElement!.matches('textarea[aria-label="Trả lời Người r0"]')).toBe(true),
    );
  });

  it('counts near the limit as people do, and does not send what is too long', async () => {
    await show();
    await userEvent.fill(field(), 'ế'.normalize('NFD').repeat(290));
    await expect.element(page.getByText('Còn 10 ký tự')).toBeVisible();
    await userEvent.fill(field(), 'x'.repeat(312));
    await expect.element(page.getByText('Dài quá 12 ký tự')).toBeVisible();
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Bình luận dài quá mức cho phép.')).toBeVisible();
    expect(api.sent(/^POST comments/)).toEqual([]);
  });

  it('shows its writer what is held, and why', async () => {
    api.on(/^POST comments/, () => ({
      comment: comment('held', { ...written('Xem http://x.example'), state: 'pending', reasons: ['links'] }),
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
  ] as const)('says what %s means and keeps the text', async (code, sentence) => {
    api.on(/^POST comments/, () => refused(code));
    await show();
    await userEvent.fill(field(), 'Một ý');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText(sentence), { timeout: 5000 }).toBeVisible();
    await expect.element(field()).toHaveValue('Một ý');
  });
});

describe('what is the reader’s own', () => {
  beforeEach(async () => {
    localStorage.setItem(`afterword:${location.origin}/v1/sites/demo/`, JSON.stringify({ token: 'guest-token' }));
    me.reader.name = 'Lan';
  });

  it('comes back with a reload, and can be changed', async () => {
    me.own = [comment('mine', written('Bản đầu'))];
    await show();
    await page.getByRole('button', { name: 'Sửa' }).click();
    const edited = page.getByRole('textbox', { name: 'Bình luận của bạn' }).last();
    await expect.element(edited).toHaveValue('Bản đầu');
    await userEvent.fill(edited, 'Bản sau');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await expect.element(article('Lan')).toHaveTextContent('Bản sau');
    await expect.element(article('Lan')).toHaveTextContent('đã sửa');
  });

  it('is deleted only when asked twice', async () => {
    me.own = [comment('mine', written('Bỏ đi'))];
    const widget = await show();
    const remove = page.getByRole('button', { name: 'Xoá', exact: true });
    await remove.click();
    await vi.waitFor(() => expect(focused(widget)!.textContent.trim()).toBe('Giữ lại'));
    await page.getByRole('button', { name: 'Giữ lại' }).click();
    await expect.element(article('Lan')).toHaveTextContent('Bỏ đi');
    await remove.click();
    await remove.click();
    await expect.element(page.getByText('Người viết đã xoá bình luận này.')).toBeVisible();
    expect(focused(widget)!.id).toBe('c-mine');
    expect(api.sent(/^DELETE/)).toHaveLength(1);
  });

  it('cannot be voted on', async () => {
    comments = [comment('mine', { ...written('Của tôi'), votes: { up: 3, down: 0 } })];
    await show();
    await vi.waitFor(() => expect(page.getByRole('button', { name: /^Thích/ }).elements()).toHaveLength(0));
    await expect.element(page.getByText('Thích 3')).toBeVisible();
  });
});

describe('a vote', () => {
  const like = () => page.getByRole('button', { name: /^Thích/ }).first();

  it('counts at once, and is taken back by another tap', async () => {
    await show();
    const details = heard('aw-comment-vote');
    await like().click();
    await expect.element(like()).toHaveTextContent('Thích 5');
    await expect.element(like()).toHaveAttribute('aria-pressed', 'true');
    await vi.waitFor(() => expect(details).toEqual([{ id: 'a', value: 1 }]));
    await like().click();
    await expect.element(like()).toHaveTextContent('Thích 4');
    await vi.waitFor(() => expect(api.sent(/^PUT/).map(({ body }) => body['value'])).toEqual([1, 0]));
  });

  it('that fails goes back and says so', async () => {
    api.on(/^PUT comments/, () => refused('validation-failed'));
    await show();
    await like().click();
    await expect.element(page.getByText('Chưa làm được. Bạn thử lại nhé.').first()).toBeVisible();
    await expect.element(like()).toHaveTextContent('Thích 4');
    await expect.element(like()).toHaveAttribute('aria-pressed', 'false');
  });
});

describe('a thread for those who are known', () => {
  it('asks the page, and goes on with whom it hands over', async () => {
    thread.rules.who = 'signed-on';
    api.on(/^POST readers\/sso/, ({ body }) => {
      me.reader = { ...me.reader, name: 'Minh', kind: 'signed-on' };
      return { token: body['jwt'] === 'signed' ? 'guest-token' : '', reader: me.reader };
    });
    const widget = await show();
    await userEvent.fill(field(), 'Tôi đây');
    await expect.element(page.getByText('Bạn cần đăng nhập để bình luận.')).toBeVisible();
    await page.getByRole('button', { name: 'Gửi' }).click();
    expect(api.sent(/^POST comments/)).toEqual([]);
    await expect.element(field()).toHaveValue('Tôi đây');
    widget.addEventListener('aw-sign-in-request', (request) => request.respondWith(Promise.resolve('signed')));
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(article('Minh')).toHaveTextContent('Tôi đây');
  });
});
