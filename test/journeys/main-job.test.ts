import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let browser: Browser;
let server: RunningServer;
let context: BrowserContext;
let page: Page;
/** Errors of the page, which must stay empty. */
let complaints: string[];

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'vi-VN' });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});
afterEach(() => context.close());

/** Opens a story and reads down to one of its widgets. */
async function readDownTo(tag: string, url = `${server.url}/`) {
  await page.goto(url);
  const widget = page.locator(tag).first();
  await widget.scrollIntoViewIfNeeded();
  return widget;
}

/** Waits until the API has saved what the reader has sent. */
async function untilSaved() {
  await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('afterword:outbox:')));
}

/** Waits until a position no longer changes. */
async function settled(position: () => Promise<number>) {
  for (let was = Number.NaN, is = await position(); was !== is; is = await position()) {
    was = is;
    await page.waitForTimeout(200);
  }
}

/** Expands the thread, which is collapsed where a jump put it into view before it had loaded. */
async function showThread() {
  const show = page.locator('aw-comments').getByRole('button', { name: /^(Hiện|Show) \d+/ });
  const first = page.locator('aw-comments').getByRole('article').first();
  await show.or(first).first().waitFor();
  if (await show.count()) await show.click();
}

describe('a reader of the demo', () => {
  test('votes, changes and removes the vote, and finds it after a reload', async () => {
    const poll = await readDownTo('aw-reactions');
    const choice = (name: string) => poll.getByRole('button', { name: new RegExp(`^${name}`) });
    await choice('Rất hay').click();
    await expect.poll(() => choice('Rất hay').getAttribute('aria-pressed')).toBe('true');
    await poll.getByText('Bạn và 214 người khác thấy rất hay.').waitFor();
    await choice('Giải trí').click();
    await expect.poll(() => choice('Giải trí').getAttribute('aria-pressed')).toBe('true');
    expect(await choice('Rất hay').getAttribute('aria-pressed')).toBe('false');
    await untilSaved();
    await page.reload();
    await page.locator('aw-reactions').scrollIntoViewIfNeeded();
    await expect.poll(() => choice('Giải trí').getAttribute('aria-pressed')).toBe('true');
    await choice('Giải trí').click();
    await expect.poll(() => choice('Giải trí').getAttribute('aria-pressed')).toBe('false');
    await poll.getByText('366 bạn đọc đã tham gia.').waitFor();
    expect(complaints).toEqual([]);
  });

  test('posts a comment and a reply, and finds both after a reload', async () => {
    const thread = await readDownTo('aw-comments');
    await thread
      .getByRole('textbox', { name: /Bạn nghĩ gì|Bình luận của bạn/ })
      .first()
      .click();
    await thread.getByLabel(/Tên hiển thị/).fill('Bạn đọc Thử');
    await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Đọc xong muốn về thăm bãi bồi');
    await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
    const own = thread.getByRole('article').filter({ hasText: 'Đọc xong muốn về thăm bãi bồi' }).first();
    await own.waitFor();
    await own
      .getByRole('button', { name: /^Trả lời/ })
      .first()
      .click();
    await thread
      .getByRole('textbox', { name: /Trả lời Bạn đọc Thử|Bình luận của bạn/ })
      .last()
      .fill('Ai đi cùng thì nhắn nhé');
    await page.keyboard.press('Control+Enter');
    await thread.getByText('Ai đi cùng thì nhắn nhé').waitFor();
    await untilSaved();
    await page.reload();
    await page.locator('aw-comments').scrollIntoViewIfNeeded();
    await showThread();
    await page.locator('aw-comments').getByText('Đọc xong muốn về thăm bãi bồi').waitFor();
    await page.locator('aw-comments').getByText('Ai đi cùng thì nhắn nhé').waitFor();
    expect(await page.locator('aw-comments').getByRole('heading').first().textContent()).toContain('15');
    expect(complaints).toEqual([]);
  });

  test('scrolls the rail by button, and opens a story', async () => {
    const rail = await readDownTo('aw-stories[rail="dont-miss"]');
    const last = rail.getByRole('listitem').last();
    await rail.getByRole('heading', { name: 'Đừng bỏ lỡ' }).waitFor();
    const next = rail.getByRole('button', { name: 'Xem các bài sau' });
    const left = () => rail.getByRole('list').evaluate((list) => list.scrollLeft);
    expect(await left()).toBe(0);
    // At the end the focused button stays, and is aria-disabled.
    for (let turns = 0; turns < 10 && (await next.getAttribute('aria-disabled')) !== 'true'; turns += 1) {
      const before = await left();
      await next.press('Enter');
      await expect.poll(left).toBeGreaterThan(before);
      await settled(left);
    }
    expect(await next.getAttribute('aria-disabled')).toBe('true');
    await expect.poll(() => last.evaluate((card) => card.getBoundingClientRect().right <= innerWidth)).toBe(true);
    await last.getByRole('link').first().click();
    await page.waitForURL(/\/bai-viet\//);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('');
    expect(complaints).toEqual([]);
  });

  test('subscribes, opens the mail in the outbox, and confirms there by a button', async () => {
    const signup = await readDownTo('aw-newsletter');
    await signup.getByRole('textbox', { name: 'Địa chỉ email' }).fill('doc.gia@mail.example');
    await signup.getByRole('button', { name: 'Đăng ký' }).click();
    await signup.getByText('Hãy chọn ít nhất một bản tin.').waitFor();
    await signup.getByRole('checkbox').first().check();
    await signup.getByRole('button', { name: 'Đăng ký' }).click();
    await signup.getByText('Kiểm tra hộp thư').waitFor();
    await signup.getByText('doc.gia@mail.example').first().waitFor();

    await expect
      .poll(async () => {
        await page.goto(`${server.url}/outbox`);
        return page.getByRole('link', { name: /doc\.gia|Xác nhận/i }).count();
      })
      .toBeGreaterThan(0);
    await page
      .getByRole('link', { name: /doc\.gia|Xác nhận/i })
      .first()
      .click();
    await page.locator('a[href*="/newsletter/confirm"]').first().click();
    await page.getByRole('button').first().click();
    await expect.poll(() => page.textContent('main')).toMatch(/đã đăng ký|đã xác nhận/i);
    expect(complaints).toEqual([]);
  });

  test('keeps a queued comment and a draft while offline', async () => {
    const thread = await readDownTo('aw-comments');
    await thread
      .getByRole('textbox', { name: /Bạn nghĩ gì|Bình luận của bạn/ })
      .first()
      .click();
    const box = thread.getByRole('textbox', { name: 'Bình luận của bạn' });
    await box.fill('Chữ này không được mất');
    // Focusing the field loads the chunk of the composer.
    const send = thread.getByRole('button', { name: 'Gửi', exact: true });
    await send.waitFor();
    await context.setOffline(true);
    await send.click();
    const queued = thread.getByRole('group', { name: /^Chưa gửi được/ });
    await queued.getByText('Chữ này không được mất').waitFor();
    // Editing the queued comment turns it into a draft, which survives a reload.
    await queued.getByRole('button', { name: 'Sửa' }).click();
    await expect.poll(() => box.inputValue()).toBe('Chữ này không được mất');
    await box.fill('Chữ này cũng không');
    await context.setOffline(false);
    await page.reload();
    await page.locator('aw-comments').scrollIntoViewIfNeeded();
    await thread.getByRole('textbox').first().click();
    await expect.poll(() => box.inputValue()).toBe('Chữ này cũng không');
  });
});

describe("the partner's page", () => {
  test('shows the same widgets in English on another origin, on the same story', async () => {
    const partner = /http:\/\/localhost:\d+\/(?=\s)/g;
    const [, url = ''] = server.output().match(partner) ?? [];
    expect(new URL(url).origin).not.toBe(server.url);
    const poll = await readDownTo('aw-reactions', url);
    await poll.getByRole('button', { name: /^Excellent/ }).click();
    await expect.poll(() => poll.getByRole('button', { name: /^Excellent/ }).getAttribute('aria-pressed')).toBe('true');
    await poll.getByText(/You and \d+ others/).waitFor();
    const thread = page.locator('aw-comments');
    await thread.scrollIntoViewIfNeeded();
    await showThread();
    await thread.getByText('Khoa học nằm ở sự kiên nhẫn').waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe('a page without the API', () => {
  test('shows the fallback content of every widget', async () => {
    await page.route('**/v1/**', (route) => route.abort());
    await page.goto(`${server.url}/`);
    for (const tag of ['aw-reactions', 'aw-newsletter', 'aw-comments']) {
      const widget = page.locator(tag).first();
      await widget.scrollIntoViewIfNeeded();
      await expect
        .poll(() => widget.evaluate((host) => (host as HTMLElement).innerText.trim().length))
        .toBeGreaterThan(10);
      const fallback = widget.locator(':scope > *').first();
      await fallback.waitFor({ state: 'visible' });
    }
  });

  test('shows the fallback content when the script cannot be loaded', async () => {
    await page.route('**/afterword.js', (route) => route.abort());
    await page.goto(`${server.url}/`);
    const fallback = page.locator('aw-reactions > *').first();
    await fallback.scrollIntoViewIfNeeded();
    await fallback.waitFor({ state: 'visible' });
  });
});
