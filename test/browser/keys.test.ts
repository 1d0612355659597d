import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../../src/define/comments.js';
import '../../src/define/reactions.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { focused } from './focused.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let story = 0;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
  story++;
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

describe('the keys of a page', () => {
  const pageKeys: string[] = [];
  const listener = (event: KeyboardEvent) => {
    const isInField = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as Element).tagName);
    if (isInField) return;
    pageKeys.push(`${event.type} ${event.key}`);
    if (event.key.length === 1 || event.key.startsWith('Arrow')) event.preventDefault();
  };
  beforeEach(() => {
    pageKeys.length = 0;
    for (const type of ['keydown', 'keypress', 'keyup'] as const) document.addEventListener(type, listener);
  });
  afterEach(() => {
    for (const type of ['keydown', 'keypress', 'keyup'] as const) document.removeEventListener(type, listener);
  });

  const attributes = () => ({ site: api.site!, story: `keys-${story}` });

  async function openThread(): Promise<HTMLElement> {
    const thread = putElement('aw-comments', { ...attributes(), open: '' });
    await expect.element(field).toBeVisible();
    return thread;
  }

  async function openPoll(variant = 'buttons'): Promise<HTMLElement> {
    const poll = putElement('aw-reactions', { ...attributes(), variant });
    await expect.poll(() => poll.shadowRoot!.querySelector('button')).toBeTruthy();
    return poll;
  }

  /** Puts elements into an open modal dialog. */
  function openDialog(...elements: HTMLElement[]): HTMLDialogElement {
    const dialog = document.createElement('dialog');
    dialog.style.width = '600px';
    dialog.append(...elements);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  const field = page.getByRole('textbox', { name: 'Bình luận của bạn' });
  const send = page.getByRole('button', { name: 'Gửi' });

  test('do not run while one types into a field of a widget', async () => {
    await openThread();
    await userEvent.click(field);
    await userEvent.keyboard('Xin chao{ArrowLeft}{ArrowLeft}!');
    await expect.element(field).toHaveValue('Xin ch!ao');
    expect(pageKeys).toEqual([]);
  });

  test('run on a button of a widget', async () => {
    await openPoll();
    (page.getByRole('button').first().element() as HTMLElement).focus();
    await userEvent.keyboard('j');
    expect(pageKeys).toContain('keydown j');
  });

  test('are left to a field of the page in the fallback content', async () => {
    const element = await openPoll();
    const outer = document.createElement('input');
    element.append(outer);
    const seen: string[] = [];
    document.addEventListener('keydown', ({ key }) => seen.push(key), { once: true });
    outer.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, composed: true }));
    expect(seen).toEqual(['j']);
  });

  test('do not close a dialog of the page when Escape closes the composer', async () => {
    const dialog = openDialog(await openThread());
    await userEvent.click(field);
    await expect.element(send).toBeVisible();
    await userEvent.type(field, 'a');
    await userEvent.keyboard('{Escape}');
    await expect.element(send).toBeVisible();
    await userEvent.clear(field);
    await userEvent.keyboard('{Escape}');
    await expect.element(send).not.toBeInTheDocument();
    expect(focused()).toBe(field.element());
    expect(dialog.open).toBe(true);
    expect(pageKeys).toEqual([]);
    await userEvent.keyboard('b');
    await expect.element(send).toBeVisible();
  });

  test('do not close a dialog of the page when Escape closes a menu or the picker', async () => {
    api.thread.add('a');
    const dialog = openDialog(await openThread(), await openPoll('compact'));
    await userEvent.click(page.getByRole('button', { name: /^Thêm/ }));
    await expect.element(page.getByRole('group', { name: 'Thêm' })).toBeVisible();
    await expect.poll(() => focused()?.closest('.panel')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('group', { name: 'Thêm' })).not.toBeInTheDocument();

    expect(pageKeys).toEqual([]);
    const trigger = page.getByRole('button', { name: /bài viết/ });
    await userEvent.click(trigger);
    const choice = page.getByRole('button', { name: /^Rất hay/ });
    await expect.poll(focused).toBe(choice.element());
    await userEvent.keyboard('{ArrowRight}{Escape}');
    await expect.element(choice).not.toBeInTheDocument();
    await expect.poll(focused).toBe(trigger.element());
    expect(dialog.open).toBe(true);
    expect(pageKeys).toEqual([]);
  });

  test('do not get the focus of a composer that is cancelled', async () => {
    await openThread();
    await userEvent.click(field);
    await userEvent.click(page.getByRole('button', { name: 'Đóng' }));
    await expect.element(send).not.toBeInTheDocument();
    expect(focused()).toBe(field.element());
    await userEvent.click(field);
    await expect.element(send).toBeVisible();
  });
});
