import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outboxOf } from '../../src/client/outbox.js';
import { Site } from '../../src/client/site.js';
import { StoryClient } from '../../src/client/story-client.js';
import type { Comment, Reacted } from '../../src/contract/types.js';
import { createComment, createToken, InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let api: InMemoryApi;
let siteCount = 0;

/** Two tabs have an outbox each and share the browser's storage. */
function openTab() {
  const site = new Site(`${location.origin}/v1/sites/outbox-${siteCount}/`);
  return { site, outbox: outboxOf(site) };
}
function changeReader(site: Site, token: string | undefined): void {
  site.reader = token ? { token } : undefined;
  site.publishReader();
}
const goOnline = () => dispatchEvent(new Event('online'));
const storedKeys = () => Object.keys(localStorage).filter((key) => key.startsWith('afterword:outbox:'));

beforeEach(() => {
  localStorage.clear();
  siteCount++;
  api = new InMemoryApi().install();
  api.me.reader.id = 'guest';
  api.on('POST comments', ({ body }) => ({ comment: createComment('made', { text: String(body['text']) }) }));
});
afterEach(async () => api.restore());

describe('queued comments', () => {
  const sentTexts = () => api.sent('POST comments').map(({ body }) => body['text']);

  it('resolves with the comment and stores nothing afterwards', async () => {
    const { outbox } = openTab();
    expect(await outbox.postComment({ story: 's', text: 'Xin chào' })).toMatchObject({ id: 'made' });
    expect(outbox.queuedComments('s')).toEqual([]);
    expect(storedKeys()).toEqual([]);
  });

  it('keeps unreachable comments in order, by story, for other tabs as well', async () => {
    api.disconnect('POST comments');
    const { outbox } = openTab();
    for (const text of ['Một', 'Hai']) await expect(outbox.postComment({ story: 's', text })).rejects.toThrow();
    await expect(outbox.postComment({ story: 'other', text: 'Ba' })).rejects.toThrow();
    expect(outbox.queuedComments('s').map(({ text }) => text)).toEqual(['Một', 'Hai']);
    expect(openTab().outbox.queuedComments('s')).toHaveLength(2);
  });

  it('sends once from two tabs and publishes in the tab that sends', async () => {
    api.disconnect('POST comments');
    const [first, second] = [openTab(), openTab()];
    await expect(first.outbox.postComment({ story: 's', text: 'Một lần' })).rejects.toThrow();
    const posted: Comment[] = [];
    for (const { site } of [first, second])
      new StoryClient(site, 's').subscribe('comment-sent', (one) => posted.push(one), new AbortController().signal);
    api.requests.length = 0;
    api.on('POST comments', async ({ body }) => {
      await delay(50);
      return { comment: createComment('made', { text: String(body['text']) }) };
    });
    goOnline();
    await waitFor(() => expect(posted).toHaveLength(1));
    await delay(200);
    expect(sentTexts()).toEqual(['Một lần']);
    expect(second.outbox.queuedComments('s')).toEqual([]);
  });

  it('removes a comment refused at once, keeps one refused later with the code and does not send it again', async () => {
    api.refuse('POST comments', 'comment-too-long');
    const { outbox } = openTab();
    await expect(outbox.postComment({ story: 's', text: 'Dài' })).rejects.toMatchObject({ code: 'comment-too-long' });
    expect(outbox.queuedComments('s')).toEqual([]);
    api.disconnect('POST comments');
    await expect(outbox.postComment({ story: 's', text: 'Muộn' })).rejects.toThrow();
    api.refuse('POST comments', 'thread-closed');
    goOnline();
    await waitFor(() => expect(outbox.queuedComments('s')).toMatchObject([{ text: 'Muộn', refused: 'thread-closed' }]));
    api.requests.length = 0;
    goOnline();
    await delay(100);
    expect(sentTexts()).toEqual([]);
  });

  it('sends a comment in the name of its writer only', async () => {
    const { site, outbox } = openTab();
    site.reader = { token: createToken('an') };
    api.disconnect('POST comments');
    await expect(outbox.postComment({ story: 's', text: 'Của An' })).rejects.toThrow();
    changeReader(site, undefined);
    changeReader(site, createToken('binh'));
    api.requests.length = 0;
    api.on('POST comments', () => ({ comment: createComment('made') }));
    goOnline();
    await delay(100);
    expect(sentTexts()).toEqual([]);
    expect(outbox.queuedComments('s')).toHaveLength(1);
    changeReader(site, createToken('an'));
    goOnline();
    await waitFor(() => expect(sentTexts()).toEqual(['Của An']));
  });

  it('leaves the comments of a signed-in reader alone when another signs in without a sign-out', async () => {
    const { site, outbox } = openTab();
    site.reader = { token: createToken('an') };
    api.disconnect('POST comments');
    await expect(outbox.postComment({ story: 's', text: 'Của An' })).rejects.toThrow();
    api.requests.length = 0;
    api.on('POST comments', () => ({ comment: createComment('made') }));
    changeReader(site, createToken('binh'));
    await delay(100);
    expect(sentTexts()).toEqual([]);
  });

  it("sends a guest's comments in the name of the account at sign-in", async () => {
    const { site, outbox } = openTab();
    site.reader = { token: createToken('guest'), isGuest: true };
    api.disconnect('POST comments');
    await expect(outbox.postComment({ story: 's', text: 'Từ khách' })).rejects.toThrow();
    api.requests.length = 0;
    api.on('POST comments', () => ({ comment: createComment('made') }));
    changeReader(site, createToken('an'));
    await waitFor(() => expect(sentTexts()).toEqual(['Từ khách']));
  });
});

describe('queued votes', () => {
  const reacted = (choice: unknown) => ({ poll: { id: 'reactions' }, choice }) as Reacted;
  const sentChoices = () =>
    api.sent(/^(PUT|DELETE) reactions$/).map(({ route, body }) => (route.startsWith('PUT') ? body['choice'] : null));

  beforeEach(() => {
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    api.on('DELETE reactions', () => reacted(null));
  });

  it('stores a vote before it is sent and removes it once it is accepted', async () => {
    const { outbox } = openTab();
    const vote = outbox.castVote('s', 'reactions', 'great');
    expect(outbox.queuedVote('s', 'reactions')).toMatchObject({ choice: 'great' });
    expect(await vote).toEqual(reacted('great'));
    expect(outbox.queuedVote('s', 'reactions')).toBeUndefined();
    expect(storedKeys()).toEqual([]);
  });

  it('takes a vote back by a DELETE', async () => {
    const { outbox } = openTab();
    await outbox.castVote('s', 'reactions', null);
    expect(api.sent('DELETE reactions')[0]!.query.get('poll')).toBe('reactions');
  });

  it('publishes the answer to the other widgets of the story', async () => {
    const { site, outbox } = openTab();
    const answers: Reacted[] = [];
    new StoryClient(site, 's').subscribe(
      'vote:reactions',
      (answer) => answers.push(answer),
      new AbortController().signal,
    );
    await outbox.castVote('s', 'other-poll', 'yes');
    await outbox.castVote('s', 'reactions', 'great');
    expect(answers).toEqual([reacted('great')]);
  });

  it('sends the last of several votes in one poll, and each poll by itself', async () => {
    api.on('PUT reactions', async ({ body }) => {
      await delay(30);
      return reacted(body['choice']);
    });
    const { outbox } = openTab();
    const votes = ['great', 'like', 'fun'].map((choice) => outbox.castVote('s', 'reactions', choice));
    const other = outbox.castVote('s', 'other-poll', 'yes');
    expect(await Promise.all([...votes, other])).toEqual([undefined, undefined, reacted('fun'), reacted('yes')]);
    expect(sentChoices()).toEqual(['fun', 'yes']);
  });

  it('sends a vote after an earlier one that is in flight', async () => {
    const { outbox } = openTab();
    let answer = () => {};
    api.on('PUT reactions', async ({ body }) => {
      if (body['choice'] === 'great') await new Promise<void>((resolve) => (answer = resolve));
      return reacted(body['choice']);
    });
    const first = outbox.castVote('s', 'reactions', 'great');
    await waitFor(() => expect(sentChoices()).toEqual(['great']));
    const second = outbox.castVote('s', 'reactions', 'like');
    answer();
    expect(await Promise.all([first, second])).toEqual([reacted('great'), reacted('like')]);
    expect(storedKeys()).toEqual([]);
  });

  it('keeps an unreachable vote, calls onDelay, and sends it once when the browser is online', async () => {
    api.disconnect('PUT reactions');
    const { outbox } = openTab();
    const onDelay = vi.fn();
    const vote = outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    expect(outbox.queuedVote('s', 'reactions')).toMatchObject({ choice: 'great' });
    api.requests.length = 0;
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    goOnline();
    goOnline();
    expect(await vote).toEqual(reacted('great'));
    await delay(100);
    expect(sentChoices()).toEqual(['great']);
    expect(storedKeys()).toEqual([]);
  });

  it('sends once from two tabs; the one that does not send resolves with nothing', async () => {
    api.disconnect('PUT reactions');
    const [first, second] = [openTab(), openTab()];
    const onDelay = vi.fn();
    const vote = first.outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    api.requests.length = 0;
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    // The first tab still waits for its next attempt.
    changeReader(second.site, undefined);
    await waitFor(() => expect(sentChoices()).toEqual(['great']));
    goOnline();
    expect(await vote).toBeUndefined();
    expect(sentChoices()).toEqual(['great']);
  });

  it('sends the vote of an earlier visit by itself', async () => {
    api.disconnect('PUT reactions');
    const { outbox } = openTab();
    const onDelay = vi.fn();
    void outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    api.requests.length = 0;
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    const { site } = openTab();
    await waitFor(() => expect(sentChoices()).toEqual(['great']));
    await waitFor(() => expect(site.hasQueuedWrites).toBe(false));
  });

  it('removes a refused vote and rejects with the code, also after a delay', async () => {
    api.disconnect('PUT reactions');
    const { outbox } = openTab();
    const onDelay = vi.fn();
    const vote = outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    api.refuse('PUT reactions', 'poll-closed');
    goOnline();
    await expect(vote).rejects.toMatchObject({ code: 'poll-closed' });
    expect(storedKeys()).toEqual([]);
  });

  it('rejects a rate-limited vote at first, but retries one that was already delayed', async () => {
    api.refuse('PUT reactions', 'rate-limited');
    const { outbox } = openTab();
    await expect(outbox.castVote('s', 'reactions', 'like')).rejects.toMatchObject({ code: 'rate-limited' });
    api.disconnect('PUT reactions');
    const onDelay = vi.fn();
    const vote = outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    api.refuse('PUT reactions', 'rate-limited');
    goOnline();
    await waitFor(() => expect(onDelay).toHaveBeenCalledTimes(2));
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    goOnline();
    expect(await vote).toEqual(reacted('great'));
  });

  it('sends a vote in the name of its reader only', async () => {
    const { site, outbox } = openTab();
    site.reader = { token: createToken('an') };
    api.disconnect('PUT reactions');
    const onDelay = vi.fn();
    const vote = outbox.castVote('s', 'reactions', 'great', onDelay);
    await waitFor(() => expect(onDelay).toHaveBeenCalledOnce());
    api.requests.length = 0;
    api.on('PUT reactions', ({ body }) => reacted(body['choice']));
    changeReader(site, createToken('binh'));
    expect(await vote).toBeUndefined();
    expect(outbox.queuedVote('s', 'reactions')).toBeUndefined();
    expect(sentChoices()).toEqual([]);
    changeReader(site, createToken('an'));
    await waitFor(() => expect(sentChoices()).toEqual(['great']));
  });

  it('does not wait for a comment that is being sent', async () => {
    const { outbox } = openTab();
    let answer = () => {};
    api.on('POST comments', async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { comment: createComment('made') };
    });
    const post = outbox.postComment({ story: 's', text: 'Chậm' });
    await waitFor(() => expect(api.sent('POST comments')).toHaveLength(1));
    expect(await outbox.castVote('s', 'reactions', 'great')).toEqual(reacted('great'));
    answer();
    await post;
  });
});
