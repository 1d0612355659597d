import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentages } from '../../../src/widgets/reactions/percentages.js';

const counts = fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1, maxLength: 12 });

describe('percentages', () => {
  test('add up to 100 whenever anybody has taken part', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const sum = percentages(given).reduce((a, b) => a + b, 0);
        expect(sum).toBe(given.some((count) => count > 0) ? 100 : 0);
      }),
    );
  });

  test('are whole, less than one away from the exact share, and never out of order', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const total = given.reduce((a, b) => a + b, 0);
        const shares = percentages(given);
        shares.forEach((share, index) => {
          expect(Number.isInteger(share)).toBe(true);
          if (total) expect(Math.abs(share - (given[index]! * 100) / total)).toBeLessThan(1);
          given.forEach((count, other) => {
            if (count > given[index]!) expect(shares[other]).toBeGreaterThanOrEqual(share);
          });
        });
      }),
    );
  });

  test.each([
    [
      [1, 1, 1],
      [34, 33, 33],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [1203, 418, 95, 37],
      [69, 24, 5, 2],
    ],
  ])('of %j are %j', (given, expected) => expect(percentages(given)).toEqual(expected));
});
