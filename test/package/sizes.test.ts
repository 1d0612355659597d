import { expect, test } from 'vitest';
import { weigh } from '../../bench/weigh.js';

const budgeted = weigh().filter(({ budget }) => budget);

test.each(budgeted)('$what: at most $budget bytes, compressed', ({ gzip, budget }) => {
  expect(gzip).toBeLessThanOrEqual(budget!);
});
