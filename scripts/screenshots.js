/**
 * Takes screenshots to judge the look by: `node scripts/screenshots.js [--only full,empty]`. Needs a build and Chromium.
 *
 *     docs/demo-1280.png, docs/demo-360.png    the demo, for the README
 *     docs/screenshots/demo|partner/           both demo pages, by width and scheme
 *     docs/screenshots/<state>/                every widget in a state, on three hosts, in two languages, by width and scheme
 *     docs/screenshots/index.html              all of them side by side
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { startServer } from '../test/setup/start-server.js';
import { root } from './commands.js';
import { hostPage, hosts } from './host-pages.js';
import { pageStates } from './page-states.js';

/** @typedef {import('playwright').Page} Page */

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const only = options.only?.split(',');
const folder = join(root, 'docs/screenshots');
const widths = [360, 768, 1280];
const schemes = /** @type {const} */ (['light', 'dark']);
const languages = ['vi', 'en'];
/** @type {string[]} */
const screenshots = [];

if (!only) rmSync(folder, { recursive: true, force: true });
const server = await startServer({ env: { AFTERWORD_LOG: 'warn', AFTERWORD_LIMITS: 'off' } });
const browser = await launchBrowser();
try {
  if (!only) await takeDemoPages();
  for (const state of pageStates.filter(({ name }) => !only || only.includes(name))) await takeState(state);
  writeFileSync(join(folder, 'index.html'), contactSheet());
  console.log(`${screenshots.length} screenshots in docs/screenshots`);
} finally {
  await browser.close();
  await server.stop();
}

async function takeDemoPages() {
  const partner = partnerAddress();
  const addresses = { demo: server.url, ...(partner && { partner }) };
  for (const [name, address] of Object.entries(addresses)) {
    for (const scheme of schemes) {
      for (const width of widths) {
        const page = await open(address, { width, scheme });
        await takeScreenshot(page, `${name}/${scheme}-${width}.png`);
        await page.close();
      }
    }
  }
  for (const width of [360, 1280]) {
    const page = await open(server.url, { width, scheme: 'light' });
    const {
      x,
      y,
      width: wide,
    } = await page.evaluate(() => {
      const box = document.querySelector('aw-reactions')?.getBoundingClientRect() ?? new DOMRect();
      return { x: box.x, y: box.y + scrollY, width: box.width };
    });
    const margin = Math.min(x, 40);
    const height = width === 360 ? 1900 : 1420;
    // The whole section in the window: widgets outside of it may not have rendered.
    await page.setViewportSize({ width, height });
    await page.evaluate((top) => scrollTo(0, top), y - 20);
    await page.waitForTimeout(1000);
    const clip = { x: x - margin, y: 0, width: wide + 2 * margin, height };
    await page.screenshot({ path: join(root, `docs/demo-${width}.png`), clip });
    await page.close();
  }
}

/** @param {import('./page-states.js').PageState} state */
async function takeState(state) {
  for (const host of hosts) {
    for (const lang of languages) {
      const address = `${server.url}/host-page`;
      const page = await open(address, {
        width: 1280,
        scheme: 'light',
        async prepare(opened) {
          await state.prepare?.(opened);
          // Last, so that no route of the state asks the server for this page.
          const body = hostPage(host, lang, state.variant);
          await opened.route(address, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
        },
      });
      await state.act?.(page);
      for (const scheme of schemes) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          await takeScreenshot(page, `${state.name}/${host.name}-${lang}-${scheme}-${width}.png`);
        }
      }
      await page.close();
    }
  }
}

/**
 * Opens a page and scrolls to its end, so that every widget has loaded.
 *
 * @param {string} address
 * @param {{ width: number, scheme: 'light' | 'dark', prepare?: (page: Page) => Promise<void> }} how
 */
async function open(address, { width, scheme, prepare }) {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
  });
  await prepare?.(page);
  await page.goto(address, { waitUntil: 'load' });
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
      scrollTo(0, top);
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    scrollTo(0, 0);
  });
  await page.waitForTimeout(500);
  return page;
}

/**
 * @param {Page} page
 * @param {string} path below the folder
 */
async function takeScreenshot(page, path) {
  const { width } = page.viewportSize() ?? { width: 1280 };
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  // A window as high as the page, so that `content-visibility` skips nothing.
  await page.setViewportSize({ width, height });
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, path), fullPage: true });
  screenshots.push(path);
}

/** Returns the address of the partner's page, from the output of the server. */
function partnerAddress() {
  const addresses = server.output().match(/http:\/\/(localhost|127\.0\.0\.1):\d+/g) ?? [];
  return addresses.find((address) => !address.endsWith(`:${server.port}`));
}

function contactSheet() {
  mkdirSync(folder, { recursive: true });
  const figures = screenshots.map(
    (path) =>
      `<figure><figcaption>${path}</figcaption><a href="${path}"><img src="${path}" loading="lazy"></a></figure>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Screenshots</title>
<style>
  body { display: flex; flex-wrap: wrap; gap: 16px; align-items: start; font: 12px sans-serif; }
  figure { margin: 0; } img { max-width: 420px; max-height: 700px; border: 1px solid #8888; }
</style>
${figures.join('\n')}
`;
}
