/** Finds the Chromium for tests, screenshots and measurements. Imports Node's own modules only. */
import { existsSync } from 'node:fs';
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

/** Fonts with the metrics of Arial and Times New Roman, and one with Vietnamese marks. */
const fonts = ['fonts-liberation', 'fonts-dejavu-core'];
const liberation = '/usr/share/fonts/truetype/liberation';

/** Arguments for each start: no sandbox, because CI often runs as root, and no background requests. */
export const chromiumArgs = ['--no-sandbox', '--disable-background-networking'];

/** @returns {string | undefined} the path in `CHROMIUM`, else the system's Chromium */
export function findChromium() {
  const named = process.env.CHROMIUM;
  return findProgram(named ? [named] : candidates);
}

/** @returns {string} */
export function requireChromium() {
  const path = findChromium();
  if (path) return path;
  const named = process.env.CHROMIUM;
  if (named) throw new SetupError(`CHROMIUM names ${named}, which does not exist.`);
  throw new SetupError(
    'Chromium is missing. Install it (on Debian: apt-get install chromium), or name it in CHROMIUM.',
  );
}

/** Installs Chromium where none is found. */
export async function provideChromium() {
  if (process.env.CHROMIUM) requireChromium();
  else if (!findChromium()) await installDebianPackages(['chromium', ...fonts], 'Chromium');
  // A wider font wraps lines that the tests expect on one.
  else if (process.platform === 'linux' && !existsSync(liberation)) await installDebianPackages(fonts, 'A font');
}
