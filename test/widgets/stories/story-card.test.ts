import { expect, it } from 'vitest';
import { duration } from '../../../src/widgets/stories/story-card.js';

it.each([
  [5, '0:05'],
  [245, '4:05'],
  [3729, '1:02:09'],
])('formats %i seconds as %s', (seconds, formatted) => expect(duration(seconds)).toBe(formatted));
