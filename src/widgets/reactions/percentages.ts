/** Returns whole percentages that add up to 100 (largest remainder method). All zeros stay zeros. */
export function percentages(counts: readonly number[]): number[] {
  const total = sum(counts);
  if (!total) return counts.map(() => 0);
  const exact = counts.map((count) => (count * 100) / total);
  const whole = exact.map(Math.floor);
  let missing = 100 - sum(whole);
  const remainder = (index: number) => exact[index]! - whole[index]!;
  const byRemainder = [...counts.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const index of byRemainder) if (missing-- > 0) whole[index]!++;
  return whole;
}

/** Adds by a loop: some host pages replace `Array.prototype.reduce` by another function. */
function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
