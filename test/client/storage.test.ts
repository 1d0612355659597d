import { afterEach, expect, test, vi } from 'vitest';
import { readQueuedWrites } from '../../src/client/queued-write.js';
import { Site } from '../../src/client/site.js';
import { SafeStorage } from '../../src/client/storage.js';
import { recordVisit } from '../../src/widgets/comments/model/last-visit.js';

const isAnything = (value: unknown): value is unknown => value !== null;

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
  new SafeStorage().set('key', undefined);
});

test('uses localStorage by default', () => {
  new SafeStorage().set('key', { token: 't' });
  expect(localStorage.getItem('key')).toBe('{"token":"t"}');
  expect(new SafeStorage('local').get('key', isAnything)).toEqual({ token: 't' });
});

test('uses sessionStorage where configured', () => {
  new SafeStorage('session').set('key', 1);
  expect(sessionStorage.getItem('key')).toBe('1');
  expect(localStorage.length).toBe(0);
});

test('uses memory only where storage is `none`', () => {
  new SafeStorage('none').set('key', 1);
  expect(localStorage.length + sessionStorage.length).toBe(0);
  expect(new SafeStorage('none').get('key', isAnything)).toBe(1);
});

test('falls back to memory where even reading throws', () => {
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  const storage = new SafeStorage();
  expect(storage.get('key', isAnything)).toBeUndefined();
  storage.set('key', 'kept');
  expect(storage.get('key', isAnything)).toBe('kept');
  storage.set('key', undefined);
  expect(storage.get('key', isAnything)).toBeUndefined();
});

test('falls back to memory where the storage is full, and reads the newer value', () => {
  const items = new Map([['key', '"old"']]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
    removeItem: (key: string) => items.delete(key),
  });
  const storage = new SafeStorage();
  expect(storage.get('key', isAnything)).toBe('old');
  storage.set('key', 'new');
  expect(storage.get('key', isAnything)).toBe('new');
});

test.each(['not json', '{"cut', '', 'null'])('treats %j as no value', (rubbish) => {
  localStorage.setItem('key', rubbish);
  expect(new SafeStorage().get('key', isAnything)).toBeUndefined();
});

test('drops a value that is not ours', () => {
  localStorage.setItem('key', '[null]');
  expect(new SafeStorage().get('key', (value): value is string => typeof value === 'string')).toBeUndefined();
});

test.each(['null', '[null]', '"x"', '5', '{}', '[{"kind":"comment"}]', '[{"kind":"comment","key":"k"},{"key":1}]'])(
  'reads no reader and no queued write from %s',
  (text) => {
    const site = new Site('https://api.example/v1/sites/foreign-values/');
    localStorage.setItem('afterword:https://api.example/v1/sites/foreign-values/', text);
    localStorage.setItem(site.outboxKey, text);
    expect(site.token).toBeUndefined();
    expect(site.hasQueuedWrites).toBe(false);
    expect(readQueuedWrites(site.storage, site.outboxKey)).toEqual([]);
    expect(recordVisit(site, 'a')).toBeUndefined();
  },
);

test('stores and sends values intact where old Prototype.js is on the page', () => {
  const broken = { value: () => 'broken', configurable: true };
  const prototypes = [Array.prototype, String.prototype, Number.prototype, Object.prototype];
  for (const prototype of prototypes) Object.defineProperty(prototype, 'toJSON', broken);
  try {
    new SafeStorage().set('key', [{ text: 'a', at: 5, list: [[1], 'b'] }]);
  } finally {
    for (const prototype of prototypes) Reflect.deleteProperty(prototype, 'toJSON');
  }
  expect(localStorage.getItem('key')).toBe('[{"text":"a","at":5,"list":[[1],"b"]}]');
});
