import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBannedWords } from '../../server/src/comments/rules/banned-words.js';
import { foldName, holdsPhrase, isSameName, readingsOfName } from '../../server/src/readers/look-alike.js';
import { sanitizeLine } from '../../server/src/text.js';
import { minCpuMs } from './cpu.js';

/** Unicode's table of confusable characters: each with its prototype. */
const prototypes = createRequire(import.meta.url)('unhomoglyph/data.json') as Record<string, string>;
const smallCapitals = 'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ';
const smallCapitalOf = (letter: string) => smallCapitals['abcdefghijklmnopqrstuvwyz'.indexOf(letter)];

/** Letters that the table takes for a letter of ASCII, for its capital, or for one whose capital is taken for it. */
function confusablesOf(letter: string): string[] {
  const shapes = [letter, letter.toUpperCase()].map((form) => prototypes[form] ?? form);
  const alike = Object.keys(prototypes).filter((each) => shapes.includes(prototypes[each]!));
  const otherCase = alike.map((each) => each.toLowerCase()).filter((each) => each > '\x7f' && !(each in prototypes));
  return [...new Set([...alike, ...otherCase, smallCapitalOf(letter)].filter((each) => each !== undefined))];
}

const confusables = new Map([...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [letter, confusablesOf(letter)]));

/** Replaces at least one letter of a text by letters that look like it, and keeps the marks. */
function disguised(text: string) {
  const characters = [...text.normalize('NFD')];
  const places = characters.flatMap((each, at) => (confusables.get(each.toLowerCase())?.length ? [at] : []));
  return fc
    .array(fc.tuple(fc.constantFrom(...places), fc.nat()), { minLength: 1, maxLength: 4 })
    .map((replacements) => {
      const copy = [...characters];
      for (const [at, seed] of replacements) {
        const alike = confusables.get(characters[at]!.toLowerCase())!;
        copy[at] = alike[seed % alike.length]!;
      }
      return copy.join('').normalize('NFC');
    });
}

const reserved = [
  'Admin',
  'Moderator',
  'Webmaster',
  'Official',
  'Biên tập',
  'Tòa soạn',
  'Quản trị',
  'The Paper',
  'BBT',
];
const isReserved = (name: string, phrase: string) =>
  readingsOfName(sanitizeLine(name)).some((reading) => holdsPhrase(reading, foldName(phrase), 'own-or-none'));

describe('names with look-alike letters', () => {
  test.each([
    ...['Adмin', 'Adμin', 'Admiν', 'ᴀᴅᴍɪɴ', 'Αdmin', 'АДМIN'.replace('Д', 'D'), 'Adrnin', 'Admin|', '🅰🅳🅼🅸🅽', 'Ⓐⓓⓜⓘⓝ'],
    ...['🇦🇩🇲🇮🇳', 'ꓮꓓꓟꓲꓠ', 'A̶d̶m̶i̶n̶', 'Admin™', 'Admin①'.replace('①', ' ①')],
  ])('are refused: %s', (name) => {
    expect(isReserved(name, 'Admin')).toBe(true);
  });

  test.each([
    ['вiên tập', 'Biên tập'],
    ['Biên tậр', 'Biên tập'],
    ['тhе рареr', 'The Paper'],
    ['Đ̶iều hành', 'Điều hành'],
    ['D̵iều hành', 'Điều hành'],
    ['Điều̲ hành', 'Điều hành'],
    ['Пpaвдa', 'Правда'],
  ])('are refused: %s for %s', (name, phrase) => {
    expect(isReserved(name, phrase)).toBe(true);
  });

  test('are refused, whichever letters of a reserved name are replaced', () => {
    const name = fc.constantFrom(...reserved).chain((phrase) => fc.tuple(fc.constant(phrase), disguised(phrase)));
    fc.assert(
      fc.property(name, ([phrase, given]) => {
        expect([given, isReserved(given, phrase)]).toEqual([given, true]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('are refused for each letter and each of its look-alikes', () => {
    const passed = [...confusables].flatMap(([letter, alike]) =>
      alike.filter((each) => !isReserved(`xyz${each}xyz`, `xyz${letter}xyz`)).map((each) => `${letter} ${each}`),
    );
    expect(passed).toEqual([]);
  });

  test('are other names with another tone', () => {
    const tones = ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'];
    const syllable = fc.constantFrom('Văn', 'Hoa', 'Tâm', 'Lân', 'Hương', 'Thu', 'Đưc', 'Yên', 'Ôn', 'Nghi');
    const toned = (base: string, tone: string) =>
      base.replace(/[aâăeêioôơuưy]/i, (vowel) => vowel + tone).normalize('NFC');
    const name = fc.array(fc.tuple(syllable, fc.constantFrom(...tones)), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom(...tones), (syllables, place, tone) => {
        const at = place % syllables.length;
        const spell = (all: typeof syllables) => all.map(([base, own]) => toned(base, own)).join(' ');
        const other = spell(syllables.map(([base, own], index) => [base, index === at ? tone : own]));
        const [a, b] = [foldName(spell(syllables)), foldName(other)];
        expect(isSameName(a, b, 'own')).toBe(syllables[at]![1] === tone);
      }),
    );
  });

  test.each([
    ...[
      'Иван Петров',
      'Анна',
      'Вова',
      'Ростов',
      'Модест',
      'Νίκος',
      'Μαρία',
      'Αδάμ',
      'אדם',
      'สมชาย',
      'محمد',
      '관리자',
      'José',
    ],
    ...['Nguyễn Văn Hòa', 'Đặng Bá', 'Arnold', 'Nguyễn 🇻🇳', 'O’Brien', 'Łukasz', 'Søren'],
  ])('stay free: %s', (name) => {
    for (const phrase of reserved) expect([phrase, isReserved(name, phrase)]).toEqual([phrase, false]);
  });
});

describe('banned words in look-alike letters', () => {
  const list = ['đánh bạc', 'cờ bạc', 'lừa đảo', 'lồn', 'xo so', 'casino', 'ho'];

  test.each([
    ...['đánһ bạс', 'd̵ánh bạc', 'đánh̲ bạc', 'đ̶á̶n̶h̶ b̶ạ̶c̶', 'đáńh bạc', 'Đάnh bạc'.replace('ά', 'α\u0301'), 'đánh вạс'],
    ...['đ.á.n.һ b.ạ.с', '𝐝̵𝐚́𝐧𝐡 𝐛𝐚̣𝐜', 'đánh bạc™', 'đánh|bạc', '|đánh bạc|', 'danһ bас'],
    ...['cờ̉ bạc', 'cờ\u3164bạc', 'c̣ờ b̂ạc'],
    ...['Iừa đảo', 'Iua dao', '1ừa đảo', '|ừa đảo', 'łừa đảo', 'ӏừa đảo', 'lừa đả0', 'LừA ĐẢО', 'lừа đảо', 'ʟừᴀ đảᴏ'],
    ...['хо ѕо', 'xо ѕo', 'XO SO', 'cаsino', 'саsіnо', 'ᴄᴀsɪɴᴏ', 'cas1no', 'casin0', 'CASlNO', 'c̲a̲s̲i̲n̲o̲', '🅲🅰🆂🅸🅽🅾'],
  ])('are found: %s', async (text) => {
    expect(await findBannedWords(`Chơi ${text} nhé`, list)).toHaveLength(1);
  });

  test.each([
    ...[
      'đánh bạt gió',
      'lụa đào',
      'dánh bạc',
      'Inh ỏi',
      'là lạ',
      'hò',
      'In ấn',
      'cảsino',
      'pin Lithium-Ion',
      'PIN ION',
    ],
    ...[
      'Но как же так? Хо-хо, это сон, но не весь.',
      'Нет, но я рад',
      'Привет, хо ѕо',
      'Όχι, ο κόσμος όμως αλλάζει',
      'но',
    ],
    ...['Сегодня в 5G-сети iPhone 15', 'COVID19 và B1', 'Đ1', '10 00', '🇻🇳🇻🇳 tuyệt vời', 'São Tomé, Łódź, Straße'],
  ])('are not found: %s', async (text) => {
    expect(await findBannedWords(text, list)).toEqual([]);
  });

  test('of a Russian list are found with Latin letters, and not in texts of Latin letters', async () => {
    expect(await findBannedWords('лучшее кaзино', ['казино', 'но'])).toEqual(['казино']);
    expect(await findBannedWords('ho ho ho', ['казино', 'но'])).toEqual([]);
  });

  test('are found whichever letters are replaced, beside letters of Vietnamese', async () => {
    const entry = fc.constantFrom('đánh bạc', 'cá độ bóng đá', 'tín dụng đen', 'xổ số miền nam');
    await fc.assert(
      fc.asyncProperty(
        entry.chain((phrase) => fc.tuple(fc.constant(phrase), disguised(phrase))),
        async ([phrase, given]) => {
          expect([given, await findBannedWords(`Mời bạn ${given}, nhanh lên`, [phrase])]).toEqual([given, [phrase]]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['letters of other scripts', 'đánһ bạс '],
    ['symbols', '🅰|× '],
    ['letters and digits', 'l1ừ0a '],
    ['overlays', 'd̵á̶ '],
    ['a word of letters and digits', 'a1'],
    ['letters of which each looks like two', 'νηυіӏ'],
  ])('take bounded work for %s', async (_, piece) => {
    const text = piece.repeat(20_000 / Buffer.byteLength(piece));
    expect(await minCpuMs(() => findBannedWords(text, list), 50)).toBeLessThan(50);
  });
});
