import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

/** Opens a page with a poll in a new tab. */
async function open({ story = 'reactions-alone' } = {}): Promise<{ page: Page; chunks: string[] }> {
  const page = await context.newPage();
  const chunks: string[] = [];
  page.on('request', (request) => chunks.push(...(/(?<=\/assets\/).*(?=-[\w-]{8}\.js$)/.exec(request.url()) ?? [])));
  const address = `${server.url}/a-story`;
  await page.route(address, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="vi"><title>A story</title>
        <script type="module" src="/afterword.js" data-site="demo"></script>
        <p>A story.</p><aw-reactions story="${story}"></aw-reactions>`,
    }),
  );
  await page.goto(address);
  return { page, chunks };
}

test('shows a poll with its counts by the chunks core and reactions', async () => {
  // Other chunks never arrive.
  await context.route(/\/assets\/(?!(core|reactions|vi)-)/, () => undefined);
  const { page } = await open();
  const poll = page.locator('aw-reactions');
  await expect.poll(() => poll.locator('[part=count]').allTextContents()).toEqual(['0', '0', '0', '0']);
  await expect.poll(() => poll.locator('[part=summary]').textContent()).toContain('Chưa có ai tham gia');
});

test('queues a first vote whose code cannot be loaded, and sends it on the next page', async () => {
  const code = /\/assets\/(voting-controller|outbox|session)-/;
  await context.route(code, (route) => route.abort());
  const { page } = await open({ story: 'queued' });
  await page.locator('aw-reactions [part=choice]').first().click();
  await page.locator('aw-reactions').getByText('Lựa chọn của bạn sẽ được gửi khi có mạng.').first().waitFor();
  await expect.poll(() => page.locator('aw-reactions [aria-pressed=true]').count()).toBe(1);
  await page.close();
  await context.unroute(code);
  const next = await open({ story: 'queued' });
  await next.page.locator('aw-reactions').getByText('Bạn là người đầu tiên').first().waitFor();
  await next.page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes(':outbox:')));
});

test('sends a first vote whose code could not be loaded when the browser is online', async () => {
  const code = /\/assets\/(voting-controller|outbox|session)-/;
  await context.route(code, (route) => route.abort());
  const { page } = await open({ story: 'offline' });
  await page.locator('aw-reactions [part=choice]').first().click();
  await page.locator('aw-reactions').getByText('Lựa chọn của bạn sẽ được gửi khi có mạng.').first().waitFor();
  await context.unroute(code);
  await context.setOffline(true);
  await context.setOffline(false);
  await page.locator('aw-reactions').getByText('Bạn là người đầu tiên').first().waitFor();
});

test('shows the results to a reader who has voted, by chunks of their own', async () => {
  const { page } = await open({ story: 'voted' });
  await page.locator('aw-reactions [part=choice]').first().click();
  await expect.poll(() => page.locator('aw-reactions [part=summary]').textContent()).toContain('Bạn là người đầu tiên');
  const again = await open({ story: 'voted' });
  const poll = again.page.locator('aw-reactions');
  await expect.poll(() => poll.locator('[part=summary]').textContent()).toContain('Bạn là người đầu tiên');
  await expect.poll(() => poll.locator('[part=count]').allTextContents()).toContain('100%');
  expect(again.chunks).toEqual(expect.arrayContaining(['voting-controller', 'session']));
});
