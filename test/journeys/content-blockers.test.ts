import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 800, height: 1200 } });
});
afterEach(() => context.close());

const tags = ['aw-reactions', 'aw-newsletter', 'aw-stories', 'aw-comments'];

/** Opens a page with all widgets, and returns the state of each once it has one. */
async function open(blocked: RegExp): Promise<Record<string, string>> {
  const page = await context.newPage();
  const refused: string[] = [];
  // As a filter list does: by words in the address, of code and data alike.
  await context.route(blocked, (route) => {
    refused.push(route.request().url());
    return route.abort('blockedbyclient');
  });
  await page.route(`${server.url}/a-story`, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="vi"><title>A story</title>
        <script type="module" src="/afterword.js" data-site="demo"></script>
        <aw-reactions><p>Bạn thấy sao?</p></aw-reactions><aw-newsletter><p>Bản tin</p></aw-newsletter>
        <aw-stories rail="sponsored"><p>Tin khác</p></aw-stories><aw-comments open><p>Thư</p></aw-comments>`,
    }),
  );
  await page.goto(`${server.url}/a-story`);
  const states = async () => {
    const shown = await Promise.all(tags.map((tag) => page.locator(`${tag}:is(:state(ready), :state(empty))`).count()));
    const failed = await Promise.all(tags.map((tag) => page.locator(tag).getByText('Chưa tải được').count()));
    return Object.fromEntries(tags.map((tag, at) => [tag, shown[at] ? 'shown' : failed[at] ? 'failed' : 'loading']));
  };
  await expect.poll(async () => Object.values(await states())).not.toContain('loading');
  return states();
}

const all = { 'aw-reactions': 'shown', 'aw-newsletter': 'shown', 'aw-stories': 'shown', 'aw-comments': 'shown' };

describe('a filter list that refuses', () => {
  test.for([/\/v1\/.*newsletter/, /\/v1\/.*reactions/, /\/v1\/.*(comment|sponsor|related|stories)/])(
    '%s leaves every widget',
    async (blocked) => {
      expect(await open(blocked)).toEqual(all);
    },
  );

  test('the joint request and newsletters leaves the others', async () => {
    expect(await open(/\/v1\/.*(\/page\?|newsletter)/)).toEqual({ ...all, 'aw-newsletter': 'failed' });
  });

  test('newsletters in any address, of code too, leaves the others', async () => {
    expect(await open(/newsletter/)).toEqual({ ...all, 'aw-newsletter': 'failed' });
  });
});
