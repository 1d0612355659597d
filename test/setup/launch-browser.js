import { chromium } from 'playwright';
import { chromiumArgs, requireChromium } from '../../scripts/chromium.js';

/**
 * Starts the system's Chromium without a window.
 *
 * @param {import('playwright').LaunchOptions} [options]
 * @returns {Promise<import('playwright').Browser>}
 */
export function launchBrowser(options = {}) {
  return chromium.launch({
    executablePath: requireChromium(),
    ...options,
    args: [...chromiumArgs, ...(options.args ?? [])],
  });
}
