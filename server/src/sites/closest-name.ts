/** The share of a name that may be mistyped. */
const maxDistanceShare = 0.4;

/** Returns the name that a mistyped one is closest to. A name also matches by its last part, as in `rules.links`. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  let closest: string | undefined;
  let leastDistance = Infinity;
  for (const name of names) {
    for (const candidate of [name, name.slice(name.lastIndexOf('.') + 1)]) {
      const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
      if (distance < leastDistance && distance <= candidate.length * maxDistanceShare) {
        leastDistance = distance;
        closest = name;
      }
    }
  }
  return closest;
}

/** Counts the characters to insert, delete or replace between two words (Levenshtein distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
