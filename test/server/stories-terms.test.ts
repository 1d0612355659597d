import { describe, expect, test } from 'vitest';
import { inverseDocumentFrequencies, similarity, termsOf } from '../../server/src/stories/related/terms.js';

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
const weights = inverseDocumentFrequencies(terms);
const between = (a: number, b: number) => similarity(terms[a] ?? new Map(), terms[b] ?? new Map(), weights);

describe('term similarity', () => {
  test('is 1 for equal texts and 0 for unrelated ones', () => {
    expect(between(0, 0)).toBe(1);
    expect(between(3, 4)).toBe(0);
  });

  test('weighs shared subjects above shared stop words', () => {
    expect(between(0, 1)).toBeGreaterThan(between(0, 3));
    expect(between(0, 1)).toBeGreaterThan(0.1);
  });

  test('ignores marks and their position', () => {
    expect(between(2, 0)).toBeGreaterThan(0.1);
    expect(between(5, 6)).toBeGreaterThan(0.05);
  });

  test('is equal for composed and decomposed text', () => {
    expect(termsOf('Đường về'.normalize('NFD'), null)).toEqual(termsOf('đường VỀ', null));
    expect([...termsOf('Đường về', null).keys()]).toEqual(['đường', 'duong ve', 'về']);
  });

  test('weighs a summary below a headline', () => {
    const [inTitle, inSummary] = [termsOf('bến phà', null), termsOf('', 'bến phà')];
    expect(inTitle.get('ben pha')).toBe(2 * (inSummary.get('ben pha') ?? NaN));
  });

  test('is 0 for terms that every story has', () => {
    const all = Array.from({ length: 20 }, (_, index) => termsOf(`theo báo mới số ${index}`, null));
    expect(inverseDocumentFrequencies(all).get('bao moi')).toBe(0);
    expect(similarity(new Map(), new Map(), new Map())).toBe(0);
  });
});
