import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../../src/define/comments.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let stories = 0;

beforeEach(() => {
  document.documentElement.lang = 'en';
  localStorage.clear();
  stories++;
  api = installApi();
  api.thread.add('a').add('b');
});

afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

async function show(): Promise<HTMLElement> {
  const story = `https://news.example/menu-${stories}`;
  const widget = putElement('aw-comments', { site: api.site!, api: location.origin, story, open: '' });
  await expect.poll(() => widget.shadowRoot!.querySelector('[aria-busy=false] article')).toBeTruthy();
  return widget;
}

const find = (widget: Element, selector: string) => widget.shadowRoot!.querySelector<HTMLElement>(selector);

test('Escape on its button closes a menu, and is left to the page where none is open', async () => {
  const widget = await show();
  const button = find(widget, '#c-a [data-action=menu]')!;
  button.click();
  await expect.poll(() => find(widget, '#c-a .items button')).toBeTruthy();
  button.focus();
  const prevented: boolean[] = [];
  const note = (event: KeyboardEvent) => prevented.push(event.defaultPrevented);
  document.addEventListener('keydown', note);
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => find(widget, '.items')).toBeNull();
  expect(widget.shadowRoot!.activeElement).toBe(button);
  await userEvent.keyboard('{Escape}');
  // The first one stays in the widget.
  expect(prevented).toEqual([false]);
  document.removeEventListener('keydown', note);
});

test('the field says that it suggests names', async () => {
  const widget = await show();
  const field = find(widget, 'textarea')!;
  field.focus();
  await expect.poll(() => field.getAttribute('aria-autocomplete')).toBe('list');
});

test('the focus is on what is left of a deleted reply', async () => {
  localStorage.setItem(`afterword:${location.origin}/v1/sites/${api.site}/`, JSON.stringify({ token: api.token }));
  const { id, name, badges } = api.me.reader;
  api.thread.add('own', { parentId: 'a', author: { id, name, badges } });
  api.me.own.push(api.thread.get('own')!);
  const widget = await show();
  await expect.poll(() => find(widget, '#c-own [data-action=remove]')).toBeTruthy();
  find(widget, '#c-own [data-action=remove]')!.click();
  await page.getByRole('button', { name: 'Delete' }).last().click();
  await expect.poll(() => find(widget, '#c-own.deleted')).toBeTruthy();
  await expect.poll(() => widget.shadowRoot!.activeElement?.id).toBe('c-own');
});
