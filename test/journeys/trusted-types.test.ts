import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { shiftIn } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';
import { waitFor } from '../setup/wait-for.js';

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Serves a page with all widgets, whose policy allows no Trusted Types policy but those of the page. */
async function serve(page: Page): Promise<void> {
  await page.route(`${server.url}/strict`, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: {
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src *; connect-src 'self'; " +
          "require-trusted-types-for 'script'; trusted-types of-the-page",
      },
      body: `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>A page</title>
        <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/cloak.css">
        <script type="module" src="/afterword.js" data-site="demo"></script></head><body>
        <aw-reactions><p>Phản hồi</p></aw-reactions><aw-reactions variant="compact"></aw-reactions>
        <aw-stories rail="latest" limit="6"></aw-stories><aw-newsletter></aw-newsletter>
        <aw-comments open></aw-comments><p>What follows.</p>`,
    }),
  );
}

describe('a page that refuses our Trusted Types policy', () => {
  test.for([390, 1280])('does not shift, %d px wide', async (width, { expect }) => {
    const state = { name: 'strict', prepare: serve };
    expect(await shiftIn(browser, `${server.url}/strict`, state, width)).toEqual({ shift: 0, moved: [] });
  });

  test('shows the fallback content of the widgets, and warns', async ({ expect }) => {
    const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    const [errors, warnings]: [string[], string[]] = [[], []];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
    await serve(page);
    await page.goto(`${server.url}/strict`);
    await waitFor(() => expect(warnings.join('\n')).toContain('[aw-reactions] '));
    expect(await page.getByText('Phản hồi').isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  });
});
