/** Finds the Chromium that tests, screenshots and measurements drive. Needs nothing installed. */
import { findProgram, installDebianPackages, SetupError } from './commands.js';

const candidates = [
  '/usr/bin/chromium',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** What every run of it is given: no sandbox, because CI is often root, and no calls home. */
export const chromiumArgs = ['--no-sandbox', '--disable-background-networking'];

/** @returns {string | undefined} the path that `CHROMIUM` names, else the system's own */
export function findChromium() {
  const named = process.env.CHROMIUM;
  return findProgram(named ? [named] : candidates);
}

/** @returns {string} */
export function requireChromium() {
  const path = findChromium();
  if (path) return path;
  const named = process.env.CHROMIUM;
  if (named) throw new SetupError(`CHROMIUM names ${named}, which is not there.`);
  throw new SetupError(
    'Chromium is missing. Install it (on Debian: apt-get install chromium), or name it in CHROMIUM.',
  );
}

/** Makes sure there is one. */
export async function provideChromium() {
  if (process.env.CHROMIUM) requireChromium();
  else if (!findChromium()) await installDebianPackages(['chromium', 'fonts-dejavu-core'], 'Chromium');
}
