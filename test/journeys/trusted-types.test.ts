import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { shiftIn } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

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
    const act = (page: Page) => page.locator('aw-comments [part=composer]').waitFor();
    const state = { name: 'strict', prepare: serve, act };
    expect(await shiftIn(browser, `${server.url}/strict`, state, width)).toEqual({ shift: 0, moved: [] });
  });

  test('has widgets that can be read, voted in, commented on and signed up with', async ({ expect }) => {
    const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await serve(page);
    await page.goto(`${server.url}/strict`);
    const poll = page.locator('aw-reactions').first();
    const thread = page.locator('aw-comments');
    await poll.getByRole('button', { name: /^Thích/ }).click();
    await poll.locator('[aria-pressed=true]').waitFor();
    await page.locator('aw-reactions[variant] [part~=trigger]').click();
    await page.locator('aw-reactions[variant] [part~=choices] svg path').first().waitFor();
    await page.keyboard.press('Escape');
    await thread.getByRole('textbox').first().fill('**Một** lời');
    await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
    await thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
    const signup = page.locator('aw-newsletter');
    for (const box of await signup.getByRole('checkbox').all()) await box.check();
    await signup.getByRole('textbox').fill('lan@mail.example');
    await signup.getByRole('button', { name: 'Đăng ký' }).click();
    await signup.getByRole('heading', { name: 'Kiểm tra hộp thư' }).waitFor();
    await page.reload();
    await poll.getByRole('button', { name: /^Thích/, pressed: true }).waitFor();
    await thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
    await page.locator('aw-stories').getByRole('article').first().waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });
});
