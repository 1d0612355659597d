import { describe, expect, test } from 'vitest';
import { decodeFeed } from '../../server/src/stories/feeds/encoding.js';
import { plainText, truncate } from '../../server/src/stories/feeds/plain-text.js';

describe('feed encodings', () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><rss>Raríssimas</rss>';
  const latin = Buffer.from(text, 'latin1');

  test('prefers the byte order mark, then the HTTP charset, then the XML declaration', () => {
    expect(decodeFeed(latin, undefined)).toContain('Raríssimas');
    expect(decodeFeed(Buffer.from(text, 'utf8'), 'utf-8')).toContain('Raríssimas');
    expect(decodeFeed(Buffer.from(`\uFEFF${text}`, 'utf8'), 'iso-8859-1')).toContain('Raríssimas');
    expect(decodeFeed(Buffer.from(`\uFEFF${text}`, 'utf16le'), undefined)).toContain('Raríssimas');
  });

  test('defaults to UTF-8, then to windows-1252', () => {
    expect(decodeFeed(Buffer.from('<rss>Đọc nhiều</rss>'), undefined)).toContain('Đọc nhiều');
    expect(decodeFeed(Buffer.from('<rss>Últimas</rss>', 'latin1'), undefined)).toContain('Últimas');
  });

  test('refuses an unknown encoding', () => {
    expect(() => decodeFeed(latin, 'x-klingon')).toThrow('the encoding "x-klingon" is not known');
  });
});

describe('plain text', () => {
  test('equals the text that a browser displays, by paragraphs', () => {
    expect(plainText('<p>Một<br>hai</p><div>ba <b>b</b>ốn</div>năm&nbsp;sáu').paragraphs).toEqual([
      'Một',
      'hai',
      'ba bốn',
      'năm sáu',
    ]);
    expect(plainText('5 < 6 & 7 &lt;b&gt;').paragraphs).toEqual(['5 < 6 & 7 <b>']);
  });

  test('handles any depth and length', () => {
    const started = performance.now();
    expect(plainText('<b><i><p>'.repeat(200_000)).paragraphs).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('truncates between words and never splits a character', () => {
    expect(truncate('một hai ba bốn', 12)).toBe('một hai ba…');
    expect(truncate('một, hai', 6)).toBe('một…');
    expect(truncate('🙂🙂🙂🙂', 4)).toBe('🙂…');
    expect(truncate('vừa đủ', 6)).toBe('vừa đủ');
  });
});
