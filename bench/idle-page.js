/** Measures what a page loads in a real browser while its reader only scrolls to the end. */
import { gzipSync } from 'node:zlib';
import { budgets } from './weigh.js';

/**
 * @typedef {object} PageLoad
 * @property {Record<string, number>} scripts bytes of each script by its name without hash, gzip
 * @property {string[]} requests method and path of each request to the API, in order
 *
 * @typedef {object} Visit
 * @property {PageLoad} firstPaint until every widget in the window shows its data, and what has come by the time that was noticed
 * @property {PageLoad} idle until ten seconds after the end of the page was reached
 */

const idleMs = 10_000;

export const reactionsAlone = '<aw-reactions></aw-reactions>';
/** The four widgets, in the order of the demo. */
export const allWidgets = `<aw-reactions></aw-reactions><aw-stories rail="related"></aw-stories>
  <aw-newsletter list="daily"></aw-newsletter><aw-comments></aw-comments>`;

/**
 * Returns the bytes that two visits loaded by their end, and their budgets.
 *
 * @param {Visit} all of a page with all four widgets in the window
 * @param {Visit} poll of a page with reactions alone
 */
export function weighVisits(all, poll) {
  const withLit = 'reactions with Lit, without loader and locale';
  const shared = ['afterword', 'vi'];
  return [
    { what: 'idle page: all four widgets', gzip: bytesOf(all.idle), budget: budgets.idlePage },
    { what: `idle page: ${withLit}`, gzip: bytesOf(poll.idle, shared), budget: budgets.reactionsIdle },
  ];
}

/**
 * Opens a page, waits until its widgets show their data, scrolls to its end and waits ten seconds.
 *
 * @param {import('playwright').Browser} browser
 * @param {string} server address of a running demo
 * @param {string} body of the page, with the widgets
 * @param {{ story: string }} options `story`: key or URL of the page's story
 * @returns {Promise<Visit>}
 */
export async function visitPage(browser, server, body, { story }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'vi-VN' });
  try {
    const page = await context.newPage();
    /** @type {Promise<[name: string, bytes: number]>[]} */
    const scripts = [];
    /** @type {string[]} */
    const requests = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      scripts.push(response.body().then((content) => [nameOf(response.url()), gzipSync(content, { level: 9 }).length]));
    });
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      const [, path] = /^\/v1\/sites\/[^/]+\/(.*)/.exec(pathname) ?? [];
      if (path !== undefined) requests.push(`${request.method()} ${path}`);
    });
    const load = async () => ({
      scripts: Object.fromEntries(await Promise.all(scripts)),
      requests: [...requests],
    });
    await openPage(page, server, body, { story });
    const firstPaint = await load();
    await page.evaluate(async () => {
      const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      // The page grows while widgets load below the window.
      for (let end = -1; scrollY + innerHeight !== end; await nextFrame()) {
        end = document.documentElement.scrollHeight;
        scrollTo(0, end);
      }
    });
    await page.waitForTimeout(idleMs);
    return { firstPaint, idle: await load() };
  } finally {
    await context.close();
  }
}

/**
 * Opens a page and waits until its widgets in the window show their data.
 *
 * @param {import('playwright').Page} page
 * @param {string} server address of a running demo
 * @param {string} body of the page, with the widgets
 * @param {{ story: string }} options `story`: key or URL of the page's story
 */
export async function openPage(page, server, body, { story }) {
  const address = `${server}/idle-page`;
  await page.route(address, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>A story</title>
        <link rel="stylesheet" href="/cloak.css">
        <script type="module" src="/afterword.js" data-site="demo" data-story="${story}"></script>${body}`,
    }),
  );
  const answered = page.waitForResponse(/\/v1\/sites\/[^/]+\/page\?/);
  await page.goto(address);
  await answered;
  await page.waitForFunction(() => {
    const near = [...document.querySelectorAll('aw-reactions, aw-stories, aw-newsletter, aw-comments')].filter(
      (widget) => widget.getBoundingClientRect().top < innerHeight,
    );
    return near.every((widget) => widget.shadowRoot?.querySelector('[aria-busy=false]'));
  });
}

/**
 * Returns a script's name without folder, hash and extension.
 *
 * @param {string} url
 */
export function nameOf(url) {
  return url.replace(/^.*\/|-[\w-]{8}\.js$|\.js$/g, '');
}

/**
 * Sums the bytes of a load's scripts, but those named.
 *
 * @param {PageLoad} load
 * @param {string[]} excluded
 */
function bytesOf({ scripts }, excluded = []) {
  const counted = Object.entries(scripts).filter(([name]) => !excluded.includes(name));
  return counted.reduce((sum, [, bytes]) => sum + bytes, 0);
}
