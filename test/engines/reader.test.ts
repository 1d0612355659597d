import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFirefox, findWebKit } from '../../scripts/engines.js';
import { engineNames, type Engine, type EngineLocator, type EnginePage } from '../setup/engines/engine-page.js';
import { launchEngine } from '../setup/engines/launch-engine.js';
import { partnerUrl } from '../setup/partner-url.js';
import { startServer, type RunningServer } from '../setup/start-server.js';
import { waitFor } from '../setup/wait-for.js';

const isInstalled = { chromium: true, firefox: Boolean(findFirefox()), webkit: Boolean(findWebKit()) };

let server: RunningServer;
/** A host page whose error tracker records what it gets, on another origin than the API's. */
let url: string;
beforeAll(async () => {
  server = await startServer({ env: { AFTERWORD_LIMITS: 'off' } });
  url = `${partnerUrl(server)}/hosts/error-tracker`;
});
afterAll(() => server.stop());

describe.for(engineNames.map((name) => ({ name })))('in $name', ({ name }) => {
  describe.skipIf(!isInstalled[name])('a reader', () => {
    let engine: Engine;
    let page: EnginePage;
    let poll: EngineLocator;
    let rail: EngineLocator;
    let signup: EngineLocator;
    let thread: EngineLocator;

    beforeAll(async () => {
      engine = (await launchEngine[name]())!;
    });
    afterAll(() => engine.close());
    beforeEach(async () => {
      page = await engine.newPage();
      await page.resize(1000, 900);
      await page.goto(url);
      [poll, rail, signup, thread] = ['aw-reactions', 'aw-stories', 'aw-newsletter', 'aw-comments'].map((tag) =>
        page.locator(tag),
      ) as [EngineLocator, EngineLocator, EngineLocator, EngineLocator];
    });
    afterEach(async () => {
      const tracked = await page.evaluate(() => sessionStorage.getItem('tracked') ?? '');
      await page.close();
      expect(tracked).toBe('');
    });

    test('votes, changes and removes the vote, and finds the last choice after a reload', async () => {
      const choice = (label: string, pressed: boolean) =>
        poll.byRole('button', { name: new RegExp(`^${label}`), pressed });
      await choice('Thích', false).click();
      await choice('Thích', true).waitFor();
      await choice('Rất hay', false).click();
      await choice('Rất hay', true).waitFor();
      await choice('Thích', false).waitFor();
      await untilSaved();
      await page.goto(url);
      await choice('Rất hay', true).waitFor();
      await choice('Rất hay', true).click();
      await choice('Rất hay', false).waitFor();
      await untilSaved();
      await page.goto(url);
      await poll.byRole('button', { name: /^Thích/ }).waitFor();
      await poll.locator('css=[part~=summary]').withText('tham gia').waitFor();
      expect(await poll.locator('css=[aria-pressed=true]').count()).toBe(0);
    });

    test('posts, edits, replies and deletes, and finds it after a reload', async () => {
      const comment = (text: string) => thread.byRole('article').withText(text);
      await thread.byRole('textbox', { name: 'Bình luận của bạn' }).type(`Lời đầu từ ${name}`);
      await thread.byRole('button', { name: 'Gửi', exact: true }).click();
      await comment(`Lời đầu từ ${name}`).waitFor();

      await comment(`Lời đầu từ ${name}`).byRole('button', { name: 'Sửa', exact: true }).click();
      await thread.byRole('button', { name: 'Lưu', exact: true }).waitFor();
      await page.type(', đã sửa');
      await thread.byRole('button', { name: 'Lưu', exact: true }).click();
      await thread.byRole('button', { name: 'Lưu', exact: true }).waitUntilGone();
      await comment('đã sửa').withText(name).waitFor();

      await comment(`từ ${name}`)
        .byRole('button', { name: /^Trả lời/ })
        .click();
      await thread.byRole('button', { name: 'Gửi', exact: true }).waitFor();
      await page.type(`Trả lời từ ${name}`);
      await thread.byRole('button', { name: 'Gửi', exact: true }).click();
      await comment(`Trả lời từ ${name}`).waitFor();

      await untilSaved();
      await page.goto(url);
      await comment('đã sửa').withText(name).waitFor();
      const reply = thread.byRole('article').withText(`Trả lời từ ${name}`).locator('nth=-1');
      await reply.byRole('button', { name: 'Xoá', exact: true }).click();
      const question = thread.byRole('group', { name: 'Xoá hẳn bình luận này?' });
      await question.byRole('button', { name: 'Xoá', exact: true }).click();
      await comment(`Trả lời từ ${name}`).waitUntilGone();
      await page.goto(url);
      await comment('đã sửa').withText(name).waitFor();
      expect(await comment(`Trả lời từ ${name}`).count()).toBe(0);
    });

    test('follows a link to a comment far below', async () => {
      const texts = Array.from(
        { length: 24 },
        (_, index) => `Lời thứ ${index} của ${name}. ${'Dài dòng. '.repeat(60)}`,
      );
      const ids = await postComments(`${server.url}/hosts/error-tracker`, texts);
      // Within a page, too: both ways, past chunks that were never rendered.
      for (const index of [2, 21, 3]) {
        await page.goto(`${url}?#aw-comment-${ids[index]}`);
        const article = thread.byRole('article').withText(`Lời thứ ${index} của ${name}.`);
        await waitFor(async () => {
          // At the top of the viewport, or wholly in view at the end of the page.
          const { top, bottom, height } = await article.evaluate((element) => {
            const { top, bottom } = element.getBoundingClientRect();
            return { top, bottom, height: innerHeight };
          });
          expect(top).toBeGreaterThanOrEqual(0);
          expect(bottom).toBeLessThanOrEqual(height);
        });
      }
    });

    test('turns the carousel on and back, by the mouse and by the keyboard', async () => {
      const position = () => rail.byRole('list').evaluate((list) => Math.abs(list.scrollLeft));
      const next = rail.byRole('button', { name: 'Xem các bài sau' });
      const previous = rail.byRole('button', { name: 'Xem các bài trước' });
      await next.click();
      // Enabled once half a card is past: a click before does nothing.
      const disabled = () => previous.evaluate((button) => button.getAttribute('aria-disabled'));
      await waitFor(async () => expect(await disabled()).toBe('false'));
      await previous.click();
      await waitFor(async () => expect(await position()).toBe(0));
      await page.press('Tab');
      await page.press('Enter');
      await waitFor(async () => expect(await position()).toBeGreaterThan(100));
    });

    test('signs up with the code of the mail', async () => {
      const address = `${name}@mail.example`;
      await signup.byRole('textbox', { name: 'Địa chỉ email' }).type(address);
      await signup.byRole('checkbox').click();
      await page.press('Enter');
      await signup.byRole('heading', { name: 'Kiểm tra hộp thư' }).waitFor();
      await signup.byRole('textbox', { name: /Mã/ }).type(await codeFor(address));
      await signup.byRole('heading', { name: 'Bạn đã đăng ký' }).waitFor();
    });

    /** Waits until the API has saved what the reader has sent. */
    const untilSaved = () =>
      waitFor(async () =>
        expect(
          await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('afterword:outbox:'))),
        ).toEqual([]),
      );
  });
});

/** Reads the code from the demo's outbox. */
function codeFor(address: string): Promise<string> {
  const folder = join(server.data, 'outbox');
  return waitFor(() => {
    const mails = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const texts = mails
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .filter((text) => text.includes(address));
    const [code] = texts.flatMap((text) => /\b\d{6}\b/.exec(text) ?? []);
    if (!code) throw new Error(`No mail to ${address} in ${folder}`);
    return code;
  });
}

/** Posts comments of one guest, oldest first, and returns their ids. */
async function postComments(story: string, texts: readonly string[]): Promise<string[]> {
  const api = `${server.url}/v1/sites/demo`;
  const post = async (path: string, body: object, headers = {}) => {
    const response = await fetch(`${api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { token: string; comment: { id: string } };
  };
  const { token } = await post('readers', {});
  const ids: string[] = [];
  for (const text of texts) {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() };
    const { comment } = await post('comments', { story, text }, headers);
    ids.push(comment.id);
  }
  return ids;
}
