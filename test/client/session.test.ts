import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { storyClientFor, signIn, signOut } from '../../src/client/index.js';
import { configure } from '../../src/client/settings.js';
import type { StoryClient } from '../../src/client/index.js';

interface Sent {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

configure({ site: 'demo', api: 'https://api.example' });

let sent: Sent[];
let tokens: string[];
/** Tokens that the API accepts. */
let good: Set<string>;
let client: StoryClient;
let count = 0;

beforeEach(() => {
  localStorage.clear();
  sent = [];
  tokens = ['guest-1', 'guest-2', 'guest-3'];
  good = new Set();
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => Promise.resolve(answer(address, init)));
  const element = document.createElement('aw-reactions');
  // Sites are cached for the lifetime of the page: each test uses its own.
  element.setAttribute('site', `site-${++count}`);
  element.setAttribute('story', 's');
  client = storyClientFor(element, 'vi');
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
  return json(path === 'me' ? { reader: { id: 'guest-1' }, reactions: { reactions: 'great' } } : { done: true });
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

const react = () => client.write('PUT', 'reactions', { body: { story: 's', poll: 'reactions', choice: 'great' } });
const calls = () => sent.map(({ method, path, token }) => [method, path, token].filter(Boolean).join(' '));

test('requests and stores nothing about a reader before the first write', async () => {
  expect(await client.me()).toBeUndefined();
  expect(sent).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test('creates a guest on the first write, and stores and reuses the token', async () => {
  await react();
  await react();
  expect(calls()).toEqual(['POST readers', 'PUT reactions guest-1', 'PUT reactions guest-1']);
  expect(JSON.stringify(Object.values({ ...localStorage }))).toContain('guest-1');
});

test('creates one guest for two concurrent first writes', async () => {
  await Promise.all([react(), react()]);
  expect(calls()).toEqual(['POST readers', 'PUT reactions guest-1', 'PUT reactions guest-1']);
});

test('replaces an invalid token and repeats the write', async () => {
  await react();
  good.clear();
  await expect(react()).resolves.toEqual({ done: true });
  expect(calls().slice(2)).toEqual(['PUT reactions guest-1', 'POST readers', 'PUT reactions guest-2']);
});

test('rejects where the replaced token is refused as well', async () => {
  await react();
  good.clear();
  vi.spyOn(good, 'add').mockReturnValue(good);
  await expect(react()).rejects.toMatchObject({ code: 'token-invalid' });
  expect(calls().slice(2)).toEqual(['PUT reactions guest-1', 'POST readers', 'PUT reactions guest-2']);
});

test('shares one overlay between widgets until the next write', async () => {
  await react();
  sent = [];
  const [one, two] = await Promise.all([client.me(), client.me()]);
  expect(one).toEqual({ reader: { id: 'guest-1' }, reactions: { reactions: 'great' } });
  expect(two).toBe(one);
  expect(calls()).toEqual(['GET me guest-1']);
  await react();
  await client.me();
  expect(calls()).toEqual(['GET me guest-1', 'PUT reactions guest-1', 'GET me guest-1']);
});

test('creates no guest for an overlay request with an invalid token', async () => {
  await react();
  good.clear();
  sent = [];
  expect(await client.me()).toBeUndefined();
  expect(calls()).toEqual(['GET me guest-1']);
  expect(await client.me()).toBeUndefined();
  expect(calls()).toHaveLength(1);
});

test('ignores invalid JSON in the storage', async () => {
  await react();
  for (const key of Object.keys({ ...localStorage })) localStorage.setItem(key, '{"token":');
  expect(await client.me()).toBeUndefined();
  await expect(react()).resolves.toEqual({ done: true });
});

test('signIn sends the guest token and notifies the widgets, signOut clears the session', async () => {
  const changed = vi.fn();
  const element = document.createElement('aw-reactions');
  const own = storyClientFor(element, '');
  own.site.onReaderChange(changed, new AbortController().signal);
  await own.write('DELETE', 'reactions', {});
  await signIn('a.b.c');
  expect(sent.at(-1)).toEqual({ method: 'POST', path: 'readers/sso', token: 'guest-1', body: { jwt: 'a.b.c' } });
  await own.write('DELETE', 'reactions', {});
  expect(sent.at(-1)?.token).toBe('signed-on');
  await signOut();
  expect(await own.me()).toBeUndefined();
  expect(changed).toHaveBeenCalledTimes(2);
});
