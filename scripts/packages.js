/** Brings `node_modules` to what the lock file says. Needs nothing installed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNpm, SetupError } from './commands.js';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage */

/** Runs `npm ci` unless everything the lock file names is there already. */
export async function installPackages() {
  if (isInstalled()) return;
  console.log('Installing packages …');
  // Playwright and others may fetch a browser of their own when they are installed; the system's is used instead.
  process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
  const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new SetupError('npm ci failed: see above. Is the package registry within reach?');
}

/** Compares the lock file with the list that npm leaves in `node_modules` once it has finished. */
function isInstalled() {
  const listing = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(listing)) return false;
  const installed = lockedPackages(listing);
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(([path, locked]) => {
    // Workspaces are links, and what belongs to another platform is left out by npm.
    if (!path.startsWith('node_modules/') || locked.link || locked.optional) return true;
    const there = installed[path];
    return there?.version === locked.version && there?.integrity === locked.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
