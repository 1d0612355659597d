const portion = 500;

/** Rows so few at a time that no statement has more parameters than the databases take. */
export function* inPortions<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += portion) yield rows.slice(start, start + portion);
}
