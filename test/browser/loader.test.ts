import { page, userEvent } from 'vitest/browser';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type * as Loader from '../../src/loader/afterword.js';
import { FakeApi } from './fake-api.js';

let api: FakeApi;
let loader: typeof Loader;

beforeAll(async () => {
  // Files that ran before in this browser may have left what they kept.
  localStorage.clear();
  document.documentElement.lang = 'vi';
  api = new FakeApi().install();
  document.body.innerHTML = '';
  const near = tag('aw-reactions', { story: 'loader' });
  const far = tag('aw-newsletter', { story: 'loader' });
  const gap = document.createElement('div');
  gap.style.height = '5000px';
  document.body.append(near, gap, far);
  loader = await import('../../src/loader/afterword.js');
});
afterAll(() => api.restore());
afterEach(() => scrollTo(0, 0));

function tag(name: string, attributes: Record<string, string> = {}): HTMLElement {
  const element = document.createElement(name);
  element.textContent = `fallback of ${name}`;
  for (const [key, value] of Object.entries({ site: 'demo', ...attributes })) element.setAttribute(key, value);
  return element;
}

test('what is near gets its code, what is far waits, and the data of both is one request', async () => {
  await expect.element(page.getByRole('button', { name: /^Rất hay/ })).toBeVisible();
  expect(customElements.get('aw-newsletter')).toBeUndefined();
  expect(api.sent('page').map(({ query }) => query.get('parts'))).toEqual(['reactions,newsletter']);
  await expect.element(page.getByText('fallback of aw-newsletter')).toBeInTheDocument();
});

test('what comes near gets its code, and asks nothing again', async () => {
  scrollTo(0, document.body.scrollHeight);
  await expect.element(page.getByRole('heading', { name: 'Bản tin sáng' })).toBeInTheDocument();
  expect(api.sent('page')).toHaveLength(1);
});

test('what is added later is seen', async () => {
  document.body.prepend(tag('aw-comment-count', { story: 'later' }));
  await vi.waitFor(() => expect(customElements.get('aw-comment-count')).toBeDefined());
  await vi.waitFor(() => expect(api.sent('counts')).toHaveLength(1));
});

test('what stands in a shadow root is seen when the root is named', async () => {
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  document.body.prepend(host);
  root.append(tag('aw-reactions', { story: 'shadow' }));
  loader.observe(root);
  await vi.waitFor(() => expect(api.sent('page').at(-1)?.query.get('story')).toContain('shadow'));
});

test('the room is kept by a sheet that a strict policy allows', () => {
  const rules = document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText));
  expect(rules.join()).toContain('aw-reactions');
  expect(document.querySelector('style[data-afterword]')).toBeNull();
});

test('a reader is handed over and let go', async () => {
  document.dispatchEvent(new Event('probe'));
  document.addEventListener(
    'aw-settings-request',
    (request) => (request.settings = { ...request.settings, site: 'demo' }),
  );
  api.overrides.push({
    path: /^readers\/sso$/,
    answer: () => ({ status: 200, body: { token: 'guest-token', reader: {} } }),
  });
  await loader.signIn('a.b.c');
  expect(api.sent('readers/sso', 'POST')[0]!.body).toEqual({ jwt: 'a.b.c' });
  await userEvent.click(page.getByRole('button', { name: /^Rất hay/ }).first());
  await vi.waitFor(() =>
    expect(api.sent('reactions', 'PUT').at(-1)?.headers.get('Authorization')).toBe('Bearer guest-token'),
  );
  expect(api.sent('readers', 'POST')).toHaveLength(0);
  await loader.signOut();
  expect(Object.keys({ ...localStorage }).filter((key) => key.startsWith('afterword:'))).toEqual([]);
});
