import { expect, test } from 'vitest';
import { weigh } from '../../bench/weigh.js';

const held = weigh().flatMap(({ what, gzip, budget }) => (budget ? [{ what, gzip, budget }] : []));

test.each(held)('$what: at most $budget bytes, compressed', ({ gzip, budget }) => {
  expect(gzip).toBeLessThanOrEqual(budget);
});
