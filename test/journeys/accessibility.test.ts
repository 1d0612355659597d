import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageStates } from '../../scripts/page-states.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { readThrough } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let browser: Browser;
let server: RunningServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

/** Returns the violations that axe finds on the page, open shadow roots included. */
async function violationsOn(
  url: string,
  state: (typeof pageStates)[number],
  options: Parameters<Browser['newPage']>[0],
): Promise<string[]> {
  // Without motion nothing is half transparent while axe measures contrast.
  const page = await browser.newPage({ viewport: { width: 390, height: 800 }, reducedMotion: 'reduce', ...options });
  try {
    await state.prepare?.(page);
    await page.goto(url);
    await readThrough(page);
    await state.act?.(page);
    await page.evaluate(axe);
    const results = await page.evaluate(
      (values) =>
        (Reflect.get(globalThis, 'axe') as { run(options: object): Promise<AxeResults> }).run({
          runOnly: { type: 'tag', values },
        }),
      rules,
    );
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
    );
  } finally {
    await page.close();
  }
}

describe('axe reports no violations', () => {
  test.each(pageStates)('in the state $name, in Vietnamese', async (state) => {
    expect(await violationsOn(`${server.url}/`, state, {})).toEqual([]);
  });

  test.each(pageStates.filter(({ name }) => name === 'full' || name === 'acted'))(
    'in dark mode, in the state $name',
    async (state) => {
      expect(await violationsOn(`${server.url}/`, state, { colorScheme: 'dark' })).toEqual([]);
    },
  );

  test.each(pageStates.filter(({ name }) => name === 'full' || name === 'acted'))(
    "on the partner's page, in English, in the state $name",
    async (state) => {
      const [, partner = ''] = server.output().match(/http:\/\/localhost:\d+\/(?=\s)/g) ?? [];
      expect(await violationsOn(partner, state, {})).toEqual([]);
    },
  );
});

describe('on a screen 320 px wide', () => {
  test('no content is clipped, and only the rail scrolls horizontally', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(`${server.url}/`);
    await readThrough(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.close();
  });
});
