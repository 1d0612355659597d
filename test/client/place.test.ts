import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configure, parts, placeOf } from '../../src/client/index.js';
import { partOf, prefetch } from '../../src/client/script-tag.js';
import { settingsOf, storyOf } from '../../src/client/settings.js';

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

describe('before anything is configured', () => {
  test('a site is missed, and said so by its code', () => {
    expect(() => placeOf(element(), 'vi')).toThrow(expect.objectContaining({ code: 'site-not-found' }));
  });

  test('the API is the page’s own origin', () => {
    expect(settingsOf(element({ site: 'demo' }))).toEqual({ api: 'https://news.example', site: 'demo' });
  });
});

describe('a story', () => {
  test('is the element’s own', () => expect(storyOf(element({ story: ' my-id ' }))).toBe('my-id'));

  test('is its property where a framework set no attribute', () => {
    expect(storyOf(Object.assign(element(), { story: 'by-property' }))).toBe('by-property');
  });

  test('is the canonical link’s', () => {
    const link = document.createElement('link');
    link.rel = 'canonical';
    link.href = 'http://News.example/canonical?fbclid=1';
    document.head.append(link);
    expect(storyOf(element())).toBe('https://news.example/canonical');
  });

  test('is else the page’s address without its hash and what follows readers around', () => {
    expect(storyOf(element())).toBe('https://news.example/a?a=1&b=2');
  });

  test('that cannot be one is refused by its code', () => {
    const long = element({ story: 'x'.repeat(3000) });
    expect(() => storyOf(long)).toThrow(expect.objectContaining({ code: 'story-key-invalid' }));
  });
});

describe('an entry', () => {
  test.each([
    [parts.reactions(), 'reactions'],
    [parts.reactions('reactions'), 'reactions'],
    [parts.reactions('mood'), 'reactions:mood'],
    [parts.reactions('a,b'), 'reactions'],
    [parts.comments(), 'comments'],
    [parts.comments('best', 20), 'comments'],
    [parts.comments('newest'), 'comments:newest'],
    [parts.comments('best', 10), 'comments:best:10'],
    [parts.comments('newest', '10'), 'comments:newest:10'],
    [parts.stories(), 'stories:related'],
    [parts.stories('most-read', 5), 'stories:most-read:5'],
    [parts.stories('latest', 8), 'stories:latest'],
    [parts.newsletter(), 'newsletter'],
  ])('is written %s', (written, expected) => expect(written).toBe(expected));

  test.each([
    ['aw-reactions', { poll: 'mood' }, 'reactions:mood'],
    ['aw-comments', { sort: 'newest', 'page-size': '10' }, 'comments:newest:10'],
    ['aw-stories', { rail: 'latest', limit: '4' }, 'stories:latest:4'],
    ['aw-newsletter', { list: 'daily' }, 'newsletter'],
    ['aw-comment-count', {}, undefined],
  ])('is read off %s', (tag, attributes, expected) => expect(partOf(element(attributes, tag))).toBe(expected));
});

describe('with the settings of a page', () => {
  const fetched = vi.fn<typeof fetch>();

  beforeEach(() => {
    configure({ site: 'demo', api: 'https://api.example/base/', storage: 'none' });
    vi.stubGlobal('fetch', fetched.mockReset());
    fetched.mockImplementation(() => Promise.resolve(new Response('{"parts":{"reactions":{"version":1}}}')));
  });

  test('elements fall back to them, and keep their own', () => {
    expect(settingsOf(element())).toEqual({ api: 'https://api.example/base', site: 'demo' });
    expect(settingsOf(element({ site: 'other', api: '/x' }))).toEqual({ api: 'https://news.example/x', site: 'other' });
  });

  test('what is asked for ahead is what the widget then asks for', async () => {
    const host = document.createElement('div');
    host.lang = 'vi';
    document.body.append(host);
    const widget = element({ story: 'ahead' });
    host.append(widget);
    prefetch([widget, element({}, 'aw-comment-count')]);
    await expect(placeOf(widget, 'vi').part(parts.reactions())).resolves.toEqual({ version: 1 });
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(fetched.mock.calls[0]![0]).toBe(
      'https://api.example/base/v1/sites/demo/page?story=ahead&lang=vi&parts=reactions',
    );
  });

  test('a failure of what is asked for ahead reaches nobody but the widget', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    fetched.mockImplementation(() =>
      Promise.resolve(new Response('{"type":"","title":"","status":404,"code":"not-found"}', { status: 404 })),
    );
    prefetch([element({ story: 'broken' }), element({ story: 'x'.repeat(3000) })]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('what fails in passing is asked for again, what is refused is not', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(placeOf(element({ story: 'passing' }), '').part(parts.reactions())).resolves.toEqual({ version: 1 });
    expect(fetched).toHaveBeenCalledTimes(2);
    const refusal = '{"type":"","title":"","status":404,"code":"story-not-found"}';
    fetched.mockReset().mockImplementation(() => Promise.resolve(new Response(refusal, { status: 404 })));
    const refused = placeOf(element({ story: 'refused' }), '').part(parts.reactions());
    await expect(refused).rejects.toMatchObject({ code: 'story-not-found', unreachable: false });
    expect(fetched).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  test('a language that is none is not sent', async () => {
    await placeOf(element({ story: 'lang' }), 'x"; DROP').part(parts.reactions());
    expect(fetched.mock.calls[0]![0]).not.toContain('lang=');
  });

  test('widgets on the same story hear of one another until they leave', () => {
    const [one, two, far] = [element({ story: 't' }), element({ story: 't' }), element({ story: 'u' })];
    const heard = vi.fn();
    const elsewhere = vi.fn();
    const leaving = new AbortController();
    placeOf(two, 'en').watch('topic', heard, leaving.signal);
    placeOf(far, 'vi').watch('topic', elsewhere, leaving.signal);
    placeOf(one, 'vi').tell('topic', 1);
    leaving.abort();
    placeOf(one, 'vi').tell('topic', 2);
    expect(heard.mock.calls).toEqual([[1]]);
    expect(elsewhere).not.toHaveBeenCalled();
  });

  test('who comes later hears what was told last', () => {
    placeOf(element({ story: 'later' }), '').tell('topic', 'last');
    const heard = vi.fn();
    placeOf(element({ story: 'later' }), '').watch('topic', heard, new AbortController().signal);
    expect(heard.mock.calls).toEqual([['last']]);
  });
});
