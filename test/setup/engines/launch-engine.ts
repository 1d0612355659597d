import { launchChromium } from './chromium-engine.js';
import type { Engine, EngineName } from './engine-page.js';
import { launchFirefox } from './firefox-engine.js';
import { launchWebKit } from './webkit-engine.js';

/** Starts each engine. Firefox and WebKit resolve to undefined where they are not installed. */
export const launchEngine: Record<EngineName, () => Promise<Engine | undefined>> = {
  chromium: launchChromium,
  firefox: launchFirefox,
  webkit: launchWebKit,
};
