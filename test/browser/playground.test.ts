import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installApi } from '../../playground/api.js';
import { initialAttributes, statesOf } from '../../playground/states.js';
import '../../src/define/comment-count.js';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { putElement } from './put-element.js';

const tags = ['aw-reactions', 'aw-comments', 'aw-stories', 'aw-newsletter', 'aw-comment-count'] as const;

let api: InMemoryApi;
beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi('vi', `site-${crypto.randomUUID()}`);
});
afterEach(async () => {
  document.body.replaceChildren();
  await api.restore();
  localStorage.clear();
});

describe.each(tags)('the playground shows %s', (tag) => {
  test.each(statesOf(tag).filter(({ name }) => name !== 'live'))('$name', async ({ name, prepare, act }) => {
    prepare?.(api);
    const story = `https://news.example/${tag}/${encodeURIComponent(name)}`;
    const place = { site: api.site!, api: location.origin, story };
    const element = putElement(tag, { ...place, ...initialAttributes[tag] }, 'Fallback');
    const base = () => element.shadowRoot?.querySelector('[part=base]');
    await expect.poll(() => base()?.getAttribute('aria-busy')).toBe(String(name === 'loading'));
    await act?.(element);
    const showsFailure = (name === 'error' || name === 'offline') && tag !== 'aw-comment-count';
    expect(base()?.querySelectorAll('[part~=retry]')).toHaveLength(showsFailure ? 1 : 0);
  });
});
