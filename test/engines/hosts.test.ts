import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFirefox, findWebKit } from '../../scripts/engines.js';
import { engineNames, type Engine, type EnginePage } from '../setup/engines/engine-page.js';
import { launchEngine } from '../setup/engines/launch-engine.js';
import { partnerUrl } from '../setup/partner-url.js';
import { startServer, type RunningServer } from '../setup/start-server.js';
import { waitFor } from '../setup/wait-for.js';

const isInstalled = { chromium: true, firefox: Boolean(findFirefox()), webkit: Boolean(findWebKit()) };
/** The riskiest of `demo/hosts`. The first one breaks the storage of a reader who was never here. */
const hosts = [
  'storage-broken',
  'prototype-1.6',
  'strict-policy',
  'consent-classic',
  'shadow-root',
  'flex-column-center',
  'spa',
  'zoom',
  'rtl',
];

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ env: { AFTERWORD_LIMITS: 'off' } });
});
afterAll(() => server.stop());

describe.for(engineNames.map((name) => ({ name })))('in $name', ({ name }) => {
  describe.skipIf(!isInstalled[name])('a reader can read, vote and comment, and finds both after a reload', () => {
    let engine: Engine;
    let page: EnginePage;

    beforeAll(async () => {
      engine = (await launchEngine[name]())!;
      page = await engine.newPage();
      await page.resize(1000, 900);
    });
    afterAll(async () => {
      await page.close();
      await engine.close();
    });

    test.for(hosts)('on the host page %s', (host) => readsVotesAndComments(`${partnerUrl(server)}/hosts/${host}`));

    /** By the keyboard: the mouse is in the other tests, and drivers miss what a page has zoomed. */
    async function readsVotesAndComments(url: string): Promise<void> {
      const text = `Lời từ ${name}`;
      await page.goto(url);
      const poll = page.locator('aw-reactions');
      const thread = page.locator('aw-comments');
      await page.locator('aw-stories').byRole('article').evaluate(scrollTo);
      await page.locator('aw-newsletter').byRole('button', { name: 'Đăng ký' }).evaluate(scrollTo);
      await poll.locator('css=[part~=choice]').evaluate(focus);
      await page.press('Enter');
      await poll.locator('css=[part~=choice][aria-pressed=true]').waitFor();
      await thread.byRole('textbox', { name: 'Bình luận của bạn' }).evaluate(focus);
      await thread.byRole('button', { name: 'Gửi', exact: true }).waitFor();
      await page.type(text);
      await thread.byRole('button', { name: 'Gửi', exact: true }).evaluate(focus);
      await page.press('Enter');
      await thread.byRole('article').withText(text).waitFor();
      await waitFor(async () => expect(await page.evaluate(queuedCount)).toBe(0));
      await page.goto(url);
      await poll.locator('css=[part~=choice][aria-pressed=true]').waitFor();
      await thread.byRole('article').withText(text).waitFor();
    }
  });
});

function scrollTo(element: Element): void {
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
}

function focus(element: Element): void {
  (element as HTMLElement).focus();
}

/** Runs in the page. Returns the number of outboxes with writes that the API does not have yet. */
function queuedCount(): number {
  return Object.entries(localStorage).filter(
    ([key, value]) => key.startsWith('afterword:outbox:http') && value !== '[null]',
  ).length;
}
