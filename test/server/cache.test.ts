import { describe, expect, test } from 'vitest';
import { PublicCache } from '../../server/src/http/public-cache.js';

const shown = (value: unknown, ...tags: string[]) => Promise.resolve({ value, tags });

describe('the public cache', () => {
  test('keeps an answer until one of its tags is dropped', async () => {
    const cache = new PublicCache();
    const made = await cache.make('/a', () => shown({ n: 1 }, 'story 1', 'site'));
    expect(cache.get('/a')).toBe(made);
    cache.drop('story 2');
    expect(cache.get('/a')).toBe(made);
    cache.drop('story 1');
    expect(cache.get('/a')).toBeUndefined();
  });

  test('does not keep an answer whose tag was dropped while it was made', async () => {
    const cache = new PublicCache();
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const making = cache.make('/a', async () => {
      await slow;
      return { value: 'old', tags: ['story'] };
    });
    cache.drop('story');
    finish();
    await making;
    expect(cache.get('/a')).toBeUndefined();
    await cache.make('/a', () => shown('new', 'story'));
    expect(cache.get('/a')?.body.toString()).toBe('"new"');
  });

  test('does not keep a failed answer', async () => {
    const cache = new PublicCache();
    await cache.make('/a', () => Promise.resolve({ value: 1, tags: [], hasFailed: true }));
    expect(cache.get('/a')).toBeUndefined();
  });

  test('gives equal values equal ETags, and others different ones', async () => {
    const cache = new PublicCache();
    const etags = await Promise.all([1, 1, 2].map(async (value) => (await cache.make('/a', () => shown(value))).etag));
    expect(etags[0]).toBe(etags[1]);
    expect(etags[2]).not.toBe(etags[0]);
  });
});
