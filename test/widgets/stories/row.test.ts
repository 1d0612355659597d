import { describe, expect, it } from 'vitest';
import { endsOf } from '../../../src/widgets/stories/row.js';
import { clock } from '../../../src/widgets/stories/story-card.js';
import { turn } from '../../../src/widgets/stories/turn.js';

const row = { visible: 700, whole: 1568, step: 264 };

describe('the ends of a row', () => {
  it.each([
    [0, true, false],
    [100, true, false],
    [264, false, false],
    [760, false, true],
    [868, false, true],
  ])('at %i: start %s, end %s', (left, start, end) => {
    expect(endsOf({ ...row, left })).toEqual({ start, end });
  });

  it('counts downwards from right to left', () => {
    expect(endsOf({ ...row, left: -868 })).toEqual({ start: false, end: true });
  });

  it('is both where everything fits', () => {
    expect(endsOf({ left: 0, visible: 700, whole: 700, step: 264 })).toEqual({ start: true, end: true });
  });
});

describe('a turn', () => {
  it('goes as far as cards are wholly visible', () => {
    expect(turn({ visible: 700, step: 264 }, 16)).toBe(528);
    expect(turn({ visible: 776, step: 264 }, 16)).toBe(792);
  });

  it('goes one card where none is', () => {
    expect(turn({ visible: 200, step: 264 }, 16)).toBe(264);
  });
});

describe('a duration', () => {
  it.each([
    [5, '0:05'],
    [245, '4:05'],
    [3729, '1:02:09'],
  ])('%i seconds are %s', (seconds, told) => expect(clock(seconds)).toBe(told));
});
