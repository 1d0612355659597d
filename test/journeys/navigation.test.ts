import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { partnerUrl } from '../setup/partner-url.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let errors: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  errors = [];
  context = await browser.newContext({ viewport: { width: 800, height: 1400 } });
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

interface Opened {
  page: Page;
  /** Stories that pages of data were requested for. */
  read: string[];
  /** Stories that votes and comments were sent to. */
  written: string[];
}

/** Opens a host page, and waits until its poll can be voted in. */
async function open(url: string): Promise<Opened> {
  const page = await context.newPage();
  const read: string[] = [];
  const written: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/page')) read.push(searchParams.get('story')!);
    if (!/^(PUT|POST) .*(reactions|comments)$/.test(`${request.method()} ${pathname}`)) return;
    written.push((request.postDataJSON() as { story: string }).story);
  });
  await page.goto(url);
  await like(page).waitFor();
  return { page, read, written };
}

/** Opens a page of the API's own origin. */
async function openHtml(html: string): Promise<Opened> {
  const address = `${server.url}/one`;
  await context.route(address, (route) =>
    route.fulfill({ contentType: 'text/html; charset=utf-8', body: `<!doctype html><html lang="vi">${html}` }),
  );
  return open(address);
}

const tag = '<script type="module" src="/afterword.js" data-site="demo"></script>';
const like = (page: Page) => page.locator('aw-reactions').getByRole('button', { name: /^Thích/ });
const liked = (page: Page) => page.locator('aw-reactions').getByRole('button', { name: /^Thích/, pressed: true });
const keyOf = (path: string) => new URL(path, server.url).href.replace('http:', 'https:');
const navigate = (page: Page, path: string) => page.evaluate((url) => history.pushState({}, '', url), path);

describe('the host page of a single-page app', () => {
  const storyAt = (name: string) => keyOf(`/hosts/${name}`);

  test('votes and comments on the story that it shows, as soon as it shows it', async () => {
    const { page, read, written } = await open(`${partnerUrl(server)}/hosts/spa`);
    const thread = page.locator('aw-comments');
    await thread.getByRole('textbox').first().fill('Lời về bài một');
    await thread.getByRole('button', { name: 'Gửi' }).waitFor();
    await page.locator('#go').click();
    await like(page).click();
    await liked(page).waitFor();
    await thread.getByRole('textbox').first().fill('Lời về bài hai');
    await thread.getByRole('button', { name: 'Gửi' }).click();
    await thread.getByRole('article').filter({ hasText: 'Lời về bài hai' }).waitFor();
    await expect.poll(() => written).toEqual([storyAt('other'), storyAt('other')]);
    expect(read).toEqual([storyAt('spa'), storyAt('other')]);
    await page.close();

    const again = await open(`${partnerUrl(server)}/hosts/spa`);
    await expect.poll(() => liked(again.page).count()).toBe(0);
    const field = again.page.locator('aw-comments').getByRole('textbox').first();
    await field.focus();
    await expect.poll(() => field.inputValue()).toBe('Lời về bài một');
    expect(await again.page.locator('aw-comments').getByText('Lời về bài hai').count()).toBe(0);
    await again.page.locator('#go').click();
    await liked(again.page).waitFor();
    await again.page.locator('aw-comments').getByText('Lời về bài hai').waitFor();
  });

  test('sends no vote to the story before where the code that follows the page never loads', async () => {
    await context.route('**/page-watcher-*', (route) => route.abort());
    const { page, written } = await open(`${partnerUrl(server)}/hosts/spa`);
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('#go')!.click();
      const choices = document.querySelector('aw-reactions')!.shadowRoot!.querySelectorAll('button');
      choices[0]!.click();
    });
    await expect.poll(() => page.locator('aw-reactions [aria-pressed=true]').count()).toBe(0);
    await like(page).click();
    await liked(page).waitFor();
    await expect.poll(() => written).toEqual([storyAt('other')]);
  });
});

describe.for([
  ['with the Navigation API', ''],
  ['without it', '<script>delete window.navigation; delete window.Navigation</script>'],
  ['with a variable of its name', '<script>var navigation = document.documentElement</script>'],
])('%s', ([, script]) => {
  const body = `${script}${tag}<aw-reactions></aw-reactions><main></main>`;

  test('a changed address alone names another story', async () => {
    const { page, read, written } = await openHtml(body);
    await navigate(page, '/two#top');
    await page.evaluate(() => document.querySelector('main')!.append('Bài hai'));
    await expect.poll(() => read).toEqual([keyOf('/one'), keyOf('/two')]);
    await like(page).click();
    await liked(page).waitFor();
    // At once, while the code to send it is on its way.
    await page.goBack();
    await expect.poll(() => liked(page).count()).toBe(0);
    await like(page).waitFor();
    await page.goForward();
    await liked(page).waitFor();
    await expect.poll(() => written).toEqual([keyOf('/two')]);
  });

  test('a reader who acts after nothing but the address has changed acts on the new story', async () => {
    const { page, written } = await openHtml(body);
    await navigate(page, '/three');
    await like(page).hover();
    await page.mouse.down();
    await page.mouse.up();
    await like(page).waitFor();
    if (!(await liked(page).count())) await like(page).click();
    await liked(page).waitFor();
    await expect.poll(() => written).toEqual([keyOf('/three')]);
  });
});

describe('the script tag', () => {
  const body = `<head>${tag.replace('>', ' data-story="one">')}<body><aw-reactions></aw-reactions>`;

  test('names another story', async () => {
    const { page, read } = await openHtml(body);
    await page.evaluate(() => document.querySelector('script')!.setAttribute('data-story', 'two'));
    await expect.poll(() => read).toEqual(['one', 'two']);
  });

  test('is replaced by one with another story, as Turbo does', async () => {
    const { page, read } = await openHtml(body);
    await page.evaluate(() => {
      const script = document.querySelector('script')!;
      const other = document.createElement('script');
      for (const { name, value } of script.attributes) other.setAttribute(name, value);
      other.dataset['story'] = 'two';
      script.replaceWith(other);
    });
    await expect.poll(() => read).toEqual(['one', 'two']);
    await like(page).waitFor();
  });

  test('requests the data of widgets whose code has not loaded, together with that of the others', async () => {
    const { page, read } = await openHtml(`${body}<p style="block-size: 5000px">…</p><aw-comments></aw-comments>`);
    await page.evaluate(() => document.querySelector('script')!.setAttribute('data-story', 'two'));
    await expect.poll(() => read).toEqual(['one', 'two']);
    await page.locator('aw-comments').scrollIntoViewIfNeeded();
    await page.locator('aw-comments').getByRole('textbox').first().waitFor();
    expect(read).toEqual(['one', 'two']);
  });
});
