/** Installs the packages of the lock file. Imports Node's own modules only. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNpm, SetupError } from './commands.js';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage */

/** Runs `npm ci`, unless all packages of the lock file are installed. */
export async function installPackages() {
  if (isInstalled()) return;
  console.log('Installing packages …');
  // Playwright would download a browser; the system's is used instead.
  process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
  const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new SetupError('npm ci failed: see above. Is the package registry within reach?');
}

/** Compares the lock file with the copy that npm writes into `node_modules` after a complete installation. */
function isInstalled() {
  const listing = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(listing)) return false;
  const installed = lockedPackages(listing);
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(([path, locked]) => {
    // Workspaces are links; optional packages of other platforms are not installed.
    if (!path.startsWith('node_modules/') || locked.link || locked.optional) return true;
    const found = installed[path];
    return found?.version === locked.version && found?.integrity === locked.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
