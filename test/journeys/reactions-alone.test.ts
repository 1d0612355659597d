import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

/** What a page that holds nothing but a poll may fetch of script on a first visit, beside the loader and the words. */
const most = 10_000;

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a story with a poll below it, and reads it until nothing more is fetched. */
async function open(page: Page): Promise<Record<string, number>> {
  const address = `${server.url}/a-story`;
  const scripts: Promise<[name: string, bytes: number]>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.request().resourceType() !== 'script') return;
    const name = pathname.replace(/^.*\/|-[\w-]{8}\.js$|\.js$/g, '');
    scripts.push(response.body().then((body) => [name, gzipSync(body, { level: 9 }).length]));
  });
  await page.route(address, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="vi"><title>A story</title>
        <script type="module" src="/afterword.js" data-site="demo"></script>
        <p>A story.</p><aw-reactions story="reactions-alone"></aw-reactions>`,
    }),
  );
  await page.goto(address, { waitUntil: 'networkidle' });
  return Object.fromEntries(await Promise.all(scripts));
}

test('a page with a poll alone fetches at most 10 kB of script to show it with its counts', async () => {
  const page = await browser.newPage();
  const { afterword, vi, ...rest } = await open(page);
  const poll = page.locator('aw-reactions');
  await expect.poll(() => poll.locator('[part=choice]').count()).toBeGreaterThan(1);
  expect(await poll.locator('[part=count]').allTextContents()).toEqual(['0', '0', '0', '0']);
  expect(await poll.locator('[part=summary]').textContent()).toContain('Chưa có ai tham gia');
  expect(afterword).toBeGreaterThan(0);
  expect(vi).toBeGreaterThan(0);
  expect(Object.keys(rest).sort()).toEqual(['core', 'reactions']);
  expect(Object.values(rest).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(most);
  await page.close();
});

test('a reader who took part finds the results, by code that nobody else fetches', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await open(page);
  await page.locator('aw-reactions [part=choice]').first().click();
  await expect.poll(() => page.locator('aw-reactions [part=summary]').textContent()).toContain('Bạn là người đầu tiên');
  const again = await context.newPage();
  expect(Object.keys(await open(again))).toEqual(expect.arrayContaining(['results', 'reader']));
  await expect
    .poll(() => again.locator('aw-reactions [part=summary]').textContent())
    .toContain('Bạn là người đầu tiên');
  const shares = again.locator('aw-reactions [part=count]');
  await expect.poll(() => shares.allTextContents()).toContain('100%');
  await context.close();
});
