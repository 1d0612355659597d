import { describe, expect, it } from 'vitest';
import { endsOf, turnDistance } from '../../../src/widgets/stories/carousel-controller.js';

const row = { visible: 700, whole: 1568, step: 264 };

describe('endsOf', () => {
  it.each([
    [0, true, false],
    [100, true, false],
    [264, false, false],
    [760, false, true],
    [868, false, true],
  ])('scrolled by %i: start %s, end %s', (left, start, end) => {
    expect(endsOf({ ...row, left })).toEqual({ start, end });
  });

  it('handles negative positions of a right-to-left row', () => {
    expect(endsOf({ ...row, left: -868 })).toEqual({ start: false, end: true });
  });

  it('returns both ends where all cards fit', () => {
    expect(endsOf({ left: 0, visible: 700, whole: 700, step: 264 })).toEqual({ start: true, end: true });
  });
});

describe('turnDistance', () => {
  it('spans the cards that are wholly visible', () => {
    expect(turnDistance({ visible: 700, step: 264 }, 16)).toBe(528);
    expect(turnDistance({ visible: 776, step: 264 }, 16)).toBe(792);
  });

  it('is one card where none is wholly visible', () => {
    expect(turnDistance({ visible: 200, step: 264 }, 16)).toBe(264);
  });
});
