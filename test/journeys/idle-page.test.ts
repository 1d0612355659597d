import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allWidgets, nameOf, openPage, reactionsAlone, visitPage, weighVisits } from '../../bench/idle-page.js';
import { weighFirstPaint } from '../../bench/weigh.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

type Visit = Awaited<ReturnType<typeof visitPage>>;

const article = '<p style="block-size: 3000px">An article.</p>';

const [firstPaintOfAll, firstPaintOfReactions] = weighFirstPaint();

let server: RunningServer;
let browser: Browser;
/** Visits of readers who scroll to the end and wait ten seconds. */
let visits: Record<string, Visit>;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  const demo = `${server.url}/`;
  const pages = {
    'the widgets in the window, with comments': { body: allWidgets, story: demo },
    'the widgets below the window, with comments': { body: article + allWidgets, story: demo },
    'the widgets in the window, without comments': { body: allWidgets, story: 'no-comments' },
    'the widgets below the window, without comments': { body: article + allWidgets, story: 'no-comments' },
    'reactions alone': { body: reactionsAlone, story: 'reactions-alone' },
  };
  const visited = Object.entries(pages).map(async ([name, { body, story }]) => {
    return [name, await visitPage(browser, server.url, body, { story })] as const;
  });
  visits = Object.fromEntries(await Promise.all(visited));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('an idle page', () => {
  test.each([
    'the widgets in the window, with comments',
    'the widgets below the window, with comments',
    'the widgets in the window, without comments',
    'the widgets below the window, without comments',
    'reactions alone',
  ])('sends one GET /page, then one live stream and signals only: %s', (name) => {
    const { firstPaint, idle } = visits[name]!;
    const isBackground = (request: string) => /^(GET live|POST signals)$/.test(request);
    expect(firstPaint.requests.filter((request) => !isBackground(request))).toEqual(['GET page']);
    expect(idle.requests.filter((request) => !isBackground(request))).toEqual(['GET page']);
    expect(idle.requests.filter((request) => request === 'GET live')).toHaveLength(1);
  });

  test('loads every widget after scrolling to the end', () => {
    const { firstPaint, idle } = visits['the widgets below the window, with comments']!;
    const chunks = ['reactions', 'stories', 'newsletter', 'comments'];
    expect(Object.keys(firstPaint.scripts).filter((name) => chunks.includes(name))).toEqual([]);
    expect(Object.keys(idle.scripts)).toEqual(expect.arrayContaining(chunks));
  });

  test('loads no more script than the budgets allow', () => {
    const weights = weighVisits(visits['the widgets in the window, with comments']!, visits['reactions alone']!);
    expect(weights.filter(({ gzip, budget }) => gzip > budget)).toEqual([]);
  });
});

describe('the first paint', () => {
  test.each([
    { body: allWidgets, counted: firstPaintOfAll },
    { body: reactionsAlone, counted: firstPaintOfReactions },
  ])('needs no script but that which the budget counts: $counted.what', async ({ body, counted }) => {
    const names = ['vi', ...counted.files.map(nameOf)];
    const page = await browser.newPage({ viewport: { width: 1280, height: 3000 }, locale: 'vi-VN' });
    // Others never arrive.
    await page.route('**/assets/*', (route) => {
      if (names.includes(nameOf(route.request().url()))) return route.continue();
    });
    await openPage(page, server.url, body, { story: `${server.url}/` });
    await page.close();
  });
});
