import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Comments, Me, Page, Problem, Reacted, Session } from '../../src/contract/types.js';
import { closedPart, InMemoryApi, pageStates } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';

const root = 'https://api.example/v1/sites/demo/';
const originals = { fetch: globalThis.fetch, EventSource: globalThis.EventSource };
let api: InMemoryApi;

beforeEach(() => {
  api = new InMemoryApi({ site: 'demo' }).install();
});
afterEach(() => api.restore());

const get = async <T>(path: string) => (await (await fetch(root + path)).json()) as T;
const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(root + path, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
    headers: { Authorization: `Bearer ${api.token}`, ...headers },
  });
const codeOf = async (response: Response) => ((await response.json()) as Problem).code;

describe('the routes', () => {
  test('answer every part of a page', async () => {
    const { parts } = await get<Page>(
      'page?story=s&parts=reactions,comments:newest:5,stories:latest,newsletter,nothing',
    );
    expect(Object.keys(parts)).toEqual(['reactions', 'comments:newest:5', 'stories:latest', 'newsletter', 'nothing']);
    expect(parts['nothing']).toMatchObject({ code: 'not-found' });
  });

  test('answer the short names of parts', async () => {
    api.changeParts((part, entry) => ({ ...part, entry }));
    const { parts } = await get<Page>('page?story=s&parts=r,r:mood,c:newest:5,s:l,s:d:3,s:x,n,k');
    const entries = Object.values(parts).map((part) => (part as { entry?: string }).entry);
    const long = [
      'reactions',
      'reactions:mood',
      'comments:newest:5',
      'stories:latest',
      'stories:dont-miss:3',
      'stories:x',
    ];
    expect(entries).toEqual([...long, 'newsletter', 'counts']);
  });

  test('count a vote, report it in /me, and take it back', async () => {
    const reacted = (await (await send('PUT', 'reactions', { choice: 'fun' })).json()) as Reacted;
    expect(reacted).toMatchObject({ choice: 'fun', counts: { fun: 96 }, total: 1754 });
    expect(((await (await send('GET', 'me')).json()) as Me).reactions).toEqual({ reactions: 'fun' });
    await send('DELETE', 'reactions');
    expect(api.poll.counts['fun']).toBe(95);
  });

  test('store a comment once for each Idempotency-Key', async () => {
    const post = () => send('POST', 'comments', { text: 'một\nhai' }, { 'Idempotency-Key': 'k' });
    const [first, second] = [await post(), await post()];
    expect([first.status, await second.json()]).toEqual([201, await first.json()]);
    const { comments, total } = await get<Comments>('comments');
    expect([total, comments.map(({ text }) => text)]).toEqual([1, ['một\nhai']]);
  });

  test('require a token for requests of a reader', async () => {
    expect(await codeOf(await fetch(`${root}comments`, { method: 'POST', body: '{}' }))).toBe('token-required');
    expect(await codeOf(await send('GET', 'me', undefined, { Authorization: 'Bearer other' }))).toBe('token-invalid');
    const { token } = (await (await send('POST', 'readers', {})).json()) as Session;
    expect(token).toBe(api.token);
  });

  test('page a thread by cursor and around an anchor', async () => {
    for (let index = 0; index < 30; index++) api.thread.add(`r${index}`);
    api.thread.add('reply', { parentId: 'r20' });
    const first = await get<Comments>('comments?limit=10');
    const second = await get<Comments>(`comments?limit=10&cursor=${first.nextCursor}`);
    expect([second.prevCursor, second.comments[0]!.id, second.nextCursor]).toEqual(['before-10', 'r10', '20']);
    const around = await get<Comments>('comments?limit=10&anchor=reply');
    expect(around.comments.map(({ id }) => id)).toContain('r20');
    expect(around.total).toBe(31);
  });
});

describe('the switches', () => {
  test('refuse, disconnect and hold a route until they are taken back', async () => {
    const allow = api.refuse('GET comments', 'rate-limited', { 'Retry-After': '3' });
    const refused = await fetch(`${root}comments`);
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '3']);
    allow();
    const reconnect = api.disconnect(/^GET/);
    await expect(fetch(`${root}comments`)).rejects.toThrow(TypeError);
    reconnect();
    const release = api.hold('GET comments');
    const answered = vi.fn();
    const held = get('comments').then(answered);
    await waitFor(() => expect(api.sent('GET comments')).toHaveLength(3));
    expect(answered).not.toHaveBeenCalled();
    release();
    await held;
  });

  test('match one segment of a path by its placeholder', async () => {
    api.on('PUT comments/:id/vote', ({ route }) => ({ route }));
    expect(await (await send('PUT', 'comments/a/vote', {})).json()).toEqual({ route: 'PUT comments/a/vote' });
    expect((await send('PUT', 'comments/a/b/vote', {})).status).toBe(404);
  });

  test('change the parts of a page', async () => {
    api.changeParts(closedPart);
    const { parts } = await get<Page>('page?parts=reactions,comments');
    expect(parts).toMatchObject({
      reactions: { poll: { state: 'closed' } },
      comments: { thread: { state: 'closed' } },
    });
  });

  test('bring a page into a state by name', async () => {
    pageStates.partial(api);
    const { parts } = await get<Page>('page?parts=reactions,comments');
    expect(parts).toMatchObject({ reactions: { version: 1 }, comments: { code: 'unavailable' } });
  });

  test('abort a request that is held', async () => {
    pageStates.loading(api);
    const controller = new AbortController();
    const request = fetch(`${root}comments`, { signal: controller.signal });
    controller.abort();
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a live stream', () => {
  test('delivers events of the subscribed stories that the test sends', () => {
    const source = new EventSource(`${root}live?story=a&story=b`);
    const received: unknown[] = [];
    source.addEventListener('reset', ({ data }: MessageEvent<string>) => received.push(JSON.parse(data)));
    expect(api.openStreams.map(({ stories }) => stories)).toEqual([['a', 'b']]);
    api.openStreams[0]!.send({ type: 'reset', story: 'a' });
    expect(received).toEqual([{ type: 'reset', story: 'a' }]);
    source.close();
    expect(api.openStreams).toEqual([]);
  });
});

describe('installing', () => {
  test('records beacons', async () => {
    navigator.sendBeacon(`${root}signals`, '{"signals":[]}');
    await waitFor(() => expect(api.sent('POST signals').map(({ body }) => body)).toEqual([{ signals: [] }]));
  });

  test('takes over one site, and leaves the others to an API installed before', async () => {
    const other = new InMemoryApi({ site: 'other' }).install();
    await get('comments');
    await fetch('https://api.example/v1/sites/other/comments');
    expect([api.requests.length, other.requests.length]).toEqual([1, 1]);
    await other.restore();
  });

  test('is undone by restore, which answers held requests first', async () => {
    api.hold('GET comments');
    const held = get<Comments>('comments');
    await api.restore();
    expect(await held).toMatchObject({ total: 0 });
    expect(globalThis.fetch).toBe(originals.fetch);
    expect(globalThis.EventSource).toBe(originals.EventSource);
  });
});
