/**
 * Prints rows as a Markdown table, numbers aligned to the right.
 *
 * @param {string} title
 * @param {Record<string, string | number>[]} rows all with the same keys, the head of the table
 */
export function printTable(title, rows) {
  const head = Object.keys(rows[0] ?? {});
  const lines = [head, ...rows.map((row) => head.map((name) => formatted(row[name])))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isNumber = head.map((name) => rows.every((row) => typeof row[name] === 'number'));
  const printed = lines.map(
    (line) =>
      `| ${line.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`,
  );
  const rule = `|${widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  console.log(`\n${title}\n\n${[printed[0], rule, ...printed.slice(1)].join('\n')}`);
}

/** @param {string | number | undefined} value */
function formatted(value) {
  return typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : (value ?? '');
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
