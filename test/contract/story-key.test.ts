import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits, story, storyKey } from '../../src/contract/index.js';

interface KeyCase {
  readonly same?: readonly string[];
  readonly different?: readonly string[];
}

const cases = JSON.parse(readFileSync(new URL('fixtures/story-keys.json', import.meta.url), 'utf8')) as KeyCase[];
const page = 'https://paper.example';

describe('addresses of one story', () => {
  test.each([
    ...cases.flatMap(({ same }) => (same ? [same] : [])),
    [`${page}/a%2fb`, `${page}/a%2Fb`],
    [`${page}/a-(b),c`, `${page}/a%2D%28b%29%2cc`],
    [`${page}/%ff`, `${page}/%FF`],
    [`${page}/100%`, `http://PAPER.example:80/x/../100%#top`],
    [`${page}/bài`.normalize('NFC'), `${page}/bài`.normalize('NFD'), `${page}/ba%cc%80i`],
    [`${page}/a?q=bài ~b`, `${page}/a?q=b%c3%a0i+%7eb`, `${page}/a?q=b%C3%A0i%20~%62#c`],
    [`${page}/a?b=1&c=2`, `${page}/a?c=2&b=1`, `${page}/a?c=2&utm_source=x&b=1`],
    [`${page}/`, page, `https://lan:secret@paper.example?`, `  ${page}/?fbclid=1 `],
  ])('%s', (first, ...others) => {
    expect(storyKey(first)).toBeDefined();
    for (const other of others) expect(storyKey(other), other).toBe(storyKey(first));
  });

  test.each([
    ...['utm_source', 'utm_id', 'fbclid', 'gclid', 'dclid', 'yclid', 'twclid', 'ttclid', 'msclkid', 'gbraid', 'wbraid'],
    ...['mc_cid', 'mc_eid', 'igshid', 'li_fat_id', '_hsenc', '_hsmi', 'vero_id', 'vero_conv', 'zanpid', 'zarsrc'],
  ])('differ by the tracking parameter %s', (name) => {
    expect(storyKey(`${page}/a?${name}=1&id=2`)).toBe(`${page}/a?id=2`);
    expect(storyKey(`${page}/a?${name.toUpperCase()}`)).toBe(`${page}/a`);
  });
});

describe('addresses of several stories', () => {
  test.each([
    ...cases.flatMap(({ different }) => (different ? [different] : [])),
    [
      `${page}/a`,
      `${page}/A`,
      `${page}/a/`,
      `${page}/a?b`,
      `${page}/a%3Fb`,
      `${page}/a%252Fb`,
      `${page}/a%2Fb`,
      `${page}/a/b`,
    ],
    [`${page}/100%`, `${page}/100%2525`, `${page}/100%23`],
    [`${page}/a?id=1&id=2`, `${page}/a?id=2&id=1`, `${page}/a?mcid=1`, `${page}/a?brand=1`, `${page}/a?clid=1`],
    [`${page}/a`, `${page}:8443/a`, 'https://www.paper.example/a'],
  ])('%s', (...addresses) => {
    expect(new Set(addresses.map(storyKey)).size).toBe(addresses.length);
  });
});

test("a publisher's id is only trimmed and composed", () => {
  expect(storyKey(' tin-1%7E?utm_source=x#Ba\u0300i ')).toBe('tin-1%7E?utm_source=x#B\u00e0i');
  expect(storyKey('/p/abc')).toBe('/p/abc');
});

test('what is empty, too long, or no address has no key', () => {
  expect([' ', 'https://', 'https://paper.example:x/', 'a'.repeat(limits.storyKeyBytes + 1)].map(storyKey)).toEqual(
    Array(4).fill(undefined),
  );
  expect(story.safeParse('à'.repeat(limits.storyKeyBytes / 2)).success).toBe(true);
  expect(story.safeParse('à'.repeat(limits.storyKeyBytes / 2 + 1)).success).toBe(false);
});

/** Text of letters with and without marks, of what URLs may contain, and of whatever else. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...'aZ09-._~',
      ..."!$&'()*+,;=:@",
      'à',
      'ộ',
      'o\u0302\u0323',
      'a\u0300',
      '%',
      '%25',
      '%2F',
      '%e0',
      '/',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

test('a key is its own key', () => {
  const address = fc.tuple(text, text).map(([path, query]) => `${page}/${path}?${query}`);
  fc.assert(
    fc.property(fc.oneof(address, fc.webUrl({ withQueryParameters: true, withFragments: true }), text), (given) => {
      const key = storyKey(given);
      if (key !== undefined) expect(storyKey(key)).toBe(key);
    }),
    { numRuns: 2000 },
  );
});

test('all escapings of an address have one key', () => {
  const unreserved = [...'aZ09-._~', 'à', 'ộ', 'Đ', '字', '😀'];
  const segment = fc.string({ unit: fc.constantFrom(...unreserved, ..."!$&'()*+,;=:@"), minLength: 1, maxLength: 8 });
  const value = fc.string({ unit: fc.constantFrom(...unreserved), maxLength: 8 });
  const spellings = fc.infiniteStream(fc.constantFrom<Spelling[]>('plain', 'upper', 'lower'));
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), value, spellings, (path, value, spellings) => {
      const spell = (part: string) =>
        [...part].map((char) => escapeAs(spellings.next().value as Spelling, char)).join('');
      expect(storyKey(`${page}/${path.map(spell).join('/')}?q=${spell(value)}`)).toBe(
        storyKey(`${page}/${path.join('/')}?q=${value}`),
      );
    }),
    { numRuns: 1000 },
  );
});

type Spelling = 'plain' | 'upper' | 'lower';

function escapeAs(spelling: Spelling, char: string): string {
  if (spelling === 'plain') return char;
  const escaped = Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return spelling === 'upper' ? escaped.toUpperCase() : escaped;
}
