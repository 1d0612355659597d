import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configure } from '../../src/client/index.js';
import '../../src/define/comment-count.js';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

const start = location.href;
let api: InMemoryApi;
let pages = 0;
let link: HTMLLinkElement;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  localStorage.clear();
  pages++;
  api = installApi();
  api.thread.add('a', { text: 'Lời đầu tiên' });
  api.rails.latest = [createStory(1)];
  link = document.createElement('link');
  link.rel = 'canonical';
  link.href = urlOf('first');
  document.head.append(link);
  history.replaceState({}, '', urlOf('first'));
});
afterEach(async () => {
  document.body.replaceChildren();
  link.remove();
  configure({ story: undefined });
  history.replaceState({}, '', start);
  await api.restore();
});

const urlOf = (name: string) => `${location.origin}/${name}-${pages}`;
const keyOf = (name: string) => urlOf(name).replace('http:', 'https:');
const great = (pressed?: boolean) =>
  page.getByRole('button', { name: /^Rất hay/, ...(pressed !== undefined && { pressed }) });
const field = () => page.getByRole('textbox', { name: 'Bình luận của bạn' });
/** Returns the story and the parts, in alphabetical order, of each request for a page. */
const requested = () =>
  api.sent('GET page').map(({ query }) => [query.get('story'), query.get('parts')!.split(',').sort().join()]);
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function put<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Record<string, string> = {}) {
  return putElement(tag, { site: api.site!, ...attributes }, `Fallback of ${tag}`);
}

function putAll() {
  put('aw-reactions');
  put('aw-stories', { rail: 'latest' });
  put('aw-newsletter');
  put('aw-comments', { open: '' });
}

/** Waits until the page is watched: a widget that is put there follows the page. */
async function watched() {
  const probe = put('aw-comment-count');
  const counted = (story: string) => api.sent('GET counts').some(({ query }) => query.getAll('story').includes(story));
  const before = link.href;
  await waitFor(async () => {
    const name = `probe-${Math.random()}`;
    link.href = urlOf(name);
    await after(300);
    expect(counted(keyOf(name))).toBe(true);
  });
  link.href = before;
  await waitFor(() => expect(counted(keyOf('first'))).toBe(true));
  probe.remove();
  await after(200);
  api.requests.length = 0;
}

async function allShown() {
  await expect.element(great()).toBeVisible();
  await expect.element(page.getByRole('link', { name: createStory(1).title })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Đăng ký' })).toBeVisible();
  await expect.element(page.getByText('Lời đầu tiên')).toBeVisible();
}

describe('a navigation within the document', () => {
  beforeEach(watched);

  test('is followed by the widgets that stay, with one request, and a vote goes to the new story', async () => {
    putAll();
    await allShown();
    await userEvent.fill(page.getByRole('textbox', { name: 'Email' }), 'ban@paper.example');
    history.pushState({}, '', urlOf('second'));
    link.href = urlOf('second');
    // At once: no widget of the story before is left to act on.
    await expect.element(great()).toBeVisible();
    await userEvent.click(great());
    await expect.poll(() => api.sent('PUT reactions').map(({ body }) => body['story'])).toEqual([keyOf('second')]);
    await allShown();
    expect(requested()).toEqual([
      [keyOf('first'), 'c,n,r,s:l'],
      [keyOf('second'), 'c,r,s:l'],
    ]);
    await expect.element(page.getByRole('textbox', { name: 'Email' })).toHaveValue('ban@paper.example');
  });

  test('removes what is drawn in the same task', async () => {
    const poll = put('aw-reactions');
    await expect.element(great()).toBeVisible();
    history.pushState({}, '', urlOf('second'));
    link.href = urlOf('second');
    await Promise.resolve();
    await poll.updateComplete;
    expect(poll.shadowRoot!.querySelector('button')).toBeNull();
    await poll.react('great');
    await expect.element(great(false)).toBeVisible();
    expect(api.sent('PUT reactions')).toEqual([]);
  });

  test.for([
    ['address', 'canonical link'],
    ['canonical link', 'address'],
  ])('settles before widgets that are made in between ask: %s first, then %s', async ([first]) => {
    putAll();
    await allShown();
    api.requests.length = 0;
    const steps = [() => history.pushState({}, '', urlOf('second')), () => void (link.href = urlOf('second'))];
    const [one, two] = first === 'address' ? steps : steps.reverse();
    one!();
    document.body.replaceChildren();
    putAll();
    await after(50);
    two!();
    await allShown();
    expect(requested()).toEqual([[keyOf('second'), 'c,n,r,s:l']]);
  });

  test('is followed by a widget that was made 50 ms before the page names the new story', async () => {
    putAll();
    await allShown();
    document.body.replaceChildren();
    put('aw-reactions');
    await after(50);
    history.pushState({}, '', urlOf('second'));
    link.replaceWith(
      (link = Object.assign(document.createElement('link'), { rel: 'canonical', href: urlOf('second') })),
    );
    await waitFor(() => expect(requested().at(-1)).toEqual([keyOf('second'), 'r']));
    await userEvent.click(great());
    await expect.poll(() => api.sent('PUT reactions').map(({ body }) => body['story'])).toEqual([keyOf('second')]);
  });

  test('asks for nothing where only the hash, tracking parameters or the address of the same story change', async () => {
    putAll();
    await allShown();
    history.pushState({}, '', '#part-2');
    history.pushState({}, '', '?utm_source=mail&fbclid=1');
    history.pushState({}, '', urlOf('gallery'));
    document.body.append('…');
    await after(400);
    expect(requested()).toHaveLength(1);
    await allShown();
  });

  test('names the story by its address where there is no canonical link', async () => {
    link.remove();
    const poll = put('aw-reactions');
    await waitFor(() => expect(requested().at(-1)![0]).toBe(keyOf('first')));
    await expect.element(great()).toBeVisible();
    history.pushState({}, '', `${urlOf('second')}?utm_source=mail#top`);
    await waitFor(() => expect(requested().at(-1)![0]).toBe(keyOf('second')));
    history.back();
    await waitFor(() => expect(location.href).toBe(urlOf('first')));
    await waitFor(() => expect(poll.client!.story).toBe(keyOf('first')));
  });

  test('leaves widgets with a story of their own', async () => {
    const own = put('aw-reactions', { story: 'own' });
    await expect.element(great()).toBeVisible();
    history.pushState({}, '', urlOf('second'));
    link.href = urlOf('second');
    await after(300);
    expect(requested()).toEqual([['own', 'r']]);
    expect(own.shadowRoot!.querySelector('button')).not.toBeNull();
  });

  test('follows a story that the page sets', async () => {
    configure({ story: 'set-by-page' });
    put('aw-reactions');
    await waitFor(() => expect(requested()).toEqual([['set-by-page', 'r']]));
    await expect.element(great()).toBeVisible();
    configure({ story: 'set-again' });
    await waitFor(() => expect(requested().at(-1)).toEqual(['set-again', 'r']));
  });

  test('counts a read of the story that stays for ten seconds only', async () => {
    const beacons: unknown[] = [];
    api.on('POST signals', ({ body }) => void beacons.push(body));
    put('aw-stories', { rail: 'latest' });
    await expect.element(page.getByRole('link', { name: createStory(1).title })).toBeVisible();
    await after(3000);
    history.pushState({}, '', urlOf('second'));
    link.href = urlOf('second');
    await after(11_000);
    dispatchEvent(new Event('pagehide'));
    await waitFor(() => expect(beacons).toHaveLength(1));
    const { signals } = beacons[0] as { signals: { type: string; story: string }[] };
    expect(signals.filter(({ type }) => type === 'read').map(({ story }) => story)).toEqual([keyOf('second')]);
  });
});

describe('what is under way on the story before', () => {
  beforeEach(watched);

  function navigate(name = 'second') {
    history.pushState({}, '', urlOf(name));
    link.href = urlOf(name);
  }

  test('a vote is stored for its story, and the new poll shows none of it', async () => {
    const poll = put('aw-reactions');
    const events: unknown[] = [];
    poll.addEventListener('aw-react', ({ detail }) => events.push(detail));
    const answer = api.hold('PUT reactions');
    await userEvent.click(great());
    await waitFor(() => expect(api.sent('PUT reactions')).toHaveLength(1));
    navigate();
    await waitFor(() => expect(poll.client!.story).toBe(keyOf('second')));
    await expect.element(great(false)).toBeVisible();
    answer();
    await waitFor(() => expect(events).toEqual([{ poll: 'reactions', choice: 'great', previous: null }]));
    expect(api.sent('PUT reactions')[0]!.body['story']).toBe(keyOf('first'));
    await expect.element(great(false)).toBeVisible();
  });

  test('a vote is sent and shown though the page goes to another story and back before', async () => {
    const poll = put('aw-reactions');
    await expect.element(great()).toBeVisible();
    const answer = api.hold(/ (readers|reactions)$/);
    const vote = poll.react('great');
    navigate();
    await waitFor(() => expect(poll.client!.story).toBe(keyOf('second')));
    navigate('first');
    await expect.element(great(false)).toBeVisible();
    answer();
    await vote;
    await expect.element(great(true)).toBeVisible();
    expect(api.sent('PUT reactions').map(({ body }) => body['story'])).toEqual([keyOf('first')]);
  });

  test('a refusal of a vote does not show in the new poll', async () => {
    const poll = put('aw-reactions');
    await expect.element(great()).toBeVisible();
    api.refuse('PUT reactions', 'poll-closed');
    await userEvent.click(great());
    await expect.element(page.getByText(/^Chưa ghi nhận được/).first()).toBeVisible();
    navigate();
    await waitFor(() => expect(poll.client!.story).toBe(keyOf('second')));
    await expect.element(great()).toBeVisible();
    expect(poll.shadowRoot!.querySelector('[data-failed]')).toBeNull();
  });

  test('a text is kept as the draft of its story', async () => {
    put('aw-comments', { open: '' });
    await userEvent.click(field());
    await userEvent.keyboard('Lời về bài một');
    await expect.element(page.getByRole('button', { name: 'Gửi' })).toBeVisible();
    navigate();
    await waitFor(() => expect(requested().at(-1)![0]).toBe(keyOf('second')));
    await expect.element(field()).toHaveValue('');
    await userEvent.click(field());
    await expect.element(page.getByRole('button', { name: 'Gửi' })).toBeVisible();
    await expect.element(field()).toHaveValue('');
    await userEvent.keyboard('Lời về bài hai');
    navigate('first');
    await expect.element(field()).toHaveValue('');
    await userEvent.click(field());
    await expect.element(field()).toHaveValue('Lời về bài một');
    await userEvent.click(page.getByRole('button', { name: 'Gửi' }));
    await waitFor(() => expect(api.sent('POST comments')).toHaveLength(1));
    expect(api.sent('POST comments')[0]!.body).toMatchObject({ story: keyOf('first'), text: 'Lời về bài một' });
  });

  test('a comment on its way goes to its story and moves no focus', async () => {
    const widget = put('aw-comments', { open: '' });
    await userEvent.fill(field(), 'Lời về bài một');
    const answer = api.hold('POST comments');
    await userEvent.click(page.getByRole('button', { name: 'Gửi' }));
    await waitFor(() => expect(api.sent('POST comments')).toHaveLength(1));
    navigate();
    await waitFor(() => expect(requested().at(-1)![0]).toBe(keyOf('second')));
    await expect.element(field()).toHaveValue('');
    const posted = new Promise((resolve) => widget.addEventListener('aw-comment', resolve));
    answer();
    await posted;
    await after(100);
    expect(widget.shadowRoot!.activeElement).toBeNull();
    expect(api.sent('POST comments')[0]!.body['story']).toBe(keyOf('first'));
    expect(localStorage.getItem(`afterword:draft:${keyOf('first')}:`)).toBeNull();
  });

  test('a page of comments in another order is not shown below the new story', async () => {
    for (let index = 0; index < 3; index++) api.thread.add(`r${index}`, { text: `Lời ${index}` });
    const widget = put('aw-comments', { open: '' });
    await expect.element(page.getByText('Lời đầu tiên')).toBeVisible();
    const answer = api.hold('GET comments');
    await userEvent.selectOptions(page.getByRole('combobox'), 'oldest');
    await waitFor(() => expect(api.sent('GET comments')).toHaveLength(1));
    api.changeParts((part) => ('comments' in part ? { ...part, comments: part.comments.slice(0, 1), total: 1 } : part));
    navigate();
    await waitFor(() => expect(requested().at(-1)![0]).toBe(keyOf('second')));
    await waitFor(() => expect(widget.shadowRoot!.querySelectorAll('article')).toHaveLength(1));
    answer();
    await after(100);
    expect(widget.shadowRoot!.querySelectorAll('article')).toHaveLength(1);
  });

  test('live updates are of the new story', async () => {
    put('aw-comments', { open: '' });
    await waitFor(() => expect(api.openStreams.map(({ stories }) => stories)).toEqual([[keyOf('first')]]));
    navigate();
    await waitFor(() => expect(api.openStreams.map(({ stories }) => stories)).toEqual([[keyOf('second')]]));
  });

  test('a vote goes to the story it was made on, though the page names another one soon after', async () => {
    const poll = put('aw-reactions');
    await expect.element(great()).toBeVisible();
    const answer = api.hold(/ (readers|reactions)$/);
    history.pushState({}, '', urlOf('second'));
    void poll.react('great');
    await after(50);
    link.href = urlOf('second');
    await waitFor(() => expect(poll.client!.story).toBe(keyOf('second')));
    await expect.element(great(false)).toBeVisible();
    answer();
    const stories = () => api.sent('PUT reactions').map(({ body }) => body['story']);
    await waitFor(() => expect(stories()).toEqual([keyOf('first')]));
    await expect.element(great(false)).toBeVisible();
  });
});
