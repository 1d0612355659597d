import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configure, parts, storyClientFor } from '../../src/client/index.js';
import { partOf, prefetch } from '../../src/client/prefetch.js';
import { siteSettings, storyOf } from '../../src/client/settings.js';
import { createComment } from '../../src/testing/index.js';

function element(markup: Record<string, string> = {}, tag = 'aw-reactions'): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(markup)) made.setAttribute(name, value);
  document.body.append(made);
  return made;
}

beforeEach(() => vi.stubGlobal('location', new URL('https://news.example/a?utm_source=x&b=2&a=1#top')));
afterEach(() => {
  vi.unstubAllGlobals();
  document.head.replaceChildren();
  document.body.replaceChildren();
});

describe('without settings of the page', () => {
  test('throws site-not-found where no site is set', () => {
    expect(() => storyClientFor(element(), 'vi')).toThrow(expect.objectContaining({ code: 'site-not-found' }));
  });

  test('uses the origin of the page as API', () => {
    expect(siteSettings(element({ site: 'demo' }))).toEqual({ api: 'https://news.example', site: 'demo' });
  });
});

describe('storyOf', () => {
  test('returns the attribute of the element', () => expect(storyOf(element({ story: ' my-id ' }))).toBe('my-id'));

  test('returns the property where a framework set no attribute', () => {
    expect(storyOf(Object.assign(element(), { story: 'by-property' }))).toBe('by-property');
  });

  test('returns the canonical link', () => {
    const link = document.createElement('link');
    link.rel = 'canonical';
    link.href = 'http://News.example/canonical?fbclid=1';
    document.head.append(link);
    expect(storyOf(element())).toBe('https://news.example/canonical');
  });

  test('falls back to the URL of the page without hash and tracking parameters', () => {
    expect(storyOf(element())).toBe('https://news.example/a?a=1&b=2');
  });

  test('throws story-key-invalid for an invalid key', () => {
    const long = element({ story: 'x'.repeat(3000) });
    expect(() => storyOf(long)).toThrow(expect.objectContaining({ code: 'story-key-invalid' }));
  });
});

describe('page parts', () => {
  test.each([
    [parts.reactions(), 'r'],
    [parts.reactions('reactions'), 'r'],
    [parts.reactions('mood'), 'r:mood'],
    [parts.reactions('a,b'), 'r'],
    [parts.comments(), 'c'],
    [parts.comments('best', 20), 'c'],
    [parts.comments('newest'), 'c:newest'],
    [parts.comments('best', 10), 'c:best:10'],
    [parts.comments('newest', '10'), 'c:newest:10'],
    [parts.stories(), 's:r'],
    [parts.stories('most-read', 5), 's:m:5'],
    [parts.stories('latest', 8), 's:l'],
    [parts.stories('unknown', 'unknown'), 's:r'],
    [parts.stories(null, -3), 's:r:1'],
    [parts.stories(undefined, 1e9), 's:r:100'],
    [parts.comments('unknown', NaN), 'c'],
    [parts.stories('sponsored'), 's:s'],
    [parts.newsletter(), 'n'],
  ])('are formatted as %s', (written, expected) => expect(written).toBe(expected));

  test('contain no word that content blockers look for', () => {
    const all = [parts.reactions(), parts.comments('newest', 5), parts.newsletter()];
    const rails = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'].map((rail) =>
      parts.stories(rail),
    );
    expect([...all, ...rails].join()).not.toMatch(/reaction|comment|stor|letter|sponsor|related|popular|ads?\b/);
  });

  test.each([
    ['aw-reactions', { poll: 'mood' }, 'r:mood'],
    ['aw-comments', { sort: 'newest', 'page-size': '10' }, 'c:newest:10'],
    ['aw-stories', { rail: 'latest', limit: '4' }, 's:l:4'],
    ['aw-newsletter', { list: 'daily' }, 'n'],
    ['aw-comment-count', {}, undefined],
  ])('are derived from the attributes of %s', (tag, attributes, expected) =>
    expect(partOf(element(attributes, tag))).toBe(expected),
  );
});

describe('with settings of the page', () => {
  const fetched = vi.fn<typeof fetch>();

  beforeEach(() => {
    configure({ site: 'demo', api: 'https://api.example/base/', storage: 'none' });
    vi.stubGlobal('fetch', fetched.mockReset());
    fetched.mockImplementation(() => Promise.resolve(new Response('{"parts":{"r":{"version":1}}}')));
  });

  test('uses them unless an element has its own', () => {
    expect(siteSettings(element())).toEqual({ api: 'https://api.example/base', site: 'demo' });
    expect(siteSettings(element({ site: 'other', api: '/x' }))).toEqual({
      api: 'https://news.example/x',
      site: 'other',
    });
  });

  test('prefetches the part that the widget requests', async () => {
    const host = document.createElement('div');
    host.lang = 'vi';
    document.body.append(host);
    const widget = element({ story: 'ahead' });
    host.append(widget);
    void prefetch(widget, 'vi');
    void prefetch(element({}, 'aw-comment-count'), 'vi');
    await expect(storyClientFor(widget, 'vi').part(parts.reactions())).resolves.toEqual({ version: 1 });
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(fetched.mock.calls[0]![0]).toBe('https://api.example/base/v1/sites/demo/page?story=ahead&lang=vi&parts=r');
  });

  test('leaves no unhandled rejection when a prefetch fails', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    fetched.mockImplementation(() =>
      Promise.resolve(new Response('{"type":"","title":"","status":404,"code":"not-found"}', { status: 404 })),
    );
    void prefetch(element({ story: 'broken' }), '');
    void prefetch(element({ story: 'x'.repeat(3000) }), '');
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('retries a network failure, but not a refusal', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(storyClientFor(element({ story: 'passing' }), '').part(parts.reactions())).resolves.toEqual({
      version: 1,
    });
    expect(fetched).toHaveBeenCalledTimes(2);
    const refusal = '{"type":"","title":"","status":404,"code":"story-not-found"}';
    fetched.mockReset().mockImplementation(() => Promise.resolve(new Response(refusal, { status: 404 })));
    const refused = storyClientFor(element({ story: 'refused' }), '').part(parts.reactions());
    await expect(refused).rejects.toMatchObject({ code: 'story-not-found', unreachable: false });
    expect(fetched).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  test('omits an invalid language tag', async () => {
    await storyClientFor(element({ story: 'lang' }), 'x"; DROP').part(parts.reactions());
    expect(fetched.mock.calls[0]![0]).not.toContain('lang=');
  });

  test('delivers published values to subscribers on the same story until they abort', () => {
    const [first, second] = [createComment('first'), createComment('second')];
    const [one, two, far] = [element({ story: 't' }), element({ story: 't' }), element({ story: 'u' })];
    const received = vi.fn();
    const elsewhere = vi.fn();
    const leaving = new AbortController();
    storyClientFor(two, 'en').subscribe('comment-sent', received, leaving.signal);
    storyClientFor(far, 'vi').subscribe('comment-sent', elsewhere, leaving.signal);
    storyClientFor(one, 'vi').publish('comment-sent', first);
    leaving.abort();
    storyClientFor(one, 'vi').publish('comment-sent', second);
    expect(received.mock.calls).toEqual([[first]]);
    expect(elsewhere).not.toHaveBeenCalled();
  });

  test('delivers the last published value to a later subscriber', () => {
    const last = createComment('last');
    storyClientFor(element({ story: 'later' }), '').publish('comment-sent', last);
    const received = vi.fn();
    storyClientFor(element({ story: 'later' }), '').subscribe('comment-sent', received, new AbortController().signal);
    expect(received.mock.calls).toEqual([[last]]);
  });
});
