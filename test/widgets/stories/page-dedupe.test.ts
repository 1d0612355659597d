import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../../src/contract/types.js';
import { claimStories, releaseStories } from '../../../src/widgets/stories/page-dedupe.js';

const story = (id: string): Story => ({
  id,
  url: `https://news.example/${id}`,
  title: id,
  publishedAt: '2026-11-24T08:00:00Z',
  kind: 'article',
  reason: 'latest',
});
const stories = (ids: string) => [...ids].map(story);
const ids = (claimed: Story[]) => claimed.map(({ id }) => id).join('');
const page = 'https://news.example/page';
const [first, second] = [{}, {}];

afterEach(() => [first, second].forEach(releaseStories));

describe('claimStories', () => {
  it('leaves out the stories of another rail and fills up with the next ones', () => {
    expect(ids(claimStories(first, stories('abcdef'), 3, page))).toBe('abc');
    expect(ids(claimStories(second, stories('cbadef'), 3, page))).toBe('def');
  });

  it("leaves out the page's own story, by id and by URL", () => {
    expect(ids(claimStories(first, stories('abc'), 3, 'b'))).toBe('ac');
    expect(ids(claimStories(second, stories('def'), 3, 'https://news.example/e'))).toBe('df');
  });

  it('returns a repeated story once', () => {
    expect(ids(claimStories(first, stories('aab'), 3, page))).toBe('ab');
  });

  it('releases the stories that a rail no longer shows', () => {
    claimStories(first, stories('abc'), 3, page);
    expect(ids(claimStories(first, stories('cd'), 3, page))).toBe('cd');
    expect(ids(claimStories(second, stories('abcd'), 4, page))).toBe('ab');
    releaseStories(first);
    expect(ids(claimStories(second, stories('abcd'), 4, page))).toBe('abcd');
  });
});
