import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEmailAddress } from '../../server/src/newsletter/domain/email-address.js';

const long = (count: number) => 'a'.repeat(count);

describe('parseEmailAddress', () => {
  it.each([
    ['lan@reader.example', 'lan@reader.example', 'lan@reader.example'],
    ['  Lan.Nguyen+tin@Reader.EXAMPLE\n', 'Lan.Nguyen+tin@reader.example', 'lan.nguyen+tin@reader.example'],
    ["o'brien@mail.reader.example", "o'brien@mail.reader.example", "o'brien@mail.reader.example"],
    ['lan@bücher.example', 'lan@xn--bcher-kva.example', 'lan@xn--bcher-kva.example'],
    ['lan@báo.việt', 'lan@xn--bo-mia.xn--vit-5kz', 'lan@xn--bo-mia.xn--vit-5kz'],
    ['nguyễn@reader.example', 'nguyễn@reader.example', 'nguyễn@reader.example'],
    ['Nguyễn.Văn+tin@Báo.việt', 'Nguyễn.Văn+tin@xn--bo-mia.xn--vit-5kz', 'nguyễn.văn+tin@xn--bo-mia.xn--vit-5kz'],
    ['δοκιμή@reader.example', 'δοκιμή@reader.example', 'δοκιμή@reader.example'],
    ['\u202alan@reader.example\u202c', 'lan@reader.example', 'lan@reader.example'],
    ['lan\u200b@reader.example\ufeff ', 'lan@reader.example', 'lan@reader.example'],
    ['\u2066la\u200d\u00adn@reader\u2063.exa\u034fmple\ufe0f\u3164', 'lan@reader.example', 'lan@reader.example'],
    ['نامه\u200cها@reader.example', 'نامه\u200cها@reader.example', 'نامه\u200cها@reader.example'],
    ['lan@نامه\u200cای.com', 'lan@xn--mgba3gch31f060k.com', 'lan@xn--mgba3gch31f060k.com'],
    [`${long(64)}@reader.example`, `${long(64)}@reader.example`, `${long(64)}@reader.example`],
  ])('accepts %j', (typed, address, key) => {
    expect(parseEmailAddress(typed)).toEqual({ address, key });
  });

  it.each([
    '',
    '@',
    'lan',
    'lan@',
    '@reader.example',
    'lan@reader',
    'lan@localhost',
    'lan@127.0.0.1',
    'lan@[127.0.0.1]',
    'lan@reader.1',
    'lan@@reader.example',
    'lan@reader..example',
    'lan@.reader.example',
    'lan@reader.example.',
    'lan@-reader.example',
    'lan@re ader.example',
    'lan@reader.example/path',
    'lan@reader%2eexample.com',
    'lan nguyen@reader.example',
    'lan..nguyen@reader.example',
    '.lan@reader.example',
    'lan.@reader.example',
    '"lan"@reader.example',
    'Lan <lan@reader.example>',
    'lan@reader.example, minh@reader.example',
    'lan@reader.example;minh@reader.example',
    '\u0301lan@reader.example',
    'lan\u2028@reader.example',
    'lan\u00a0nguyen@reader.example',
    'lan😀@reader.example',
    'lan＠reader.example',
    `${'ễ'.repeat(22)}@reader.example`,
    'lan\u0000@reader.example',
    'lan@reader.example\u0000',
    'lan@reader.example\r\nBcc: all@reader.example',
    'lan\n@reader.example',
    `${long(65)}@reader.example`,
    `lan@${Array.from({ length: 5 }, () => long(60)).join('.')}.example`,
  ])('refuses %j', (typed) => {
    expect(parseEmailAddress(typed)).toBeUndefined();
  });

  it('returns a single line of printable characters for any input', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'lan',
        '@',
        'reader',
        '.',
        'example',
        '\r\n',
        ' ',
        ',',
        '<',
        '>',
        '"',
        'ﬁ',
        '。',
        'ễ',
        'İ',
        '\u0301',
        '\u200b',
        '\u200c',
        '\ufe0f',
        'ه',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = parseEmailAddress(pieces.join(''));
        if (!read) return;
        expect(read.address).toMatch(/^[!-~\p{L}\p{N}\p{M}\p{Join_Control}]+@[a-z0-9.-]+$/u);
        expect(read.address).not.toMatch(/[,;<>"\\()[\]]/);
        expect(parseEmailAddress(read.address)).toEqual(read);
        // Some letters have more bytes in lower case.
        if (Buffer.byteLength(read.key) === Buffer.byteLength(read.address))
          expect(parseEmailAddress(read.key)?.key).toBe(read.key);
      }),
      { numRuns: 2000 },
    );
  });
});
