/**
 * Prints what the script tag makes a page load: the built files, and visits of a page in Chromium. `node bench/sizes.js`
 * needs a build and Chromium.
 */
import { launchBrowser } from '../test/setup/launch-browser.js';
import { startServer } from '../test/setup/start-server.js';
import { allWidgets, reactionsAlone, visitPage, weighVisits } from './idle-page.js';
import { printTable } from './table.js';
import { weigh } from './weigh.js';

/** @param {{ gzip: number, budget?: number | undefined }} weight */
const judged = ({ gzip, budget }) => ({
  budget: budget ? budget.toLocaleString('en') : '',
  met: budget ? (gzip <= budget ? 'yes' : 'no') : '',
});

printTable(
  'Bytes of the built files, compressed',
  weigh().map(({ files, budget, ...weight }) => ({
    ...weight,
    files: files.length,
    ...judged({ ...weight, budget }),
  })),
);

const [browser, server] = await Promise.all([launchBrowser(), startServer({ env: { AFTERWORD_LOG: 'warn' } })]);
try {
  const [all, poll] = await Promise.all([
    visitPage(browser, server.url, allWidgets, { story: `${server.url}/` }),
    visitPage(browser, server.url, reactionsAlone, { story: 'reactions-alone' }),
  ]);
  printTable(
    'Bytes of the scripts of one visit, gzip',
    weighVisits(all, poll).map((weight) => ({ ...weight, ...judged(weight) })),
  );
} finally {
  await browser.close();
  await server.stop();
}
