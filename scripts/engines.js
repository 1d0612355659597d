/**
 * Finds the engines beside Chromium that widgets are tested in: Firefox, and WebKitGTK with its driver and a display.
 * Imports Node's own modules only.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { findProgram, installDebianPackages, SetupError } from './commands.js';

/**
 * @typedef {{ driver: string, browser: string, display: string }} WebKitPrograms
 * @typedef {{ output: () => Promise<string>, stop: () => Promise<void> }} Program
 */

const libraries = '/usr/lib';

/** Installs Firefox and WebKitGTK where they are missing. Says so where they cannot be had: their tests are skipped then. */
export async function provideEngines() {
  const packages = [
    ...(findFirefox() ? [] : ['firefox-esr']),
    ...(findWebKit() ? [] : ['webkit2gtk-driver', 'xvfb', 'dbus']),
  ];
  if (packages.length === 0) return;
  try {
    await installDebianPackages(packages, packages.length > 1 ? 'An engine' : 'Firefox');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(`${error.message} Its tests are skipped.`);
  }
}

/** @returns {string | undefined} the path in `FIREFOX`, else the system's Firefox */
export function findFirefox() {
  const named = process.env.FIREFOX;
  return findProgram(named ? [named] : ['firefox-esr', 'firefox']);
}

/** @returns {WebKitPrograms | undefined} */
export function findWebKit() {
  const driver = findProgram(['WebKitWebDriver']);
  const browser = findProgram(miniBrowsers());
  const display = findProgram(['Xvfb']);
  return driver && browser && display ? { driver, browser, display } : undefined;
}

/** Returns the places of WebKitGTK's browser: beside the library, for each architecture and version. */
function miniBrowsers() {
  const folders = list(libraries).map((name) => `${libraries}/${name}`);
  return folders.flatMap((folder) =>
    list(folder)
      .filter((name) => /^webkit2?gtk-/.test(name))
      .map((name) => `${folder}/${name}/MiniBrowser`),
  );
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    // Not a folder, or none on this system.
    return [];
  }
}

/**
 * Starts WebKit's WebDriver on a display of its own.
 *
 * @param {WebKitPrograms} programs
 * @param {number} port of the driver
 */
export async function startWebKitDriver({ driver, display }, port) {
  const screen = startProgram(display, ['-displayfd', '1', '-screen', '0', '1400x1200x24', '-nolisten', 'tcp']);
  const DISPLAY = `:${(await screen.output()).trim()}`;
  const service = startProgram(driver, ['--host=127.0.0.1', `--port=${port}`], { DISPLAY });
  return {
    /** Ends the driver, and by the display the browsers that it has started. */
    async stop() {
      await service.stop();
      await screen.stop();
    },
  };
}

/**
 * Starts a program that ends with this process, however this process ends.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Program}
 */
function startProgram(program, args, env = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    output: () =>
      new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => reject(new Error(`${program} ended.`)));
        child.stdout.once('data', (text) => resolve(String(text)));
      }),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
