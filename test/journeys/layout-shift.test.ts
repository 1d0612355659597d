import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { pageStates } from '../../scripts/page-states.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { shiftIn, shiftsBetween, timeOfFrame, watchShifts } from '../setup/layout-shift.js';
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

describe('a comment that is sent on a slow line', () => {
  const texts = { short: 'Hay quá.', long: 'Một đoạn dài hơn, nhiều dòng. '.repeat(20) };
  const cases = (['comment', 'reply'] as const).flatMap((kind) =>
    (['short', 'long'] as const).flatMap((length) => [390, 1280].map((width) => ({ kind, length, width }))),
  );
  test.concurrent.for(cases)(
    'takes the place of the composer: $length $kind, $width px wide',
    async (one, { expect }) => {
      const { kind, length, width } = one;
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.addInitScript(watchShifts);
      await page.route(`${server.url}/a-thread`, (route) =>
        route.fulfill({
          contentType: 'text/html; charset=utf-8',
          body: `<!doctype html><html lang="vi"><head><title>A thread</title><meta name="viewport" content="width=device-width">
          <link rel="canonical" href="https://paper.example/slow-${kind}-${length}-${width}">
          <link rel="stylesheet" href="/cloak.css"><script type="module" src="/afterword.js" data-site="demo"></script></head>
          <body><p>A story.</p><aw-comments open sort="newest"></aw-comments><p>What follows.</p>`,
        }),
      );
      await page.goto(`${server.url}/a-thread`);
      const thread = page.locator('aw-comments');
      const article = (text: string) => thread.getByRole('article').filter({ hasText: text.slice(0, 25) });
      const send = async (text: string, form = thread.locator('form').first()) => {
        await form.locator('textarea').fill(text);
        await form.getByRole('button', { name: 'Gửi' }).click();
      };
      for (const text of ['Lời thứ nhất', 'Lời thứ hai']) {
        await send(text);
        await article(text).waitFor();
      }
      let answer = (): void => undefined;
      const isAnswered = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/comments', async (route) => {
        await isAnswered;
        await route.continue().catch(() => undefined);
      });
      if (kind === 'reply')
        await thread
          .getByRole('button', { name: /^Trả lời/ })
          .first()
          .click();
      await send(texts[length], thread.locator(kind === 'reply' ? 'li form' : 'form').first());
      await thread.getByRole('button', { name: 'Đang gửi' }).waitFor();
      // The act is over for the browser.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const from = await timeOfFrame(page);
      answer();
      await article(texts[length]).waitFor();
      const to = await timeOfFrame(page);
      const { shift, moved } = await shiftsBetween(page, from, to);
      // The inside of the emptied field, which collapses, is counted: 0.001.
      expect({ shift: shift.toFixed(2), moved: shift >= 0.005 ? moved : [] }).toEqual({ shift: '0.00', moved: [] });

      // The next act of the reader puts it where it belongs.
      await page.keyboard.press('Shift');
      await thread
        .locator('.comment-list')
        .getByRole('article')
        .filter({ hasText: texts[length].slice(0, 25) })
        .waitFor();
      await page.close();
    },
  );
});
