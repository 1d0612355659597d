import { dayMs, type EpochMs } from '../../time.js';
const zScore95 = 1.96;
/** Bonus per day of creation time, on the scale of the Wilson bound (0 to 1). */
const recencyPerDay = 0.02;

/**
 * Returns the sort value of `best`: the lower bound of the Wilson score interval at 95 %, which ranks 9 of 10 above 1
 * of 1, plus a term by time of creation. The term is never relative to now, so stored scores stay valid.
 *
 * @see Edwin B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927
 */
export function bestScore(up: number, down: number, createdAt: EpochMs): number {
  return wilsonLowerBound(up, up + down) + (createdAt / dayMs) * recencyPerDay;
}

function wilsonLowerBound(positive: number, total: number): number {
  if (total === 0) return 0;
  const share = positive / total;
  const spread = zScore95 * Math.sqrt((share * (1 - share) + (zScore95 * zScore95) / (4 * total)) / total);
  return (share + (zScore95 * zScore95) / (2 * total) - spread) / (1 + (zScore95 * zScore95) / total);
}
