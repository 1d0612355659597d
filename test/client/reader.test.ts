import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { placeOf, signIn, signOut } from '../../src/client/index.js';
import { configure } from '../../src/client/settings.js';
import type { Place } from '../../src/client/index.js';

interface Sent {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

configure({ site: 'demo', api: 'https://api.example' });

let sent: Sent[];
let tokens: string[];
/** Tokens that the API takes. */
let good: Set<string>;
let place: Place;
let count = 0;

beforeEach(() => {
  localStorage.clear();
  sent = [];
  tokens = ['guest-1', 'guest-2', 'guest-3'];
  good = new Set();
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => Promise.resolve(answer(address, init)));
  const element = document.createElement('aw-reactions');
  // A client lives as long as its page: another site is another page.
  element.setAttribute('site', `site-${++count}`);
  element.setAttribute('story', 's');
  place = placeOf(element, 'vi');
});
afterEach(() => vi.unstubAllGlobals());

function answer(address: string, { method = 'GET', headers, body }: RequestInit): Response {
  const path = new URL(address).pathname.split('/').slice(4).join('/');
  const token = new Headers(headers).get('Authorization')?.slice(7) ?? null;
  sent.push({ method, path, token, body: body ? JSON.parse(body as string) : undefined });
  if (path === 'readers' || path === 'readers/sso') {
    const made = path === 'readers' ? tokens.shift()! : 'signed-on';
    good.add(made);
    return json({ token: made, reader: {} });
  }
  if (!token || !good.has(token)) return json({ type: '', title: '', status: 401, code: 'token-invalid' }, 401);
  return json(path === 'me' ? { reactions: { reactions: 'great' } } : { done: true });
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

const react = () => place.act('PUT', 'reactions', { body: { story: 's', poll: 'reactions', choice: 'great' } });
const calls = () => sent.map(({ method, path, token }) => [method, path, token].filter(Boolean).join(' '));

test('nothing is asked or kept about a reader before the first act', async () => {
  expect(await place.me()).toBeUndefined();
  expect(sent).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test('the first act makes a guest, whose token is kept and used', async () => {
  await react();
  await react();
  expect(calls()).toEqual(['POST readers', 'PUT reactions guest-1', 'PUT reactions guest-1']);
  expect(JSON.stringify(Object.values({ ...localStorage }))).toContain('guest-1');
});

test('two first acts at once make one guest', async () => {
  await Promise.all([react(), react()]);
  expect(calls()).toEqual(['POST readers', 'PUT reactions guest-1', 'PUT reactions guest-1']);
});

test('a token that no longer holds is replaced once, and the act repeated', async () => {
  await react();
  good.clear();
  await expect(react()).resolves.toEqual({ done: true });
  expect(calls().slice(2)).toEqual(['PUT reactions guest-1', 'POST readers', 'PUT reactions guest-2']);
});

test('a reader who is refused twice is told', async () => {
  await react();
  good.clear();
  vi.spyOn(good, 'add').mockReturnValue(good);
  await expect(react()).rejects.toMatchObject({ code: 'token-invalid' });
  expect(calls().slice(2)).toEqual(['PUT reactions guest-1', 'POST readers', 'PUT reactions guest-2']);
});

test('all widgets share one overlay, until the reader acts', async () => {
  await react();
  sent = [];
  const [one, two] = await Promise.all([place.me(), place.me()]);
  expect(one).toEqual({ reactions: { reactions: 'great' } });
  expect(two).toBe(one);
  expect(calls()).toEqual(['GET me guest-1']);
  await react();
  await place.me();
  expect(calls()).toEqual(['GET me guest-1', 'PUT reactions guest-1', 'GET me guest-1']);
});

test('an overlay with a token that no longer holds makes no new guest', async () => {
  await react();
  good.clear();
  sent = [];
  expect(await place.me()).toBeUndefined();
  expect(calls()).toEqual(['GET me guest-1']);
  expect(await place.me()).toBeUndefined();
  expect(calls()).toHaveLength(1);
});

test('what lies in the storage may be rubbish', async () => {
  await react();
  for (const key of Object.keys({ ...localStorage })) localStorage.setItem(key, '{"token":');
  expect(await place.me()).toBeUndefined();
  await expect(react()).resolves.toEqual({ done: true });
});

test('signing in brings the guest along, tells the widgets, and signing out forgets', async () => {
  const changed = vi.fn();
  const element = document.createElement('aw-reactions');
  const own = placeOf(element, '');
  own.watchReader(changed, new AbortController().signal);
  await own.act('DELETE', 'reactions', {});
  await signIn('a.b.c');
  expect(sent.at(-1)).toEqual({ method: 'POST', path: 'readers/sso', token: 'guest-1', body: { jwt: 'a.b.c' } });
  await own.act('DELETE', 'reactions', {});
  expect(sent.at(-1)?.token).toBe('signed-on');
  await signOut();
  expect(await own.me()).toBeUndefined();
  expect(changed).toHaveBeenCalledTimes(2);
});
