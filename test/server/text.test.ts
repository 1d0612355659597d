import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../server/src/comments/writing/markdown.js';
import { hasMoreGraphemes, sanitizeLine, sanitizeText } from '../../server/src/text.js';
import type { CommentNode } from '../../src/contract/types.js';

describe('sanitizing text', () => {
  test('composes to NFC, so that two spellings of a word are equal', () => {
    expect(sanitizeText('Tiê\u0301ng Viê\u0323t')).toBe('Tiếng Việt'.normalize('NFC'));
  });

  test('removes direction controls, invisible characters and stacked marks', () => {
    expect(sanitizeText('a\u202Eb\u2066c\u200Bd\u0000')).toBe('abcd');
    expect([...sanitizeText(`a${'\u0301'.repeat(500)}`).normalize('NFD')].length).toBeLessThan(8);
  });

  test('keeps joiners of emoji and scripts', () => {
    expect(sanitizeText('👩‍👩‍👧')).toBe('👩‍👩‍👧');
  });

  test('joins lines by sanitizeLine', () => {
    expect(sanitizeLine(' Lan \n  Anh ')).toBe('Lan Anh');
  });

  test('counts graphemes as perceived characters', () => {
    expect(hasMoreGraphemes('👩‍👩‍👧👩‍👩‍👧', 2)).toBe(false);
    expect(hasMoreGraphemes('👩‍👩‍👧👩‍👩‍👧a', 2)).toBe(true);
  });

  test('composes what invisible characters have kept apart', () => {
    expect(sanitizeText('e\u200B\u0301 a\u00AD\u0306\u2060\u0301 o\u202E\u031B')).toBe('\u00E9 \u1EAF \u01A1');
  });

  test('keeps the tag characters of flags, and removes those that hide a text', () => {
    const england = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';
    expect(sanitizeText(`cờ ${england}`)).toBe(`cờ ${england}`);
    const hidden = '\u{E0068}\u{E0069}';
    for (const text of [`a${hidden}`, `\u{1F600}${hidden}\u{E007F}`, `\u{1F3F4}${hidden}`])
      expect(sanitizeText(text)).toBe(text.replaceAll(/[\u{E0000}-\u{E007F}]/gu, ''));
  });

  test('is idempotent, and composed', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        'e',
        'ơ',
        '\u0301',
        '\u0323',
        '\u031B',
        '\u200B',
        '\u202E',
        '\u00AD',
        '\r',
        '\u{1F3F4}',
        '\u{E0067}',
      ),
      fc.constantFrom('\u{E007F}', '\u0958', '\u1100', '\u1161', '\u09C7', '\u09BE', '\u200D', '\u0000'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const text = sanitizeText(units.join(''));
        expect(sanitizeText(text)).toBe(text);
        expect(text.normalize('NFC')).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

const textOf = (nodes: readonly CommentNode[]): string =>
  nodes.map((node) => ('value' in node ? node.value : 'children' in node ? textOf(node.children) : '\n')).join('');
const linksOf = (nodes: readonly CommentNode[]): string[] =>
  nodes.flatMap((node) =>
    'children' in node ? [...(node.type === 'link' ? [node.href] : []), ...linksOf(node.children)] : [],
  );

describe('the markdown of comments', () => {
  test.each([
    ['plain text', 'Hay quá', [{ type: 'paragraph', children: [{ type: 'text', value: 'Hay quá' }] }]],
    [
      'a line break',
      'a\nb',
      [
        {
          type: 'paragraph',
          children: [{ type: 'text', value: 'a' }, { type: 'break' }, { type: 'text', value: 'b' }],
        },
      ],
    ],
    [
      'a quote',
      '> a',
      [{ type: 'quote', children: [{ type: 'paragraph', children: [{ type: 'text', value: 'a' }] }] }],
    ],
    ['code', '`a*b*`', [{ type: 'paragraph', children: [{ type: 'code', value: 'a*b*' }] }]],
    ['a block of code', '```\n<b>\n```', [{ type: 'code-block', value: '<b>' }]],
    [
      'a list',
      '- a\n- b',
      [
        {
          type: 'list',
          ordered: false,
          children: ['a', 'b'].map((value) => ({
            type: 'item',
            children: [{ type: 'paragraph', children: [{ type: 'text', value }] }],
          })),
        },
      ],
    ],
    [
      'a link',
      '[a](https://x.example/)',
      [
        {
          type: 'paragraph',
          children: [{ type: 'link', href: 'https://x.example/', children: [{ type: 'text', value: 'a' }] }],
        },
      ],
    ],
    [
      'a link that shows nothing',
      '[ ](https://x.example/)',
      [
        {
          type: 'paragraph',
          children: [
            { type: 'link', href: 'https://x.example/', children: [{ type: 'text', value: 'https://x.example/' }] },
          ],
        },
      ],
    ],
    [
      'an address that poses as another',
      '[a](https://bank.example@x.example/)',
      [{ type: 'paragraph', children: [{ type: 'text', value: 'a' }] }],
    ],
    [
      'a bare address, without the full stop',
      'Xem https://x.example/a.',
      [
        {
          type: 'paragraph',
          children: [
            { type: 'text', value: 'Xem ' },
            { type: 'link', href: 'https://x.example/a', children: [{ type: 'text', value: 'https://x.example/a' }] },
            { type: 'text', value: '.' },
          ],
        },
      ],
    ],
  ])('%s', async (_, source, nodes) => expect(await parseMarkdown(source)).toEqual(nodes));

  test.each([
    '# Not a heading',
    '<b>bold</b> <img src=x onerror=alert(1)>',
    '![image](https://x.example/a.png)',
    '    four spaces',
    'a &amp; b',
  ])('keeps unsupported syntax as readable text: %s', async (source) => {
    const nodes = await parseMarkdown(source);
    expect(nodes.map(({ type }) => type)).toEqual(['paragraph']);
    expect(textOf(nodes).length).toBeGreaterThan(0);
  });

  test('parses Latin text equally by the fast and the slow path', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0xae, max: 0x24f }),
      fc.integer({ min: 0x1e00, max: 0x1eff }),
      fc.integer({ min: 0x2010, max: 0x2027 }),
    );
    fc.assert(
      fc.property(fc.array(unit), (codes) => {
        const text = String.fromCodePoint(...codes);
        expect(sanitizeText(text)).toBe(sanitizeText(`${text}中`.replace(/\s+中$/, '中')).slice(0, -1));
      }),
    );
  });

  test('keeps HTML as literal text', async () => {
    expect(textOf(await parseMarkdown('<b>a</b> & <script>x</script>'))).toBe('<b>a</b> & <script>x</script>');
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//x.example',
    '/path',
    '',
  ])('renders a link to %s as text', async (href) => {
    expect(linksOf(await parseMarkdown(`[a](<${href}>)`))).toEqual([]);
  });

  test('keeps all text around links, and links http, https and mailto only', async () => {
    const unit = fc.constantFrom(
      'a',
      'ệ',
      '*',
      '_',
      '`',
      '>',
      '\n',
      ' ',
      '[',
      ']',
      '(',
      ')',
      'https://x.example/',
      'javascript:',
      '<',
      '>',
      '- ',
      '\\',
      '#',
      '!',
      'mailto:a@b.example',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 40 }), async (units) => {
        const nodes = await parseMarkdown(sanitizeText(`${units.join('')}\n\na`));
        for (const href of linksOf(nodes)) expect(href).toMatch(/^(https?|mailto):/);
        expect(JSON.stringify(nodes)).not.toContain('undefined');
      }),
    );
  });

  test.each(['[', '*', '> ', '`', '- ', '![](', '<', '\\', 'https://', '**a', '1. '])(
    'parses a long text of %s only',
    async (piece) => {
      const nodes = await parseMarkdown(piece.repeat(20_000 / piece.length));
      expect(JSON.stringify(nodes).length).toBeGreaterThan(2);
    },
  );
});
