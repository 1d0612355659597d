import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outboxOf } from '../../src/client/outbox.js';
import { Site } from '../../src/client/site.js';
import type { Comment } from '../../src/contract/types.js';
import { FakeRoutes, refused, unreachable } from './fake-routes.js';
import { comment } from './fake-thread.js';

const tokenOf = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.x`;

describe('the outbox', () => {
  let api: FakeRoutes;
  let sites = 0;
  const root = () => `${location.origin}/v1/sites/outbox-${sites}/`;
  /** A tab's own: two of them share what the browser keeps. */
  const tab = (site = new Site(root())) => ({ site, outbox: outboxOf({ site }) });
  const sent = () => api.sent(/^POST comments$/).map(({ body }) => body['text']);
  const online = () => dispatchEvent(new Event('online'));

  beforeEach(() => {
    localStorage.clear();
    sites++;
    api = new FakeRoutes()
      .install()
      .on(/^POST readers$/, () => ({ token: tokenOf('guest'), reader: {} }))
      .on(/^PATCH readers\/me/, () => ({}))
      .on(/^POST comments$/, ({ body }) => ({ comment: comment('made', { text: String(body['text']) }) }));
  });
  afterEach(() => api.restore());

  it('answers with the comment, and keeps nothing', async () => {
    const { outbox } = tab();
    expect(await outbox.post({ story: 's', text: 'Xin chào' })).toMatchObject({ id: 'made' });
    expect(outbox.waiting('s')).toEqual([]);
    expect(Object.keys(localStorage).filter((key) => key.startsWith('afterword:outbox:'))).toEqual([]);
  });

  it('keeps what could not be sent, in order, for each story', async () => {
    api.on(/^POST comments$/, unreachable);
    const { outbox } = tab();
    for (const text of ['Một', 'Hai']) await expect(outbox.post({ story: 's', text })).rejects.toThrow();
    await expect(outbox.post({ story: 'other', text: 'Ba' })).rejects.toThrow();
    expect(outbox.waiting('s').map(({ text }) => text)).toEqual(['Một', 'Hai']);
    expect(tab().outbox.waiting('s')).toHaveLength(2);
  });

  it('sends once from two tabs, and tells the one that waits', async () => {
    api.on(/^POST comments$/, unreachable);
    const [first, second] = [tab(), tab()];
    await expect(first.outbox.post({ story: 's', text: 'Một lần' })).rejects.toThrow();
    const posted: Comment[] = [];
    for (const { site } of [first, second])
      site.watch<Comment>('posted s', (one) => posted.push(one), new AbortController().signal);
    api.requests.length = 0;
    api.on(/^POST comments$/, async ({ body }) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { comment: comment('made', { text: String(body['text']) }) };
    });
    online();
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent()).toEqual(['Một lần']);
    expect(second.outbox.waiting('s')).toEqual([]);
  });

  it('gives back what is refused at once, and keeps what is refused later with the reason', async () => {
    api.on(/^POST comments$/, () => refused('comment-too-long'));
    const { outbox } = tab();
    await expect(outbox.post({ story: 's', text: 'Dài' })).rejects.toMatchObject({ code: 'comment-too-long' });
    expect(outbox.waiting('s')).toEqual([]);
    api.on(/^POST comments$/, unreachable);
    await expect(outbox.post({ story: 's', text: 'Muộn' })).rejects.toThrow();
    api.on(/^POST comments$/, () => refused('thread-closed'));
    online();
    await vi.waitFor(() => expect(outbox.waiting('s')).toMatchObject([{ text: 'Muộn', refused: 'thread-closed' }]));
    api.requests.length = 0;
    online();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent()).toEqual([]);
  });

  it('does not send under another name what somebody left behind', async () => {
    const { site, outbox } = tab();
    site.token = tokenOf('an');
    api.on(/^POST comments$/, unreachable);
    await expect(outbox.post({ story: 's', text: 'Của An' })).rejects.toThrow();
    const become = (token: string | undefined) => {
      site.token = token;
      site.tell('reader', token);
    };
    become(undefined);
    become(tokenOf('binh'));
    api.requests.length = 0;
    api.on(/^POST comments$/, () => ({ comment: comment('made') }));
    online();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent()).toEqual([]);
    expect(outbox.waiting('s')).toHaveLength(1);
    become(tokenOf('an'));
    online();
    await vi.waitFor(() => expect(sent()).toEqual(['Của An']));
  });

  it('sends as who signs in what the same reader wrote as a guest', async () => {
    const { site, outbox } = tab();
    site.token = tokenOf('guest');
    api.on(/^POST comments$/, unreachable);
    await expect(outbox.post({ story: 's', text: 'Từ khách' })).rejects.toThrow();
    api.requests.length = 0;
    api.on(/^POST comments$/, () => ({ comment: comment('made') }));
    site.token = tokenOf('an');
    site.tell('reader', site.token);
    await vi.waitFor(() => expect(sent()).toEqual(['Từ khách']));
  });
});
