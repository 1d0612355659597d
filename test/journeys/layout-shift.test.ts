import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { pageStates } from '../../scripts/page-states.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { shiftIn } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('nothing on the demo moves that the reader did not move', () => {
  const widths = [360, 1280];
  // Each waits more than it works. Browsers forgive what follows an act within half a second: where other work holds both
  // cores for longer, what the act set off comes too late once, but not twice.
  test.concurrent.for(pageStates.flatMap((state) => widths.map((width) => ({ state, width, name: state.name }))))(
    '$name, $width px wide',
    { retry: 1 },
    async ({ state, width }, { expect }) => {
      const { shift, moved } = await shiftIn(browser, server.url, state, width);
      expect({ shift: shift.toFixed(3), moved: shift >= 0.0005 ? moved : [] }).toEqual({ shift: '0.000', moved: [] });
    },
  );
});
