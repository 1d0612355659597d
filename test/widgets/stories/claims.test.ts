import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../../src/contract/types.js';
import { claim, release } from '../../../src/widgets/stories/claims.js';

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

afterEach(() => [first, second].forEach(release));

describe('claiming stories for a rail', () => {
  it('shows no story in two rails, and fills up from what is left', () => {
    expect(ids(claim(first, stories('abcdef'), 3, page))).toBe('abc');
    expect(ids(claim(second, stories('cbadef'), 3, page))).toBe('def');
  });

  it('leaves out the story the page is, by id and by address', () => {
    expect(ids(claim(first, stories('abc'), 3, 'b'))).toBe('ac');
    expect(ids(claim(second, stories('def'), 3, 'https://news.example/e'))).toBe('df');
  });

  it('shows a story once though the answer holds it twice', () => {
    expect(ids(claim(first, stories('aab'), 3, page))).toBe('ab');
  });

  it('gives back what a rail no longer shows', () => {
    claim(first, stories('abc'), 3, page);
    expect(ids(claim(first, stories('cd'), 3, page))).toBe('cd');
    expect(ids(claim(second, stories('abcd'), 4, page))).toBe('ab');
    release(first);
    expect(ids(claim(second, stories('abcd'), 4, page))).toBe('abcd');
  });
});
