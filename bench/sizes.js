/** What the script tag makes a page load, as a table: `node bench/sizes.js`. Needs a build. */
import { printTable } from './table.js';
import { weigh } from './weigh.js';

printTable(
  'Bytes a page loads, compressed',
  weigh().map(({ what, files, gzip, brotli, budget }) => ({
    what,
    files: files.length,
    gzip,
    brotli,
    budget: budget ? budget.toLocaleString('en') : '',
    met: budget ? (gzip <= budget ? 'yes' : 'no') : '',
  })),
);
