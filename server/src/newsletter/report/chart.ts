import { html } from 'hono/html';
import { reportColumns, type ReportRow } from './report.js';

const widthPx = 960;
const rowHeightPx = 28;
const barHeightPx = 5;
const labelWidthPx = 240;
const headerHeightPx = 64;
const maxLabelChars = 34;
const colours = { signups: '#9aa5b1', confirmed: '#2e7d32', left: '#b3261e', bounced: '#8e6c00' };

/** Draws a report as an SVG picture: a row for each group, with a bar for each number. */
export async function toSvg(rows: readonly ReportRow[], title: string): Promise<string> {
  const height = headerHeightPx + rows.length * rowHeightPx + 16;
  const maxCount = Math.max(1, ...rows.flatMap((row) => reportColumns.map((column) => row[column])));
  const chartWidthPx = widthPx - labelWidthPx - 80;
  const legend = reportColumns.map(
    (column, index) =>
      html`<rect x="${labelWidthPx + index * 130}" y="34" width="12" height="12" fill="${colours[column]}" /><text
          x="${labelWidthPx + index * 130 + 18}"
          y="44"
          >${column}</text
        >`,
  );
  const bars = rows.map((row, index) => {
    const top = headerHeightPx + index * rowHeightPx;
    const values = reportColumns.map((column) => row[column]);
    return html`<g
      role="listitem"
      aria-label="${row.name}: ${reportColumns.map((column) => `${column} ${row[column]}`).join(', ')}"
    >
      <text x="${labelWidthPx - 12}" y="${top + 14}" text-anchor="end">${shorten(row.name)}</text>
      ${reportColumns.map(
        (column, line) =>
          html`<rect
            x="${labelWidthPx}"
            y="${top + line * (barHeightPx + 1)}"
            width="${((row[column] / maxCount) * chartWidthPx).toFixed(1)}"
            height="${barHeightPx}"
            fill="${colours[column]}"
          />`,
      )}
      <text x="${widthPx - 8}" y="${top + 14}" text-anchor="end">${values.join(' · ')}</text>
    </g>`;
  });
  return String(
    await html`<svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox="0 0 ${widthPx} ${height}"
      width="${widthPx}"
      height="${height}"
      role="img"
      font-family="system-ui, sans-serif"
      font-size="12"
    >
      <title>${title}</title>
      <rect width="100%" height="100%" fill="#ffffff" />
      <text x="12" y="22" font-size="15" font-weight="600">${title}</text>
      ${legend}
      <g role="list">${bars}</g>
    </svg> `,
  );
}

/** Leaves the end of a long address, which tells pages apart. */
function shorten(name: string): string {
  const chars = [...name];
  return chars.length <= maxLabelChars ? name : `…${chars.slice(1 - maxLabelChars).join('')}`;
}
