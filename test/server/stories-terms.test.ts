import { describe, expect, test } from 'vitest';
import { likeness, termsOf, termWeights } from '../../server/src/stories/terms.js';

const headlines = [
  'Bến phà Cát Lái sắp có cầu thay thế',
  'Cầu Cát Lái: ba phương án thay bến phà',
  'BEN PHA CAT LAI qua ảnh cũ',
  'Đội tuyển thắng trận thứ ba',
  'Chợ nổi họp sớm hơn vì nắng',
  'Hoà nhạc bên hồ mở cửa miễn phí',
  'Đêm hòa nhạc đầu tiên của đội kèn',
];
const terms = headlines.map((title) => termsOf(title, null));
const weights = termWeights(terms);
const between = (a: number, b: number) => likeness(terms[a] ?? new Map(), terms[b] ?? new Map(), weights);

describe('what two headlines share', () => {
  test('is everything with oneself, and nothing with a stranger', () => {
    expect(between(0, 0)).toBe(1);
    expect(between(3, 4)).toBe(0);
  });

  test('is more with the same subject than with the same small words', () => {
    expect(between(0, 1)).toBeGreaterThan(between(0, 3));
    expect(between(0, 1)).toBeGreaterThan(0.1);
  });

  test('is found without marks, and whichever vowel carries them', () => {
    expect(between(2, 0)).toBeGreaterThan(0.1);
    expect(between(5, 6)).toBeGreaterThan(0.05);
  });

  test('is the same for composed and decomposed text', () => {
    expect(termsOf('Đường về'.normalize('NFD'), null)).toEqual(termsOf('đường VỀ', null));
    expect([...termsOf('Đường về', null).keys()]).toEqual(['đường', 'duong ve', 'về']);
  });

  test('counts a summary less than a headline', () => {
    const [inTitle, inSummary] = [termsOf('bến phà', null), termsOf('', 'bến phà')];
    expect(inTitle.get('ben pha')).toBe(2 * (inSummary.get('ben pha') ?? NaN));
  });

  test('is nothing where every story has it', () => {
    const all = Array.from({ length: 20 }, (_, index) => termsOf(`theo báo mới số ${index}`, null));
    expect(termWeights(all).get('bao moi')).toBe(0);
    expect(likeness(new Map(), new Map(), new Map())).toBe(0);
  });
});
