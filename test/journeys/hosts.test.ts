import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { root } from '../../scripts/commands.js';
import { requirements } from '../setup/host-requirements.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { partnerUrl } from '../setup/partner-url.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
/** Origin of the host pages, another than the API's. */
let paper: string;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
  paper = partnerUrl(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Hosts whose widgets take no writes: their own tests say what happens instead. */
const readOnly = ['sandbox-frame'];
const names = readdirSync(join(root, 'demo/hosts')).map((file) => file.replace(/\.html$/, ''));

describe('on the host page', () => {
  test.concurrent.for(names.filter((name) => !readOnly.includes(name)))(
    '%s a reader can read, vote and comment, and finds both after a reload',
    async (name, { expect }) => {
      const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
      const errors: string[] = [];
      const visit = async () => {
        const page = await context.newPage();
        page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
        await page.goto(`${paper}/hosts/${name}`);
        return { page, poll: page.locator('aw-reactions'), thread: page.locator('aw-comments') };
      };
      const { page, poll, thread } = await visit();
      await poll.getByRole('button', { name: /^(Thích|Like)/ }).click();
      await poll.locator('[aria-pressed=true]').waitFor();
      await thread.getByRole('textbox').first().fill('Một lời');
      await thread.getByRole('button', { name: /^(Gửi|Post)$/ }).click();
      await thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
      await page.close();

      const again = await visit();
      await again.poll.getByRole('button', { name: /^(Thích|Like)/, pressed: true }).waitFor();
      await again.thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
      expect(errors).toEqual([]);
      await context.close();
    },
  );

  test.concurrent.for(
    Object.entries(requirements).map(
      ([name, requirement]) => [`${name} ${requirement.title}`, name, requirement] as const,
    ),
  )('%s', async ([, name, { context: options, check }], { expect }) => {
    const context = await browser.newContext({ viewport: { width: 800, height: 900 }, ...options });
    const errors: string[] = [];
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    const url = `${paper}/hosts/${name}`;
    await page.goto(url);
    const readStory = async (resource: string, path: string, token = '') => {
      const story = encodeURIComponent(`${server.url}${path}`);
      const headers = token ? { authorization: `Bearer ${token}` } : undefined;
      const response = await fetch(`${server.url}/v1/sites/demo/${resource}?story=${story}`, { headers });
      return (await response.json()) as Record<string, unknown>;
    };
    await check({ page, url, readStory });
    expect(errors).toEqual([]);
    await context.close();
  });
});

test('host pages without a check of their own are those on which reading, voting and commenting is all', ({
  expect,
}) => {
  expect(names.filter((name) => !requirements[name])).toEqual([
    'clobber',
    'consent-classic',
    'consent',
    'error-tracker',
    'shadow-root',
    'storage-broken',
    'strict-policy',
    'tag-redirected',
    'tag-removed',
  ]);
});
