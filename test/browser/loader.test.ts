import { page, userEvent } from 'vitest/browser';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type * as Loader from '../../src/loader/afterword.js';
import { InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let loader: typeof Loader;

beforeAll(async () => {
  // Test files that ran before in this browser share its storage.
  localStorage.clear();
  document.documentElement.lang = 'vi';
  api = new InMemoryApi().install();
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

test('loads the code of widgets near the viewport only, and the data of all by one request', async () => {
  await expect.element(page.getByRole('button', { name: /^Rất hay/ })).toBeVisible();
  expect(customElements.get('aw-newsletter')).toBeUndefined();
  expect(api.sent('GET page').map(({ query }) => query.get('parts'))).toEqual(['r,n']);
  await expect.element(page.getByText('fallback of aw-newsletter')).toBeInTheDocument();
});

test('loads the code of a widget that comes near, without another request for data', async () => {
  scrollTo(0, document.body.scrollHeight);
  await expect.element(page.getByRole('heading', { name: 'Bản tin sáng' })).toBeInTheDocument();
  expect(api.sent('GET page')).toHaveLength(1);
});

test('finds an element that is added later', async () => {
  document.body.prepend(tag('aw-comment-count', { story: 'later' }));
  await waitFor(() => expect(customElements.get('aw-comment-count')).toBeDefined());
  await waitFor(() => expect(api.sent('GET counts')).toHaveLength(1));
});

test('finds elements in a shadow root that is observed', async () => {
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  document.body.prepend(host);
  root.append(tag('aw-reactions', { story: 'shadow' }));
  loader.observe(root);
  await waitFor(() => expect(api.sent('GET page').at(-1)?.query.get('story')).toContain('shadow'));
});

test('reserves heights by a constructed style sheet, which a strict policy allows', () => {
  const rules = document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText));
  expect(rules.join()).toContain('aw-reactions');
  expect(document.querySelector('style[data-afterword]')).toBeNull();
});

test('signs a reader in and out', async () => {
  document.dispatchEvent(new Event('probe'));
  document.addEventListener(
    'aw-settings-request',
    (request) => (request.settings = { ...request.settings, site: 'demo' }),
  );
  await loader.signIn('a.b.c');
  expect(api.sent('POST readers/sso')[0]!.body).toEqual({ jwt: 'a.b.c' });
  await userEvent.click(page.getByRole('button', { name: /^Rất hay/ }).first());
  await waitFor(() =>
    expect(api.sent('PUT reactions').at(-1)?.headers.get('Authorization')).toBe(`Bearer ${api.token}`),
  );
  expect(api.sent('POST readers')).toHaveLength(0);
  await loader.signOut();
  expect(Object.keys({ ...localStorage }).filter((key) => key.startsWith('afterword:'))).toEqual([]);
});
