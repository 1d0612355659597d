import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { pageStates } from '../../scripts/page-states.js';
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

describe('nothing on the demo moves that the reader did not move', () => {
  const widths = [360, 1280];
  // Each waits more than it works. Browsers forgive what follows an act within half a second: where other work holds both
  // cores for longer, what the act set off comes too late once, but not twice.
  test.concurrent.for(pageStates.flatMap((state) => widths.map((width) => ({ state, width, name: state.name }))))(
    '$name, $width px wide',
    { retry: 1 },
    async ({ state, width }, { expect }) => {
      const { shift, moved } = await shiftIn(browser, server.url, state, width);
      expect({ shift: shift.toFixed(3), moved: shift >= 0.0005 ? moved : [] }).toEqual({ shift: '0.000', moved: [] });
    },
  );
});

describe('a poll keeps its place in every look', () => {
  const looks = ['buttons', 'bars', 'compact'].flatMap((variant) => [320, 1280].map((width) => ({ variant, width })));
  // What moves by the reader's own act may come too late to be forgiven, as above; so the code for results is let come first, as it
  // does for who reads on for two seconds.
  test.concurrent.for(looks)('$variant, $width px wide', { retry: 1 }, async ({ variant, width }, { expect }) => {
    const prepare = (page: Page) =>
      page.route(`${server.url}/a-story`, (route) =>
        route.fulfill({
          contentType: 'text/html; charset=utf-8',
          body: `<!doctype html><html lang="vi"><title>A story</title><link rel="stylesheet" href="/cloak.css">
            <script type="module" src="/afterword.js" data-site="demo"></script>
            <p>A story.</p><aw-reactions variant="${variant}" story="looks"></aw-reactions><p>What follows.</p>`,
        }),
      );
    const act = async (page: Page) => {
      await page.waitForResponse(/\/results-.*\.js$/, { timeout: 4000 }).catch(() => undefined);
      const button = page.locator('aw-reactions [part=trigger], aw-reactions .choices:not([popover]) [part=choice]');
      await button.first().click();
    };
    const shift = await shiftIn(browser, `${server.url}/a-story`, { name: variant, prepare, act }, width);
    expect(shift).toEqual({ shift: 0, moved: [] });
  });
});
