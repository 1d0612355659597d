import { afterEach, expect, test, vi } from 'vitest';
import { SafeStorage } from '../../src/client/storage.js';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
  new SafeStorage().set('key', undefined);
});

test('uses localStorage by default', () => {
  new SafeStorage().set('key', { token: 't' });
  expect(localStorage.getItem('key')).toBe('{"token":"t"}');
  expect(new SafeStorage('local').get('key')).toEqual({ token: 't' });
});

test('uses sessionStorage where configured', () => {
  new SafeStorage('session').set('key', 1);
  expect(sessionStorage.getItem('key')).toBe('1');
  expect(localStorage.length).toBe(0);
});

test('uses memory only where storage is `none`', () => {
  new SafeStorage('none').set('key', 1);
  expect(localStorage.length + sessionStorage.length).toBe(0);
  expect(new SafeStorage('none').get('key')).toBe(1);
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
  expect(storage.get('key')).toBeUndefined();
  storage.set('key', 'kept');
  expect(storage.get('key')).toBe('kept');
  storage.set('key', undefined);
  expect(storage.get('key')).toBeUndefined();
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
  expect(storage.get('key')).toBe('old');
  storage.set('key', 'new');
  expect(storage.get('key')).toBe('new');
});

test.each(['not json', '{"cut', '', 'null'])('treats %j as no value', (rubbish) => {
  localStorage.setItem('key', rubbish);
  expect(new SafeStorage().get('key')).toBeUndefined();
});
