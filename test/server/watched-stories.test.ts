import { beforeEach, expect, test } from 'vitest';
import { watchedStories, watchedUnstoredStories } from '../../src/contract/limits.js';
import { WatchedStories, type Subscriber, type WatchedStory } from '../../server/src/live/watched-stories.js';
import { newSiteSchema } from '../../server/src/sites/store.js';

const site = newSiteSchema.parse({ id: 'paper', name: 'The Paper', lang: 'vi', origins: [] }) as never;
const subscriber: Subscriber = { send: () => undefined, end: () => undefined };

let stories: WatchedStories;
beforeEach(() => {
  stories = new WatchedStories();
});

function watch(key: string, subscribers: Subscriber[] = [subscriber], lastLeftAt = 0): WatchedStory {
  const story = {
    site,
    key,
    isStored: true,
    snapshot: { thread: {} as never, threadVersion: 0, polls: new Map<string, never>() },
    subscribers: new Map(subscribers.map((each) => [each, key])),
    watchedSinceId: 0,
    lastLeftAt,
  };
  stories.add(story);
  return story;
}

test('there are at most so many, and a story that nobody watches any more gives way, the longest left first', () => {
  for (let count = 0; count < watchedStories - 2; count++) watch(`s-${count}`);
  watch('left later', [], 2);
  watch('left first', [], 1);
  watch('new');
  expect([stories.size, stories.get(site, 'left first')]).toEqual([watchedStories, undefined]);
  expect(stories.get(site, 'left later')).toBeDefined();
  watch('newer');
  expect(() => watch('one too many')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  expect(stories.size).toBe(watchedStories);
  stories.get(site, 'new')!.subscribers.clear();
  expect(watch('again').key).toBe('again');
});

test('a new story without a row takes the place of one without a row', () => {
  const stored = watch('stored', []);
  const invented = (count: number, subscribers?: Subscriber[]) => {
    const story = watch(`s-${count}`, subscribers, 1);
    stories.setStored(story, false);
    return story;
  };
  for (let count = 1; count < watchedUnstoredStories; count++) invented(count);
  const left = invented(0, []);
  stories.assertCapacity(false);
  expect([stories.get(site, stored.key), stories.get(site, left.key)]).toEqual([stored, undefined]);
  invented(watchedUnstoredStories);
  expect(() => stories.assertCapacity(false)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  stories.assertCapacity(true);
});

test('a story that was forgotten is not polled again', () => {
  const story = watch('invented', []);
  stories.setStored(story, false);
  stories.deleteLeft(Date.now());
  stories.setStored(story, false);
  expect(stories.toPoll()).toEqual([]);
});

test('many stories without a row are polled in turns, those with one always', () => {
  const stored = watch('stored');
  for (let count = 0; count < 1200; count++) stories.setStored(watch(`s-${count}`), false);
  const turns = Array.from({ length: 3 }, () => stories.toPoll().flat());
  for (const turn of turns) expect(turn).toContain(stored);
  expect(turns.map(({ length }) => length)).toEqual([501, 501, 501]);
  expect(new Set(turns.flat()).size).toBe(1201);
});
