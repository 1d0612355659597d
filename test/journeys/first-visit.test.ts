import type { Browser, Page, Request } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { readThrough } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
let page: Page;
let requests: Request[];
let complaints: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  requests = [];
  complaints = [];
  page.on('request', (request) => requests.push(request));
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.url, { waitUntil: 'load' });
  await readThrough(page);
  return () => page.close();
});

describe('a first visit without interaction', () => {
  test('requests the data of all widgets by one GET /page', () => {
    const data = requests.map((request) => request.url()).filter((url) => new URL(url).pathname.startsWith('/v1/'));
    expect(data.filter((url) => new URL(url).pathname.endsWith('/page'))).toHaveLength(1);
    expect(data.filter((url) => !/\/(page|signals|live)$/.test(new URL(url).pathname))).toEqual([]);
  });

  test('renders controls in every widget', async () => {
    const tags = ['aw-reactions', 'aw-stories', 'aw-comments', 'aw-newsletter'];
    // Counts controls in the shadow root, not in the fallback content.
    const controls = (tag: string) =>
      page
        .locator(tag)
        .first()
        .evaluate((widget) => {
          const found = widget.shadowRoot?.querySelectorAll('button, a[href], input') ?? [];
          return [...found].filter((control) => control.getClientRects().length > 0).length;
        });
    for (const tag of tags) await expect.poll(() => controls(tag), { message: tag }).toBeGreaterThan(0);
  });

  test('stores nothing in the browser and sends no token', async () => {
    const kept = await page.evaluate(async () => ({
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name),
    }));
    expect(kept).toEqual({ local: [], session: [], databases: [] });
    expect(await page.context().cookies()).toEqual([]);
    const named = requests.filter((request) => 'authorization' in request.headers());
    expect(named.map((request) => request.url())).toEqual([]);
  });

  test('logs no warnings, and requests no other origin', () => {
    expect(complaints).toEqual([]);
    const elsewhere = requests.map((request) => request.url()).filter((url) => !url.startsWith(server.url));
    expect(elsewhere.filter((url) => !url.startsWith('data:'))).toEqual([]);
  });

  test('has no script element but the script tag', async () => {
    const scripts = await page
      .locator('script:not([type="application/ld+json"])')
      .evaluateAll((found) => found.map((script) => (script as HTMLScriptElement).src));
    expect(scripts).toEqual([`${server.url}/afterword.js`]);
  });
});
