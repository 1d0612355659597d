import type { Browser, BrowserContext, Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Comment, Comments } from '../../src/contract/types.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

const twoLines = 'một hai\nba bốn';

let browser: Browser;
let server: RunningServer;
let context: BrowserContext;
let page: Page;
let thread: Locator;
let story = 0;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer({ env: { AFTERWORD_LIMITS: 'off' } })]);
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

beforeEach(async () => {
  story += 1;
  context = await browser.newContext({ viewport: { width: 900, height: 900 }, locale: 'vi-VN' });
  page = await openStory(context);
  thread = page.locator('aw-comments');
});
afterEach(() => context.close());

/** Opens an empty thread on a page of its own. */
async function openStory(inContext: BrowserContext): Promise<Page> {
  const opened = await inContext.newPage();
  const address = `${server.url}/story`;
  await opened.route(address, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="vi"><title>A story</title>
        <script type="module" src="/afterword.js" data-site="demo"></script>
        <aw-comments open story="writing-${story}"></aw-comments>`,
    }),
  );
  await opened.goto(address);
  await opened.locator('aw-comments textarea').first().waitFor();
  return opened;
}

const rootField = () => thread.getByRole('textbox', { name: 'Bình luận của bạn' }).first();
const send = () => thread.getByRole('button', { name: 'Gửi', exact: true });

/** Types into a field by the keyboard, line breaks included, and selects what was typed. */
async function typeAndSelect(field: Locator, text: string): Promise<void> {
  await field.click();
  await thread.getByRole('toolbar', { name: 'Định dạng' }).waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press('Control+a');
}

/** Sends the open composer and returns the stored comment that is new. */
async function storedAfter(act: () => Promise<void>): Promise<Comment> {
  const known = new Set((await storedComments()).map(({ id }) => id));
  await act();
  const added = async () => (await storedComments()).filter(({ id }) => !known.has(id));
  await expect.poll(added).toHaveLength(1);
  return (await added())[0]!;
}

async function storedComments(): Promise<Comment[]> {
  const response = await fetch(`${server.url}/v1/sites/demo/comments?story=writing-${story}&sort=newest`);
  const withReplies = (comment: Comment): Comment[] => [comment, ...comment.replies.comments.flatMap(withReplies)];
  return ((await response.json()) as Comments).comments.flatMap(withReplies);
}

/** Returns the text of a comment as another reader sees it. */
async function seenByOthers({ id }: Comment): Promise<Locator> {
  const others = await browser.newContext({ viewport: { width: 900, height: 900 }, locale: 'vi-VN' });
  const opened = await openStory(others);
  context.once('close', () => void others.close());
  const text = opened.locator(`aw-comments [id="c-${id}"] [part~="text"]`).first();
  await text.waitFor();
  return text;
}

describe('a multi-line comment', () => {
  test('keeps line breaks as typed for other readers', async () => {
    await typeAndSelect(rootField(), twoLines);
    const comment = await storedAfter(() => send().click());
    expect(comment.text).toBe(twoLines);
    const seen = await seenByOthers(comment);
    expect(await seen.innerText()).toBe(twoLines);
    expect(await seen.locator('br').count()).toBe(1);
  });

  test('is quoted line by line by the toolbar button', async () => {
    await typeAndSelect(rootField(), twoLines);
    await thread.getByRole('button', { name: 'Trích dẫn' }).click();
    await expect.poll(() => rootField().inputValue()).toBe('> một hai\n> ba bốn');
    const comment = await storedAfter(() => send().click());
    expect(comment.text).toBe('> một hai\n> ba bốn');
    const seen = await seenByOthers(comment);
    expect(await seen.locator('blockquote').innerText()).toBe(twoLines);
  });

  test('becomes a list with an item for each line', async () => {
    await typeAndSelect(rootField(), twoLines);
    await thread.getByRole('button', { name: 'Danh sách' }).click();
    await expect.poll(() => rootField().inputValue()).toBe('- một hai\n- ba bốn');
    const comment = await storedAfter(() => send().click());
    expect(comment.text).toBe('- một hai\n- ba bốn');
    const seen = await seenByOthers(comment);
    expect(await seen.locator('ul > li').allInnerTexts()).toEqual(['một hai', 'ba bốn']);
  });

  test('is quoted line by line in a reply', async () => {
    await typeAndSelect(rootField(), twoLines);
    const quoted = await storedAfter(() => send().click());
    const article = thread.locator(`[id="c-${quoted.id}"]`);
    await article.getByRole('button', { name: 'Thêm' }).click();
    await article.getByRole('button', { name: 'Trích dẫn' }).click();
    const reply = thread.getByRole('textbox', { name: /^Trả lời/ });
    await expect.poll(() => reply.inputValue()).toBe('> một hai\n> ba bốn\n\n');
    await page.keyboard.type('năm\nsáu');
    const comment = await storedAfter(() => page.keyboard.press('Control+Enter'));
    expect(comment).toMatchObject({ parentId: quoted.id, text: '> một hai\n> ba bốn\n\nnăm\nsáu' });
    const seen = await seenByOthers(comment);
    expect(await seen.locator('blockquote').innerText()).toBe(twoLines);
    expect(await seen.locator(':scope > p').innerText()).toBe('năm\nsáu');
  });

  test('has a preview equal to the posted comment', async () => {
    await typeAndSelect(rootField(), twoLines);
    await thread.getByRole('button', { name: 'Trích dẫn' }).click();
    await rootField().press('Control+End');
    await page.keyboard.type('\n\nnăm\nsáu');
    await thread.getByRole('button', { name: 'Xem trước' }).click();
    const preview = thread.getByRole('region', { name: 'Xem trước' });
    await expect.poll(() => preview.locator('blockquote').innerText()).toBe(twoLines);
    await expect.poll(() => preview.locator(':scope > p').innerText()).toBe('năm\nsáu');
    const comment = await storedAfter(() => send().click());
    const seen = await seenByOthers(comment);
    expect(await seen.locator('blockquote').innerText()).toBe(twoLines);
    expect(await seen.locator(':scope > p').innerText()).toBe('năm\nsáu');
  });

  test('keeps its line breaks when edited', async () => {
    await typeAndSelect(rootField(), twoLines);
    const comment = await storedAfter(() => send().click());
    const article = thread.locator(`[id="c-${comment.id}"]`);
    await article.getByRole('button', { name: 'Sửa' }).click();
    const field = article.getByRole('textbox');
    await expect.poll(() => field.inputValue()).toBe(twoLines);
    await field.press('Control+End');
    await page.keyboard.type('\nnăm');
    await page.keyboard.press('Control+a');
    await thread.getByRole('button', { name: 'Danh sách' }).click();
    await expect.poll(() => field.inputValue()).toBe('- một hai\n- ba bốn\n- năm');
    await article.getByRole('button', { name: 'Lưu' }).click();
    await expect.poll(async () => (await storedComments())[0]?.text).toBe('- một hai\n- ba bốn\n- năm');
    const seen = await seenByOthers(comment);
    expect(await seen.locator('ul > li').allInnerTexts()).toEqual(['một hai', 'ba bốn', 'năm']);
  });
});
