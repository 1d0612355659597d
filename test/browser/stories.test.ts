import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../src/loader/cloak.css';
import '../../src/define/stories.js';
import { createStory as story, type InMemoryApi } from '../../src/testing/index.js';
import type { StoriesElement } from '../../src/widgets/stories/stories.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  api = installApi();
  api.rails = { latest: Array.from({ length: 12 }, (_, index) => story(index + 1)) };
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

let pages = 0;
/** Every test has a story of its own, because answers are cached by story. */
async function show(rails: Record<string, string>[], fallback = ''): Promise<StoriesElement[]> {
  const common = { site: api.site!, api: location.origin, story: `https://news.example/page-${++pages}` };
  const widgets = rails.map((attributes) => putElement('aw-stories', { ...common, ...attributes }, fallback));
  // A failed request is sent three times.
  await waitFor(() => {
    for (const widget of widgets) expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull();
  });
  return widgets;
}

const titles = (widget: Element) =>
  [...widget.shadowRoot!.querySelectorAll('h3')].map((title) => title.innerText.trim());
const track = (widget: Element) => widget.shadowRoot!.querySelector('ul')!;

describe('a rail', () => {
  it('renders a list of articles under a heading', async () => {
    await show([{ rail: 'latest', limit: '3' }]);
    await expect.element(page.getByRole('region', { name: 'Tin mới' })).toBeVisible();
    expect(page.getByRole('listitem').elements()).toHaveLength(3);
    expect(page.getByRole('article').elements()).toHaveLength(3);
    await expect.element(page.getByRole('link', { name: 'Chuyện thứ 1 ở phường ven sông' })).toBeVisible();
    expect(page.getByRole('link', { name: 'Xem tất cả' }).elements()).toHaveLength(0);
  });

  it('shows no story twice on a page, and not the page itself', async () => {
    const own = `https://news.example/page-${pages + 1}`;
    api.rails = {
      latest: [story(1), story(2), story(3), story(4)],
      'most-read': [story(2), story(1), { ...story(9), url: own }, story(3), story(4)],
    };
    const [latest, mostRead] = await show([
      { rail: 'latest', limit: '2' },
      { rail: 'most-read', layout: 'list', limit: '2' },
    ]);
    expect(titles(latest!)).toEqual([1, 2].map((n) => story(n).title));
    expect(titles(mostRead!)).toEqual([3, 4].map((n) => story(n).title));
  });

  it('labels a sponsored story and marks its link', async () => {
    api.rails = { sponsored: [story(1, { kind: 'sponsored', sponsor: { name: 'Xưởng Gió' } })] };
    const [widget] = await show([{ rail: 'sponsored' }]);
    expect(widget!.shadowRoot!.querySelector<HTMLElement>('[part~=sponsored]')!.innerText).toBe('Tài trợ');
    const link = widget!.shadowRoot!.querySelector('h3 a')!;
    expect(link.getAttribute('rel')).toBe('sponsored');
  });

  it.each([
    ['carousel', 700],
    ['carousel', 360],
    ['list', 316],
    ['list', 700],
    ['grid', 316],
    ['grid', 700],
  ])('fills its reserved height with any titles and any number of stories: %s, %i px', async (layout, width) => {
    await page.viewport(width, 800);
    api.rails = {
      latest: [story(1, { title: 'Ngắn' }), story(2, { title: 'Một tựa rất dài '.repeat(20) }), story(3), story(4)],
    };
    const answer = api.hold('GET page');
    const shown = show([{ rail: 'latest', layout, limit: '4' }]);
    const widget = document.querySelector('aw-stories')!;
    await widget.updateComplete;
    const before = widget.offsetHeight;
    answer();
    await shown;
    expect(titles(widget)).toHaveLength(4);
    expect(widget.offsetHeight).toBe(before);
    // The content is as high as the strut that reserves the height.
    expect(widget.shadowRoot!.querySelector('section')!.offsetHeight).toBe(before);
    api.rails.latest!.splice(1);
    await widget.refresh();
    await waitFor(() => expect(titles(widget)).toHaveLength(1));
    expect(widget.offsetHeight).toBe(before);
  });

  it('shows its fallback and a retry button when the API cannot be reached', async () => {
    const reconnect = api.disconnect(/^GET/);
    await show([{ rail: 'latest' }], 'Đọc thêm ở trang nhất');
    await expect.element(page.getByText('Đọc thêm ở trang nhất')).toBeVisible();
    reconnect();
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await expect.element(page.getByRole('link', { name: story(1).title })).toBeVisible();
  });

  it('uses the defaults for unknown, removed and missing values, and reflects none of them', async () => {
    api.rails.related = api.rails.latest!;
    const [widget] = await show([{ rail: 'unknown', layout: 'unknown', limit: 'unknown' }]);
    const layout = () => widget!.shadowRoot!.querySelector<HTMLElement>('.rail')!.dataset['layout'];
    await expect.element(page.getByRole('region', { name: 'Bài liên quan' })).toBeVisible();
    expect([layout(), titles(widget!).length]).toEqual(['carousel', 8]);
    Object.assign(widget!, { rail: 'latest', layout: 'list', limit: 3 });
    await waitFor(() => expect([layout(), titles(widget!).length]).toEqual(['list', 3]));
    for (const missing of [null, undefined]) {
      Object.assign(widget!, { rail: missing, layout: missing, limit: missing });
      expect(widget).toMatchObject({ rail: 'related', layout: 'carousel', limit: 8 });
    }
    for (const name of ['rail', 'layout', 'limit']) widget!.setAttribute(name, '4');
    for (const name of ['rail', 'layout', 'limit']) widget!.removeAttribute(name);
    expect(widget).toMatchObject({ rail: 'related', layout: 'carousel', limit: 8 });
    await waitFor(() => expect([layout(), titles(widget!).length]).toEqual(['carousel', 8]));
    const [untouched] = await show([{}]);
    expect(untouched!.getAttributeNames().sort()).toEqual(['api', 'site', 'story']);
  });

  it('follows an English lang attribute', async () => {
    await show([{ lang: 'en', rail: 'latest', more: '/all' }]);
    await expect.element(page.getByRole('region', { name: 'Latest' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'See all' })).toHaveAttribute('href', '/all');
  });
});

describe('a carousel', () => {
  it('scrolls by buttons, which keep the focus at the ends', async () => {
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    const next = page.getByRole('button', { name: 'Xem các bài sau' });
    const previous = page.getByRole('button', { name: 'Xem các bài trước' });
    await expect.element(previous).toHaveAttribute('aria-disabled', 'true');
    await next.click();
    await waitFor(() => expect(track(widget!).scrollLeft).toBeGreaterThan(400));
    await expect.element(previous).toHaveAttribute('aria-disabled', 'false');
    await next.click();
    await expect.element(next).toHaveAttribute('aria-disabled', 'true');
    (next.element() as HTMLElement).focus();
    expect(widget!.shadowRoot!.activeElement).toBe(next.element());
  });

  it('scrolls the other way in a right-to-left page', async () => {
    document.body.dir = 'rtl';
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    await page.getByRole('button', { name: 'Xem các bài sau' }).click();
    await waitFor(() => expect(track(widget!).scrollLeft).toBeLessThan(-400));
    document.body.removeAttribute('dir');
  });

  it('scrolls a focused card into the row', async () => {
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    for (let tabs = 0; tabs < 6; tabs++) await userEvent.tab();
    const focused = widget!.shadowRoot!.activeElement!.closest('li')!;
    const [card, row] = [focused.getBoundingClientRect(), track(widget!).getBoundingClientRect()];
    expect(card.right).toBeLessThanOrEqual(row.right + 1);
    expect(card.left).toBeGreaterThanOrEqual(row.left - 1);
  });

  it.for(['ltr', 'rtl'])('shows nothing outside of its column, and cuts no focus ring: %s', async (dir) => {
    document.body.dir = dir;
    document.body.style.margin = '0';
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    const column = widget!.getBoundingClientRect();
    expect(column.width).toBe(700);
    const isInside = ({ left, right }: DOMRect, ring = 0) =>
      left - ring >= column.left - 0.5 && right + ring <= column.right + 0.5;
    await expect.element(page.getByRole('button', { name: 'Xem các bài sau' })).toBeVisible();
    expect(isInside(track(widget!).getBoundingClientRect())).toBe(true);
    for (const button of widget!.shadowRoot!.querySelectorAll('button'))
      expect(isInside(button.getBoundingClientRect()), button.className).toBe(true);
    expect(document.documentElement.scrollWidth).toBe(700);
    for (let tabs = 0; tabs < 8; tabs++) {
      await userEvent.tab();
      const link = widget!.shadowRoot!.activeElement!;
      if (link.localName !== 'a') continue;
      // The ring is drawn around the card: two pixels of line, two of air.
      await waitFor(() => expect(isInside(link.closest('.card')!.getBoundingClientRect(), 3.9)).toBe(true));
    }
    document.body.removeAttribute('style');
    document.body.removeAttribute('dir');
  });

  it('has no buttons where all cards fit', async () => {
    await show([{ rail: 'latest', limit: '2' }]);
    expect(page.getByRole('button').elements()).toHaveLength(0);
  });
});

describe('views and clicks', () => {
  it('dispatch events, each view once, and are sent without data about the reader', async () => {
    const events: unknown[] = [];
    for (const name of ['aw-story-view', 'aw-story-click'] as const) {
      document.body.addEventListener(name, (event) => events.push([name, event.detail]), { once: true });
    }
    document.body.addEventListener('click', (event) => event.preventDefault(), { once: true });
    await show([{ rail: 'latest', limit: '1' }]);
    await waitFor(() => expect(events).toHaveLength(1));
    await page.getByRole('link').click();
    expect(events).toEqual([
      ['aw-story-view', { id: 'story-1', position: 0, reason: 'latest' }],
      ['aw-story-click', { id: 'story-1', position: 0, reason: 'latest' }],
    ]);
    await waitFor(() => {
      dispatchEvent(new Event('pagehide'));
      expect(api.sent('POST signals').flatMap(({ body }) => body['signals'])).toEqual([
        { type: 'view', story: 'story-1', rail: 'latest', position: 0 },
        { type: 'click', story: 'story-1', rail: 'latest', position: 0 },
      ]);
    });
    expect(api.sent('POST signals').filter(({ headers }) => headers.has('Authorization'))).toEqual([]);
  });
});
