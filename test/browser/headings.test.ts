import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import '../../src/loader/cloak.css';
import { createStory, type InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let pages = 0;

beforeEach(async () => {
  await page.viewport(700, 800);
  document.documentElement.lang = 'vi';
  api = installApi();
  api.thread.add('a').add('b');
  api.rails = { latest: [createStory(1), createStory(2), createStory(3), createStory(4)] };
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

const widgets = [
  ['aw-comments', { open: '' }, /^Bình luận/],
  ['aw-stories', { rail: 'latest', limit: '3' }, 'Tin mới'],
  ['aw-reactions', {}, 'Cảm nhận của bạn về bài viết này'],
  ['aw-newsletter', { list: 'daily' }, 'Bản tin sáng'],
] as const;

async function show(tag: (typeof widgets)[number][0], attributes: Record<string, string>) {
  const story = `https://news.example/headings-${++pages}`;
  const widget = putElement(tag, { site: api.site!, api: location.origin, story, ...attributes });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false] section')).not.toBeNull());
  return widget;
}

const heading = (level?: number) => page.getByRole('heading', level ? { level } : {});

describe.each(widgets)('the heading of %s', (tag, attributes, name) => {
  it('has level 2, and the level of heading-level', async () => {
    const widget = await show(tag, attributes);
    await expect.element(page.getByRole('heading', { level: 2, name })).toBeVisible();
    widget.setAttribute('heading-level', '4');
    await expect.element(page.getByRole('heading', { level: 4, name })).toBeVisible();
    expect(heading(2).elements()).toEqual([]);
    for (const wrong of ['7', '0', 'big', '']) {
      widget.setAttribute('heading-level', wrong);
      await expect.element(page.getByRole('heading', { level: 2, name })).toBeVisible();
      widget.setAttribute('heading-level', '3');
      await expect.element(page.getByRole('heading', { level: 3, name })).toBeVisible();
    }
    widget.removeAttribute('heading-level');
    await expect.element(page.getByRole('heading', { level: 2, name })).toBeVisible();
  });

  it('is hidden by heading-level=none, and still names the region', async () => {
    await show(tag, { ...attributes, 'heading-level': 'none' });
    await expect.element(page.getByRole('region', { name })).toBeVisible();
    expect(page.getByRole('heading', { name }).elements()).toEqual([]);
    expect(document.querySelector(tag)!.shadowRoot!.querySelector<HTMLElement>('[hidden]')!.offsetHeight).toBe(0);
  });
});

describe('headings inside a widget', () => {
  it('follow its level', async () => {
    const widget = await show('aw-stories', { rail: 'latest', limit: '3', 'heading-level': '3' });
    await expect.element(heading(4).first()).toBeVisible();
    expect(heading(4).elements()).toHaveLength(3);
    widget.setAttribute('heading-level', '6');
    // There is no level 7.
    await waitFor(() => expect(heading(6).elements()).toHaveLength(4));
    widget.setAttribute('heading-level', 'none');
    await waitFor(() => expect(heading(3).elements()).toHaveLength(3));
  });

  it('of the confirmation is that of the form', async () => {
    await show('aw-newsletter', { list: 'daily', 'heading-level': '3' });
    api.on('POST subscriptions', () => ({ state: 'check-inbox' }));
    await page.getByRole('textbox').fill('ban.doc@example.com');
    await page.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Đăng ký' }).click();
    await expect.element(page.getByRole('heading', { level: 3, name: 'Kiểm tra hộp thư' })).toBeVisible();
  });
});

describe('a widget without its heading', () => {
  it.each([
    ['aw-stories', { rail: 'latest', limit: '4', layout: 'list' }],
    ['aw-stories', { rail: 'latest', limit: '4', layout: 'grid' }],
    ['aw-stories', { rail: 'latest', limit: '4', layout: 'carousel' }],
    ['aw-stories', { rail: 'latest', limit: '4', layout: 'list', more: 'https://news.example/all' }],
    ['aw-reactions', {}],
    ['aw-reactions', { variant: 'bars' }],
    ['aw-newsletter', { list: 'daily' }],
  ] as const)('reserves that much less: %s %o', async (tag, attributes) => {
    /** Returns the reserved height, and how much of it the contents leave. */
    const measure = async (level: Record<string, string>) => {
      const answer = api.hold('GET page');
      const shown = show(tag, { ...attributes, ...level });
      const widget = document.querySelector(tag)!;
      await widget.updateComplete;
      const reserved = widget.offsetHeight;
      answer();
      await shown;
      expect(widget.offsetHeight).toBe(reserved);
      const spare = reserved - widget.shadowRoot!.querySelector('section')!.offsetHeight;
      widget.remove();
      return { reserved, spare };
    };
    const usual = await measure({});
    const without = await measure({ 'heading-level': 'none' });
    expect(without.spare).toBeLessThanOrEqual(usual.spare + 1);
    expect(without.reserved).toBeLessThanOrEqual(usual.reserved);
  });

  it('moves the focus into the thread where it would be on the heading', async () => {
    api.disconnect('POST comments');
    const widget = await show('aw-comments', { open: '', 'heading-level': 'none' });
    await page.getByRole('textbox').click();
    await page.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Chờ gửi');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect.element(page.getByText('Chờ gửi').first()).toBeVisible();
    await waitFor(() => expect(widget.shadowRoot!.activeElement).not.toBeNull());
    await page.getByRole('button', { name: 'Bỏ' }).click();
    await waitFor(() => expect(page.getByRole('group').elements()).toEqual([]));
    await waitFor(() => expect(widget.shadowRoot!.activeElement).not.toBeNull());
  });

  it('takes its level as a number, as frameworks set it', async () => {
    const widget = await show('aw-newsletter', { list: 'daily' });
    (widget as HTMLElementTagNameMap['aw-newsletter']).headingLevel = 4;
    await waitFor(() => expect(widget.shadowRoot!.querySelector('h4')?.textContent.trim()).toBe('Bản tin sáng'));
  });
});
