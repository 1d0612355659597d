import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribute } from '../../../src/widgets/comments/view/distribute.js';

interface Bin {
  items: string[];
}

describe('distribute', () => {
  const maxSize = 3;
  const into = (items: readonly string[], bins: readonly Bin[]): Bin[] => {
    const binOf = new Map(bins.flatMap((bin) => bin.items.map((item) => [item, bin])));
    return distribute(
      items,
      (item) => binOf.get(item),
      () => ({ items: [] }),
      () => 1,
      maxSize,
    );
  };
  const letters = [...'abcdefghijklmnop'];

  it('keeps the order of any list after any other', () => {
    const lists = fc.array(fc.shuffledSubarray(letters), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, (orders) => {
        let bins: Bin[] = [];
        for (const order of orders) {
          bins = into(order, bins);
          expect(bins.flatMap(({ items }) => items)).toEqual(order);
          expect(bins.every(({ items }) => items.length > 0)).toBe(true);
        }
      }),
    );
  });

  it('keeps items in their bins when a list grows at either end', () => {
    const parts = fc.tuple(fc.subarray(letters), fc.nat(4), fc.nat(4));
    fc.assert(
      fc.property(parts, ([list, before, after]) => {
        const bins = into(list, []);
        const contents = new Map(bins.map((bin) => [bin, [...bin.items]]));
        const prefix = Array.from({ length: before }, (_, index) => `before${index}`);
        const suffix = Array.from({ length: after }, (_, index) => `after${index}`);
        const grown = into([...prefix, ...list, ...suffix], bins);
        for (const [bin, items] of contents)
          expect(grown.find((other) => other === bin)?.items).toEqual(expect.arrayContaining(items));
        expect(Math.max(0, ...grown.map(({ items }) => items.length))).toBeLessThanOrEqual(maxSize);
      }),
    );
  });
});
