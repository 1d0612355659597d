import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rail, SignalsBody, Story } from '../../src/contract/types.js';
import '../../src/loader/cloak.css';
import { StoriesElement } from '../../src/widgets/stories/stories.js';
import { FakeRoutes, unreachable } from './fake-routes.js';
import { putElement } from './put-element.js';

StoriesElement.define();

const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"/>')}`;
const story = (n: number, rest: Partial<Story> = {}): Story => ({
  id: `story-${n}`,
  url: `https://news.example/${n}`,
  title: `Chuyện thứ ${n} ở phường ven sông`,
  publishedAt: '2020-01-02T03:04:05Z',
  image: { src: picture, width: 160, height: 90, alt: '' },
  section: 'Đời sống',
  kind: 'article',
  reason: 'latest',
  ...rest,
});

let api: FakeRoutes;
let rails: Record<string, Story[]>;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  rails = { latest: Array.from({ length: 12 }, (_, index) => story(index + 1)) };
  api = new FakeRoutes().install().on(/^GET page/, ({ query }) => ({
    parts: Object.fromEntries(
      query
        .get('parts')!
        .split(',')
        .map((entry) => {
          const rail = entry.split(':')[1]!;
          return [entry, { rail, asOf: '2026-11-24T08:00:00Z', items: rails[rail] ?? [] } as Rail];
        }),
    ),
  }));
});

afterEach(() => {
  document.body.replaceChildren();
  api.restore();
  vi.restoreAllMocks();
});

let pages = 0;
/** Every test stands on a story of its own: answers are kept by story. */
async function show(rails: Record<string, string>[], fallback = ''): Promise<StoriesElement[]> {
  const place = { site: 'demo', api: location.origin, story: `https://news.example/page-${++pages}` };
  const widgets = rails.map((attributes) => putElement('aw-stories', { ...place, ...attributes }, fallback));
  // A call that fails is made three times.
  await vi.waitFor(() => {
    for (const widget of widgets) expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull();
  }, 5000);
  return widgets;
}

const titles = (widget: Element) =>
  [...widget.shadowRoot!.querySelectorAll('h3')].map((title) => title.innerText.trim());
const track = (widget: Element) => widget.shadowRoot!.querySelector('ul')!;

describe('a rail', () => {
  it('is a list of articles under a heading', async () => {
    await show([{ rail: 'latest', limit: '3' }]);
    await expect.element(page.getByRole('region', { name: 'Tin mới' })).toBeVisible();
    expect(page.getByRole('listitem').elements()).toHaveLength(3);
    expect(page.getByRole('article').elements()).toHaveLength(3);
    await expect.element(page.getByRole('link', { name: 'Chuyện thứ 1 ở phường ven sông' })).toBeVisible();
    expect(page.getByRole('link', { name: 'Xem tất cả' }).elements()).toHaveLength(0);
  });

  it('shows no story twice on the page, and never the page itself', async () => {
    const own = `https://news.example/page-${pages + 1}`;
    rails = {
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

  it('says what is paid for', async () => {
    rails = { sponsored: [story(1, { kind: 'sponsored', sponsor: { name: 'Xưởng Gió' } })] };
    const [widget] = await show([{ rail: 'sponsored' }]);
    expect(widget!.shadowRoot!.querySelector<HTMLElement>('[part~=sponsored]')!.innerText).toBe('Tài trợ');
    const link = widget!.shadowRoot!.querySelector('h3 a')!;
    expect(link.getAttribute('rel')).toBe('sponsored');
  });

  it.each([
    ['carousel', 700],
    ['carousel', 360],
    ['list', 316],
    ['grid', 316],
    ['grid', 700],
  ])('takes the room kept for it, whatever the titles and however few: %s, %i px', async (layout, width) => {
    await page.viewport(width, 800);
    rails = {
      latest: [story(1, { title: 'Ngắn' }), story(2, { title: 'Một tựa rất dài '.repeat(20) }), story(3), story(4)],
    };
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    const all = rails['latest']!;
    let items = all;
    api.on(/^GET page/, async ({ query }) => {
      await held;
      return { parts: { [query.get('parts')!]: { rail: 'latest', asOf: '2026-11-24T08:00:00Z', items } } };
    });
    const shown = show([{ rail: 'latest', layout, limit: '4' }]);
    const widget = document.querySelector('aw-stories')!;
    await widget.updateComplete;
    const before = widget.offsetHeight;
    answer();
    await shown;
    expect(titles(widget)).toHaveLength(4);
    expect(widget.offsetHeight).toBe(before);
    // What stands there is neither more nor less than the strut that holds the room.
    expect(widget.shadowRoot!.querySelector('section')!.offsetHeight).toBe(before);
    items = all.slice(0, 1);
    await widget.refresh();
    await vi.waitFor(() => expect(titles(widget)).toHaveLength(1));
    expect(widget.offsetHeight).toBe(before);
  });

  it('keeps its fallback and offers another try when the API cannot be reached', async () => {
    api.on(/^GET page/, unreachable);
    await show([{ rail: 'latest' }], 'Đọc thêm ở trang nhất');
    await expect.element(page.getByText('Đọc thêm ở trang nhất')).toBeVisible();
    api.on(/^GET page/, () => ({ parts: { 'stories:latest': { rail: 'latest', asOf: '', items: [story(1)] } } }));
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await expect.element(page.getByRole('link', { name: story(1).title })).toBeVisible();
  });

  it('speaks English where the page does', async () => {
    await show([{ lang: 'en', rail: 'latest', more: '/all' }]);
    await expect.element(page.getByRole('region', { name: 'Latest' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'See all' })).toHaveAttribute('href', '/all');
  });
});

describe('a carousel', () => {
  it('turns by buttons that stay where they are at the ends', async () => {
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    const next = page.getByRole('button', { name: 'Xem các bài sau' });
    const previous = page.getByRole('button', { name: 'Xem các bài trước' });
    await expect.element(previous).toHaveAttribute('aria-disabled', 'true');
    await next.click();
    await vi.waitFor(() => expect(track(widget!).scrollLeft).toBeGreaterThan(400));
    await expect.element(previous).toHaveAttribute('aria-disabled', 'false');
    await next.click();
    await expect.element(next).toHaveAttribute('aria-disabled', 'true');
    (next.element() as HTMLElement).focus();
    expect(widget!.shadowRoot!.activeElement).toBe(next.element());
  });

  it('turns the other way from right to left', async () => {
    document.body.dir = 'rtl';
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    await page.getByRole('button', { name: 'Xem các bài sau' }).click();
    await vi.waitFor(() => expect(track(widget!).scrollLeft).toBeLessThan(-400));
    document.body.removeAttribute('dir');
  });

  it('brings the card that the focus is on into sight', async () => {
    const [widget] = await show([{ rail: 'latest', limit: '6' }]);
    for (let tabs = 0; tabs < 6; tabs++) await userEvent.tab();
    const focused = widget!.shadowRoot!.activeElement!.closest('li')!;
    const [card, row] = [focused.getBoundingClientRect(), track(widget!).getBoundingClientRect()];
    expect(card.right).toBeLessThanOrEqual(row.right + 1);
    expect(card.left).toBeGreaterThanOrEqual(row.left - 1);
  });

  it('has no buttons where everything fits', async () => {
    await show([{ rail: 'latest', limit: '2' }]);
    expect(page.getByRole('button').elements()).toHaveLength(0);
  });
});

describe('what is seen and followed', () => {
  it('is told to the page, each view once, and sent without a word about the reader', async () => {
    const urls = new Set<string>();
    const signals: unknown[] = [];
    vi.spyOn(navigator, 'sendBeacon').mockImplementation((url, body) => {
      urls.add(String(url));
      signals.push(...(JSON.parse(body as string) as SignalsBody).signals);
      return true;
    });
    const events: unknown[] = [];
    for (const name of ['aw-story-view', 'aw-story-click'] as const) {
      document.body.addEventListener(name, (event) => events.push([name, event.detail]), { once: true });
    }
    document.body.addEventListener('click', (event) => event.preventDefault(), { once: true });
    await show([{ rail: 'latest', limit: '1' }]);
    await vi.waitFor(() => expect(events).toHaveLength(1), 3000);
    await page.getByRole('link').click();
    expect(events).toEqual([
      ['aw-story-view', { id: 'story-1', position: 0, reason: 'latest' }],
      ['aw-story-click', { id: 'story-1', position: 0, reason: 'latest' }],
    ]);
    await vi.waitFor(() => {
      dispatchEvent(new Event('pagehide'));
      expect(signals).toEqual([
        { type: 'view', story: 'story-1', rail: 'latest', position: 0 },
        { type: 'click', story: 'story-1', rail: 'latest', position: 0 },
      ]);
    });
    expect([...urls]).toEqual([`${location.origin}/v1/sites/demo/signals`]);
  });
});
