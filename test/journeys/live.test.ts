import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Comments, Session } from '../../src/contract/types.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';
import { waitFor } from '../setup/wait-for.js';

let browser: Browser;
let data: string;
let server: RunningServer;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'afterword-live-'));
  server = await startServer({ data });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'vi-VN' });
});
afterEach(async () => {
  await context.close();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const site = () => `${server.url}/v1/sites/demo`;
async function post(path: string, body: unknown, token?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  return (await fetch(`${site()}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

/** Opens the lead story at its comments. */
async function open(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.url}/`);
  await page.locator('aw-comments').scrollIntoViewIfNeeded();
  const show = page.locator('aw-comments').getByRole('button', { name: /^Hiện .* bình luận$/ });
  await page.locator('aw-comments textarea').first().waitFor();
  if (await show.count()) await show.click();
  return page;
}

describe('live updates of a thread', () => {
  test('sends one page request and one live stream for two tabs', async () => {
    const requests: string[] = [];
    context.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/v1/')) requests.push(pathname.replace(/.*\//, ''));
    });
    const first = await open();
    await waitFor(() => expect(requests).toContain('live'));
    await first.waitForTimeout(3000);
    const data = () => requests.filter((path) => path !== 'signals').sort();
    expect(data()).toEqual(['live', 'page']);
    const second = await open();
    await second.waitForTimeout(4000);
    // The browser revalidates what it has cached of the first tab's page.
    expect([...new Set(data())]).toEqual(['live', 'page']);
    expect(requests.filter((path) => path === 'live')).toHaveLength(1);
  });

  test('shows a new comment in both tabs over one connection, without layout shift', async () => {
    const streams: string[] = [];
    context.on('request', (request) => {
      if (request.url().includes('/live?')) streams.push(request.url());
    });
    const [first, second] = [await open(), await open()];
    await waitFor(() => expect(streams.length).toBeGreaterThan(0));
    const places = await Promise.all(
      [first, second].map((page) => page.locator('aw-comments article').first().boundingBox()),
    );
    const { token } = (await post('readers', { name: 'Minh' })) as Session;
    const story =
      (await first.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href)) ?? '';
    // The first event says that somebody listens.
    await waitFor(async () => {
      await post('comments', { story, text: `Vừa xong ${Date.now()}` }, token);
      for (const page of [first, second])
        expect(await page.locator('aw-comments [part=arrived]').first().isVisible()).toBe(true);
    }, 1500);
    expect(streams).toHaveLength(1);
    for (const [index, page] of [first, second].entries())
      expect(await page.locator('aw-comments article').first().boundingBox()).toEqual(places[index]);
    await second.locator('aw-comments [part=arrived]').first().click();
    await second.locator('aw-comments article', { hasText: 'Vừa xong' }).first().waitFor();
    // The other tab takes over.
    await first.close();
    await waitFor(() => expect(streams).toHaveLength(2));
  });

  test('shows a failed chunk at the composer, and posts the typed text once the chunk loads', async () => {
    const code = '**/assets/comment-actions-*';
    await context.route(code, (route) => route.abort());
    const page = await open();
    const field = page.locator('aw-comments textarea').first();
    await field.fill('Gõ lúc mất mạng');
    await page.locator('aw-comments form', { hasText: 'Chưa làm được.' }).waitFor();
    await context.unroute(code);
    await field.press('!');
    const send = page.locator('aw-comments form .primary').first();
    await send.click();
    await page.locator('aw-comments article', { hasText: 'Gõ lúc mất mạng!' }).waitFor();
    expect(await page.locator('aw-comments form', { hasText: 'Chưa làm được.' }).count()).toBe(0);
  });

  test('queues a comment while the server is down, and sends it once after the restart', async () => {
    const page = await open();
    await page.locator('aw-comments textarea').first().fill('Viết lúc máy chủ chết');
    const send = page.locator('aw-comments form .primary').first();
    await send.waitFor();
    process.kill(server.pid, 'SIGKILL');
    await send.click();
    await page.getByRole('group', { name: /^Chưa gửi được/ }).waitFor();
    await page.reload({ waitUntil: 'commit' }).catch(() => undefined);
    server = await startServer({ data, env: { PORT: String(server.port) } });
    const again = await open();
    await again.locator('aw-comments article', { hasText: 'Viết lúc máy chủ chết' }).first().waitFor();
    const story = await again.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel=canonical]')!.href);
    const thread = (await (
      await fetch(`${site()}/comments?story=${encodeURIComponent(story)}&sort=newest`)
    ).json()) as Comments;
    expect(thread.comments.filter(({ text }) => text === 'Viết lúc máy chủ chết')).toHaveLength(1);
  });
});
