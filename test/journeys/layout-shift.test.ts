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

describe('the demo has no layout shift', () => {
  const widths = [360, 1280];
  test.concurrent.for(pageStates.flatMap((state) => widths.map((width) => ({ state, width, name: state.name }))))(
    '$name, $width px wide',
    async ({ state, width }, { expect }) => {
      const { shift, moved } = await shiftIn(browser, server.url, state, width, { exemptsAct: true });
      expect({ shift: shift.toFixed(3), moved: shift >= 0.0005 ? moved : [] }).toEqual({ shift: '0.000', moved: [] });
    },
  );
});

describe('a page without further styles does not shift', () => {
  // As README shows it, in Times New Roman.
  const tags =
    '<aw-reactions></aw-reactions><aw-stories rail="latest" limit="6"></aw-stories><aw-newsletter></aw-newsletter><aw-comments open></aw-comments><p>What follows.</p>';
  const script = (attributes = '') =>
    `<script type="module" ${attributes} src="/afterword.js" data-site="demo"></script>`;
  const pages = [
    // Browsers may paint before a module that loads for a moment.
    { name: 'where the script runs before the first paint', head: script('blocking="render"'), delayMs: 0 },
    {
      name: 'where the script comes late, with cloak.css',
      head: `<link rel="stylesheet" href="/cloak.css">${script()}`,
      delayMs: 1500,
    },
  ];
  test.concurrent.for(pages.flatMap((page) => [390, 1280].map((width) => ({ ...page, width }))))(
    '$name, $width px wide',
    async ({ head, delayMs, width }, { expect }) => {
      const prepare = async (page: Page) => {
        await page.route('**/afterword.js', async (route) => {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          await route.continue();
        });
        await page.route(`${server.url}/a-page`, (route) =>
          route.fulfill({
            contentType: 'text/html; charset=utf-8',
            body: `<!doctype html><html lang="vi"><head><title>A page</title>
              <meta name="viewport" content="width=device-width">${head}</head><body>${tags}`,
          }),
        );
      };
      const act = (page: Page) => page.locator('aw-comments [part=composer]').waitFor();
      expect(await shiftIn(browser, `${server.url}/a-page`, { name: 'a page', prepare, act }, width)).toEqual({
        shift: 0,
        moved: [],
      });
    },
  );
});

describe('a poll does not shift the layout', () => {
  const looks = ['buttons', 'bars', 'compact'].flatMap((variant) => [320, 1280].map((width) => ({ variant, width })));
  test.concurrent.for(looks)('$variant, $width px wide', async ({ variant, width }, { expect }) => {
    expect(await shiftOfPoll(variant, width)).toEqual({ shift: 0, moved: [] });
  });

  // Browsers forgive a shift within half a second of an act.
  test.concurrent.for(looks)(
    '$variant, $width px wide, with code and answer of the vote delayed by a second',
    async ({ variant, width }, { expect }) => {
      const shift = await shiftOfPoll(variant, width, async (page) => {
        await page.route(/\/assets\/(voting-controller|outbox|session|floating-ui)|\/reactions$/, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 1000));
          await route.continue().catch(() => undefined);
        });
      });
      expect(shift).toEqual({ shift: 0, moved: [] });
    },
  );

  /** Opens a story with a poll, votes, and sums up the shifts. */
  function shiftOfPoll(variant: string, width: number, beforeVote?: (page: Page) => Promise<void>) {
    // Of its own: the votes of the other tests would change the sentence below the choices.
    const story = `${variant}-${width}-${beforeVote ? 'delayed' : 'prompt'}`;
    const prepare = (page: Page) =>
      page.route(`${server.url}/a-story`, (route) =>
        route.fulfill({
          contentType: 'text/html; charset=utf-8',
          body: `<!doctype html><html lang="vi"><title>A story</title><link rel="stylesheet" href="/cloak.css">
            <script type="module" src="/afterword.js" data-site="demo"></script>
            <p>A story.</p><aw-reactions variant="${variant}" story="${story}"></aw-reactions><p>What follows.</p>`,
        }),
      );
    const act = async (page: Page) => {
      await beforeVote?.(page);
      if (variant === 'compact') await page.locator('aw-reactions [part=trigger]').click();
      await page.locator('aw-reactions [part=choice]').first().click();
      await page.locator('aw-reactions [part=choice][aria-pressed=true] [part=bar]').waitFor({ state: 'attached' });
    };
    return shiftIn(browser, `${server.url}/a-story`, { name: variant, prepare, act }, width);
  }
});
