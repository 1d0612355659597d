import { page } from 'vitest/browser';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Site } from '../../src/client/site.js';
import '../../src/define/comments.js';
import { type InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';
import { waitFor } from '../setup/wait-for.js';

const story = 'https://news.example/queued';
let api: InMemoryApi;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  localStorage.clear();
  api = installApi();
  api.thread.add('a');
});
afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
});

/** Shows the thread, and waits until it follows live updates: from then on it is idle. */
async function showIdleThread(): Promise<void> {
  const widget = putElement('aw-comments', { site: api.site!, api: location.origin, story, open: '' });
  await waitFor(() => expect(widget.shadowRoot!.querySelector('.new-comments')).not.toBeNull());
  await new Promise((resolve) => setTimeout(resolve, 300));
}
const outboxRequests = () =>
  performance.getEntriesByType('resource').filter(({ name }) => new URL(name).pathname === '/src/client/outbox.ts');

// First, because a page requests a module once.
it('an idle thread without queued writes does not request the outbox', async () => {
  await showIdleThread();
  expect(outboxRequests()).toEqual([]);
});

it('a thread sends the comments that an earlier visit has queued, and shows them', async () => {
  const { outboxKey } = new Site(`${location.origin}/v1/sites/${api.site}/`);
  const queued = { kind: 'comment', key: 'earlier', story, text: 'Viết từ hôm qua' };
  localStorage.setItem(outboxKey, JSON.stringify([queued]));
  await showIdleThread();
  await expect.element(page.getByRole('article').getByText('Viết từ hôm qua')).toBeVisible();
  expect(api.sent('POST comments').map(({ headers }) => headers.get('Idempotency-Key'))).toEqual(['earlier']);
  expect(localStorage.getItem(outboxKey)).toBeNull();
  expect(outboxRequests()).toHaveLength(1);
});
