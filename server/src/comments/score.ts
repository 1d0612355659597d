const z = 1.96;
/** How much one day of youth is worth, on the scale of Wilson's bound (0 to 1). */
const perDay = 0.02;
const dayMillis = 86_400_000;

/**
 * What `best` sorts by: the lower bound of Wilson's score interval at 95 %, so that 9 of 10 stands above 1 of 1, and
 * a term by the time of creation (never relative to now, so that a stored score does not go stale).
 *
 * @see Edwin B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927
 */
export function bestScore(up: number, down: number, createdAt: number): number {
  return wilsonLowerBound(up, up + down) + (createdAt / dayMillis) * perDay;
}

function wilsonLowerBound(positive: number, total: number): number {
  if (total === 0) return 0;
  const share = positive / total;
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * total)) / total);
  return (share + (z * z) / (2 * total) - spread) / (1 + (z * z) / total);
}
