import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../../src/define/newsletter.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { focused } from './focused.js';
import { installApi } from './install-api.js';

let api: InMemoryApi;

beforeEach(async () => {
  await page.viewport(800, 600);
  document.documentElement.lang = 'vi';
  api = installApi();
  document.body.style.margin = '8px';
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
  scrollTo(0, 0);
});

/** Renders the widget in the middle of a page of five viewports. */
function render(attributes = ''): HTMLElement {
  const holder = document.createElement('div');
  holder.setHTMLUnsafe(`<input aria-label="Của trang"><div style="block-size: 300px"></div>
    <aw-newsletter site="${api.site}" variant="popover" list="daily" ${attributes}></aw-newsletter>
    <div style="block-size: 2600px"></div>`);
  document.body.append(holder);
  return holder.querySelector('aw-newsletter')!;
}

const open = page.getByRole('button', { name: 'Nhận bản tin' });
const dialog = page.getByRole('dialog', { name: 'Bản tin sáng' });
const email = page.getByRole('textbox', { name: 'Địa chỉ email' });

describe('the popover of a newsletter', () => {
  test('opens beside its button, takes the focus, and gives it back on Escape', async () => {
    const widget = render();
    await userEvent.click(open);
    await expect.element(dialog).toBeVisible();
    await expect.poll(focused).toBe(dialog.element());
    await expect.element(open).toHaveAttribute('aria-expanded', 'true');
    const [panel, button] = [dialog.element().getBoundingClientRect(), open.element().getBoundingClientRect()];
    const gap = Math.min(Math.abs(button.top - panel.bottom), Math.abs(panel.top - button.bottom));
    expect(gap).toBeLessThanOrEqual(9);
    expect(panel.left).toBeGreaterThanOrEqual(0);
    expect(panel.right).toBeLessThanOrEqual(innerWidth);
    await userEvent.fill(email, 'lan@gmail.com');
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.poll(focused).toBe(open.element());
    // What is typed stays.
    await userEvent.click(open);
    await expect.element(email).toHaveValue('lan@gmail.com');
    expect(widget.getBoundingClientRect().height).toBeLessThan(60);
  });

  test('takes a signup and its code', async () => {
    render();
    await userEvent.click(open);
    await userEvent.fill(email, 'lan@gmail.com');
    await userEvent.click(page.getByRole('checkbox'));
    await userEvent.click(page.getByRole('button', { name: 'Đăng ký' }));
    await userEvent.fill(page.getByRole('textbox', { name: 'Mã gồm 6 chữ số' }), api.confirmationCode);
    await expect.element(page.getByRole('dialog', { name: 'Bạn đã đăng ký' })).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Đóng' }));
    await expect.poll(focused).toBe(open.element());
  });

  const readTo = (share: number) => scrollTo(0, share * document.documentElement.scrollHeight - innerHeight);

  test('opens by itself once so much of the page is read, leaves the focus, and not again after "no, thanks"', async () => {
    render('open-at="60"');
    await expect.element(open).toBeVisible();
    readTo(0.4);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    expect(dialog.query()).toBeNull();
    const before = focused();
    readTo(0.7);
    await expect.element(dialog).toBeVisible();
    expect(focused()).toBe(before);
    // At the edge of the window, once it has risen.
    await expect.poll(() => Math.round(innerHeight - dialog.element().getBoundingClientRect().bottom)).toBe(8);
    expect(innerWidth - dialog.element().getBoundingClientRect().right).toBeLessThanOrEqual(24);
    await userEvent.click(page.getByRole('button', { name: 'Không, cảm ơn' }));
    await expect.element(dialog).not.toBeInTheDocument();

    document.body.replaceChildren();
    scrollTo(0, 0);
    render('open-at="60"');
    await expect.element(open).toBeVisible();
    readTo(0.9);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    expect(dialog.query()).toBeNull();
    await userEvent.click(open);
    await expect.element(dialog).toBeVisible();
  });

  test('opens by itself where the page is read so far before its code has loaded', async () => {
    const tall = document.createElement('div');
    tall.style.blockSize = '9000px';
    document.body.append(tall);
    readTo(0.9);
    render('open-at="60"');
    await expect.element(dialog).toBeVisible();
  });

  test('never opens by itself while the reader types', async () => {
    render('open-at="60"');
    await expect.element(open).toBeVisible();
    const field = page.getByRole('textbox', { name: 'Của trang' });
    (field.element() as HTMLElement).focus({ preventScroll: true });
    readTo(0.7);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    expect(dialog.query()).toBeNull();
    (field.element() as HTMLElement).blur();
    readTo(0.8);
    await expect.element(dialog).toBeVisible();
  });
});
