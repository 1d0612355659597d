import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../src/define/comments.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import type { CommentsElement } from '../../src/widgets/comments/comments.js';
import { waitFor } from '../setup/wait-for.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

const inVietnamese = { held: 'Tên mới của bạn đang chờ toà soạn xem.', rejected: 'Toà soạn không nhận tên “Bích”.' };
const inEnglish = {
  held: 'Your new name is waiting for the newsroom.',
  rejected: 'The newsroom did not accept the name “Bích”.',
};

let api: InMemoryApi;
let pages = 0;
let story = '';

beforeEach(() => {
  document.documentElement.lang = 'vi';
  localStorage.clear();
  story = `https://news.example/name-${++pages}`;
  api = installApi();
  api.thread.add('a').add('b');
});
afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

async function show(): Promise<CommentsElement> {
  document.body.replaceChildren();
  const widget = putElement('aw-comments', { site: api.site!, api: location.origin, story, open: '' });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('[aria-busy=false]')).not.toBeNull());
  return widget;
}
/** Shows the thread to a reader whom the API knows. */
function showKnown(): Promise<CommentsElement> {
  localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
  return show();
}
const field = () => page.getByRole('textbox', { name: /^(Bình luận của bạn|Your comment)$/ });
const nameField = () => page.getByRole('textbox', { name: 'Tên hiển thị (không bắt buộc)' });
const send = () => page.getByRole('button', { name: 'Gửi', exact: true });
const status = () => page.getByRole('status');
/** A sentence outside of the status, which is read to screen readers only. */
const visible = (text: string) => page.getByRole('paragraph').filter({ hasText: text });
/** Holds the name of the next comment, as a rule of the site does. */
const holdNames = () =>
  api.on('PATCH readers/me', ({ body }) => (api.me.reader = { ...api.me.reader, pendingName: body['name'] as string }));

describe('a new name that is held', () => {
  it('is reported at the comment it was sent with, and announced after it', async () => {
    holdNames();
    await show();
    await userEvent.fill(field(), 'Rất hay');
    await nameField().fill('Bích');
    await send().click();
    const comment = page.getByRole('article').filter({ hasText: 'Rất hay' });
    await expect.element(comment.getByText(inVietnamese.held)).toBeVisible();
    await expect.element(status()).toHaveTextContent(`Đã đăng bình luận của bạn. ${inVietnamese.held}`);
    expect(visible(inVietnamese.held).elements()).toHaveLength(1);
  });

  it('is reported where the comment is sent later', async () => {
    holdNames();
    const connect = api.disconnect('POST comments');
    await show();
    await userEvent.fill(field(), 'Đi muộn');
    await nameField().fill('Bích');
    await send().click();
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ })).toBeVisible();
    connect();
    dispatchEvent(new Event('online'));
    const comment = page.getByRole('article').filter({ hasText: 'Đi muộn' });
    await expect.element(comment.getByText(inVietnamese.held)).toBeVisible();
  });

  it.each([
    ['vi', inVietnamese],
    ['en', inEnglish],
  ])('stands in place of the name field until it is decided: %s', async (lang, { held }) => {
    document.documentElement.lang = lang;
    api.me.reader = { ...api.me.reader, name: '', pendingName: 'Bích' };
    await showKnown();
    await userEvent.click(field());
    await expect.element(visible(held)).toBeVisible();
    expect(page.getByRole('textbox').elements()).toHaveLength(1);
  });

  it('is not mentioned to a reader whose name is published', async () => {
    await show();
    await userEvent.fill(field(), 'Rất hay');
    await nameField().fill('Lan');
    await send().click();
    await expect.element(page.getByRole('article', { name: 'Lan' })).toHaveTextContent('Rất hay');
    await waitFor(() => expect(api.sent('GET me').length).toBeGreaterThan(0));
    await userEvent.click(field());
    await expect.element(send()).toBeVisible();
    expect(visible(inVietnamese.held).elements()).toEqual([]);
  });
});

describe('a new name that was rejected', () => {
  beforeEach(() => {
    api.me.reader = { ...api.me.reader, name: '', rejectedName: 'Bích' };
  });

  it.each([
    ['vi', inVietnamese],
    ['en', inEnglish],
  ])('is reported once, beside the field for another one: %s', async (lang, { rejected }) => {
    document.documentElement.lang = lang;
    await showKnown();
    await userEvent.click(field());
    await expect.element(visible(rejected)).toBeVisible();
    await expect.element(status()).toHaveTextContent(rejected);
    const [, name] = page.getByRole('textbox').elements();
    await expect.element(name!).toHaveAccessibleDescription(rejected);
    await showKnown();
    await userEvent.click(field());
    await expect.element(page.getByRole('textbox').nth(1)).toBeVisible();
    expect(visible(rejected).elements()).toEqual([]);
  });

  it('is reported to a reader who keeps a name, without a field', async () => {
    api.me.reader.name = 'Lan';
    await showKnown();
    await userEvent.click(field());
    await expect.element(visible(inVietnamese.rejected)).toBeVisible();
    expect(page.getByRole('textbox').elements()).toHaveLength(1);
    await page.getByRole('button', { name: 'Đóng' }).click();
    await userEvent.click(field());
    await expect.element(send()).toBeVisible();
    expect(visible(inVietnamese.rejected).elements()).toEqual([]);
  });

  it('is reported again where the same name is rejected again', async () => {
    // A moderator rejects it at once.
    api.on('PATCH readers/me', () => api.me.reader);
    await showKnown();
    await userEvent.fill(field(), 'Lần hai');
    await expect.element(visible(inVietnamese.rejected)).toBeVisible();
    await nameField().fill('Bích');
    await send().click();
    await expect.element(page.getByRole('article').filter({ hasText: 'Lần hai' })).toBeVisible();
    await showKnown();
    await userEvent.click(field());
    await expect.element(visible(inVietnamese.rejected)).toBeVisible();
  });
});
