import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashText } from '../../server/src/comments/rules/author-history.js';
import { compileBannedWords } from '../../server/src/comments/rules/banned-words.js';
import { findWordsInName, hasLinkInName } from '../../server/src/comments/rules/name-rules.js';
import { readingsOfName } from '../../server/src/readers/look-alike.js';
import { normalizeCommentText, parseMarkdown } from '../../server/src/comments/writing/markdown.js';
import { Problem } from '../../server/src/problem.js';
import { sanitizeLine } from '../../server/src/text.js';
import * as limits from '../../src/contract/limits.js';
import type { CommentNode } from '../../src/contract/types.js';
import { minCpuMs } from './cpu.js';

/** CPU time that one request may take. */
const maxCpuMs = 50;

/** Repeats a piece to the longest text that the limit of bytes, and of characters, allows. */
function fill(piece: string, maxChars = limits.commentGraphemes): string {
  const segments = [...new Intl.Segmenter('vi', { granularity: 'grapheme' }).segment(piece)].length;
  return piece.repeat(Math.min(limits.commentBytes / Buffer.byteLength(piece), maxChars / segments));
}

/** Does all that a post does with its text outside the database. */
async function processText(given: string): Promise<void> {
  const bannedWords = await compileBannedWords(bannedList);
  try {
    const text = normalizeCommentText(given);
    const mentionable = ['Lan', 'Lan Anh', 'a', 'aa'].map((name) => ({ id: name, name }));
    await parseMarkdown(text, mentionable);
    bannedWords.find(text);
    hashText(text);
  } catch (error) {
    // Refused texts count too.
    if (!(error instanceof Problem)) throw error;
  }
}

const bannedList = Array.from({ length: 2_000 }, (_, index) => `từ${index} cấm`);

describe('the work that one text takes', () => {
  test.each([
    ['combining marks', 'e\u0301'.concat('\u0301\u0316'.repeat(5_000))],
    ['combining marks of alternating classes', '\u0301\u0316\u0345\u0327'.repeat(2_500)],
    ['marks that compose', 'a\u0323\u0302'.repeat(3_000)],
    ['a line without spaces', 'a'.repeat(20_000)],
    ['letters with two marks, without spaces', fill('ệ')],
    ['addresses', fill('http://a.b ')],
    ['addresses without spaces', fill('http://a.b,')],
    ['an address that ends in punctuation', `http://a${'.'.repeat(4_900)}x`],
    ['addresses that end in punctuation', fill(`http://a${'.'.repeat(60)}x `)],
    ['an address with a long host of another script', `http://${'á'.repeat(4_900)}.example`],
    ['addresses with hosts of another script', fill(`http://${'ßñ'.repeat(25)}.example `)],
    ['joined emoji', '👩\u200d'.repeat(2_800)],
    ['emoji', fill('👩‍👩‍👧')],
    ['flags', fill('🇻🇳')],
    ['Hangul jamo', '\u1100'.repeat(6_600)],
    ['Indic conjuncts', 'क्'.repeat(3_300)],
    ['direction marks', 'a\u200f\u202e'.repeat(2_800)],
    ['invisible characters', 'a\u200b'.repeat(5_000)],
    ['lone surrogates', '\ud800a'.repeat(5_000)],
    ['compatibility characters', fill('\ufdfa')],
    ['mentions', fill('@')],
    ['mentions of readers', fill('@Lan ')],
    ['line breaks', fill('a\n')],
    ['blank lines', fill('a\n\n')],
    ['spaces', `a${' '.repeat(4_900)}b`],
    ['dashes', fill('-')],
    ['dashes and spaces', `${'-'.repeat(2_000)}${' '.repeat(2_000)}x`],
    ['single letters', fill('a ')],
    ['single letters with dots', fill('đ.')],
    ['lists', fill('- a\n')],
    ['empty items', fill('-\n')],
    ['loose lists', fill('- a\n\n')],
    ['ordered lists', fill('1. a\n')],
    ['nested lists', fill('- - - - a\n')],
    ['lists by indentation', fill('- a\n  - a\n    - a\n      - a\n')],
    ['lists and quotes', fill('> - > - a\n')],
    ['lists that alternate', fill('- a\n* a\n')],
    ['quotes', fill('> a\n')],
    ['loose quotes', fill('> a\n\n')],
    ['lazy lines', `> a\n${fill('a\n', 4_900)}`],
    ['emphasis', fill('*a**b')],
    ['emphasis that never ends', fill('*a _b ')],
    ['emphasis that ends late', 'a *'.repeat(800) + 'a* '.repeat(800)],
    ['brackets', fill('[')],
    ['links', fill('[a](b)')],
    ['nested links', `${'['.repeat(1_200)}a${'](b)'.repeat(900)}`],
    ['links that never end', fill('[a](<b')],
    ['code', fill('`a ')],
    ['code with more and more marks', Array.from({ length: 90 }, (_, index) => '`'.repeat(index)).join(' ')],
    ['fences', fill('```\na\n')],
    ['escapes', fill('\\*')],
    ['499 items of a list', '- a\n'.repeat(499)],
    ['addresses with signs', fill('http://a.b/_x_ *')],
    ['addresses in emphasis', fill('*http://a.b_ ')],
    ['addresses that end at once', fill('http://a)')],
    ['addresses in brackets', fill('[http://a/(')],
    ['schemes', fill('http://')],
    ['a label that is no address', `[${'a.'.repeat(2_400)}](https://a.vn)`],
    ['labels that are another address', fill('[a.vn](https://b.vn)')],
    ['a line of spaces', `a\n${' '.repeat(4_900)}b`],
    ['fences that never close', fill('```a\n')],
    ['rows of signs', fill('- - -\na\n')],
    ['quotes in quotes', '>'.repeat(4_900).concat(' a')],
    ['lists in lists', '- '.repeat(2_450).concat('a')],
    ['long runs of stars', `${'*'.repeat(2_000)}a${'*'.repeat(2_000)}`],
    ['deep indentation', fill('                    - _[\\  \n')],
    ['look-alike letters', fill('аԁmіո ')],
    ['struck letters', fill('d\u0336')],
    ['words of letters and digits', fill('1а0 ')],
    ['enclosed letters', fill('🅰')],
    ['2 kB of lists', '- a\n'.repeat(500)],
    ['a paragraph, and lists after it', `${'a '.repeat(1_000)}\n\n${'- a\n'.repeat(700)}`],
  ])('is bounded for %s', async (_, text) => {
    expect(await minCpuMs(() => processText(text), maxCpuMs)).toBeLessThan(maxCpuMs);
  });

  test('is bounded for any markup', async () => {
    const line = fc.constantFrom('- ', '* ', '1. ', '> ', '- - ', '> - ', '  - ', '    - ', '', '\t', '```');
    const inline = fc.constantFrom(...['a', 'ệ ', '*', '**', '_', '`', '[', ']', '](', '[a](b)', '<', '>', '\\', '\n']);
    const end = fc.constantFrom('\n', '\n\n', '  \n', '\\\n', ' ', '');
    const unit = fc
      .tuple(line, fc.array(inline, { maxLength: 4 }), end)
      .map(([start, middle, last]) => start + middle.join('') + last);
    const part = fc.tuple(fc.array(unit, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 2_000 }));
    const text = fc
      .array(part, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map(([units, times]) => units.join('').repeat(times).slice(0, 2_500)).join(''));
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        expect(await minCpuMs(() => processText(given.slice(0, limits.commentGraphemes)), maxCpuMs)).toBeLessThan(
          maxCpuMs,
        );
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['combining marks', '\u0301\u0316'.repeat(15_000)],
    ['letters', 'ệ'.repeat(20_000)],
    ['joined emoji', '👩\u200d'.repeat(9_000)],
    ['symbols', '🅰|'.repeat(9_000)],
    ['pairs of letters that look like one', 'rnvv'.repeat(5_000)],
  ])('is bounded for a name of %s', async (_, name) => {
    const bannedWords = await compileBannedWords(bannedList);
    const processName = async () => {
      const sanitized = sanitizeLine(name);
      readingsOfName(sanitized.slice(0, limits.nameBytes));
      return [hasLinkInName(sanitized, 2), findWordsInName(sanitized, bannedWords)];
    };
    expect(await minCpuMs(processName, maxCpuMs)).toBeLessThan(maxCpuMs);
  });
});

describe('the markup of long comments', () => {
  const types = (nodes: readonly CommentNode[]) => nodes.map(({ type }) => type);
  const count = (nodes: readonly CommentNode[], type: CommentNode['type']): number =>
    nodes.reduce(
      (sum, node) => sum + Number(node.type === type) + ('children' in node ? count(node.children, type) : 0),
      0,
    );

  test.each([
    ['a list of forty items', Array.from({ length: 40 }, (_, index) => `- Điều thứ ${index + 1}`).join('\n')],
    ['an ordered list of forty items', Array.from({ length: 40 }, (_, index) => `${index + 1}. Điều này`).join('\n')],
    ['a loose list of forty items', Array.from({ length: 40 }, () => '- Một điều *khá* dài').join('\n\n')],
    ['a list of a hundred short items', Array.from({ length: 100 }, () => '- một').join('\n')],
  ])('formats %s', async (_, text) => {
    const nodes = await parseMarkdown(text);
    expect(types(nodes)).toEqual(['list']);
    expect(count(nodes, 'item')).toBe(text.match(/^(?:-|\d+\.) /gm)?.length);
  });

  test('formats a comment of paragraphs, quotes, a nested list, links and code', async () => {
    const paragraph = 'Tôi **không** đồng ý với [bài này](https://paper.example/a), vì *ba* lẽ. '.repeat(4).trim();
    const quote = '> Câu thứ nhất\n> câu thứ hai\n> câu thứ ba';
    const list = '- một\n  - hai\n    - ba\n- bốn';
    const code = '```\nmã\n\nmã nữa\n```';
    const text = [paragraph, quote, paragraph, list, paragraph, code, paragraph].join('\n\n').concat(`\n\n${quote}`);
    const nodes = await parseMarkdown(text);
    expect(types(nodes)).toEqual([
      ...['paragraph', 'quote', 'paragraph', 'list', 'paragraph', 'code-block', 'paragraph', 'quote'],
    ]);
    expect([count(nodes, 'link'), count(nodes, 'strong'), count(nodes, 'item')]).toEqual([16, 16, 4]);
  });

  test('formats five thousand characters of paragraphs with emphasis and quotes', async () => {
    const text = Array.from({ length: 24 }, (_, index) => `> trích ${index}\n\n${'lời *bàn* dài '.repeat(12)}`).join(
      '\n\n',
    );
    expect(text.length).toBeGreaterThan(4_000);
    const nodes = await parseMarkdown(text);
    expect([count(nodes, 'quote'), count(nodes, 'emphasis')]).toEqual([24, 24 * 12]);
  });

  test('keeps a fence, and a list with blank lines, in one piece', async () => {
    const long = 'chữ '.repeat(150).trim();
    expect(await parseMarkdown(`\`\`\`\n${long}\n\n${long}\n\`\`\``)).toEqual([
      { type: 'code-block', value: `${long}\n\n${long}` },
    ]);
    expect(types(await parseMarkdown(`- ${long}\n\n- ${long}\n\n  ${long}`))).toEqual(['list']);
    expect(types(await parseMarkdown(`- ${long}\n\n${long}\n\n${long}`))).toEqual(['list', 'paragraph', 'paragraph']);
  });

  test('shows a text as typed that would take the parser too long', async () => {
    const text = '- a\n'.repeat(1_000).trim();
    const [paragraph, ...others] = await parseMarkdown(text);
    expect(others).toEqual([]);
    const shown = paragraph?.type === 'paragraph' ? paragraph.children : [];
    expect(shown.map((node) => (node.type === 'text' ? node.value : '\n')).join('')).toBe(text);
  });
});
