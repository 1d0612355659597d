/**
 * Measures the demo page: `node bench/page.js [--runs 5] [--cpu 4]`. Layout shift in every state and width, requests, bytes,
 * and the time until the first widget is usable. Needs a build and Chromium; see bench/README.md.
 */
import { parseArgs } from 'node:util';
import { pageStates } from '../scripts/page-states.js';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { readThrough, shiftIn } from '../test/setup/layout-shift.js';
import { startServer } from '../test/setup/start-server.js';
import { median, printTable } from './table.js';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, cpu: { type: 'string', default: '4' } },
});
const widths = [360, 768, 1280];
const tags = ['aw-reactions', 'aw-stories', 'aw-comments', 'aw-newsletter'];

const server = await startServer({ env: { AFTERWORD_LOG: 'warn' } });
const browser = await launchBrowser();
try {
  const shifts = [];
  for (const state of pageStates) {
    /** @type {Record<string, string | number>} */
    const row = { state: state.name };
    const moved = new Set();
    for (const width of widths) {
      const found = await shiftIn(browser, server.url, state, width);
      row[`${width} px`] = found.shift;
      for (const name of found.moved) moved.add(name);
    }
    shifts.push({ ...row, 'what moved': [...moved].join(', ') });
  }
  printTable('Layout shift on the demo, the sum of all, budget 0.000', shifts);

  /** @type {Awaited<ReturnType<typeof measureVisit>>[]} */
  const costs = [];
  for (let run = 0; run < Number(options.runs); run++) costs.push(await measureVisit());
  const medianOf = (/** @type {keyof (typeof costs)[number]} */ name) => median(costs.map((one) => one[name]));
  printTable(`The demo page, nothing cached, CPU slowed ${options.cpu} times, medians of ${options.runs}`, [
    { what: 'first widget usable after, ms', is: Math.round(medianOf('usable')), budget: '' },
    { what: 'main thread blocked, ms', is: Math.round(medianOf('blocked')), budget: '' },
    { what: 'requests for data until then', is: medianOf('data'), budget: 1 },
    { what: 'scripts', is: medianOf('scripts'), budget: '' },
    { what: 'all requests', is: medianOf('requests'), budget: '' },
    { what: 'scripts, kB as sent', is: medianOf('scriptBytes') / 1000, budget: '' },
    { what: 'data, kB as sent', is: medianOf('dataBytes') / 1000, budget: '' },
  ]);
} finally {
  await browser.close();
  await server.stop();
}

/** Opens the page once, until the first widget in the window is usable. */
async function measureVisit() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: Number(options.cpu) });
    const kinds = new Map();
    const sent = { scripts: 0, data: 0, all: 0, scriptBytes: 0, dataBytes: 0 };
    devtools.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
      const kind = request.url.includes('/v1/') ? 'data' : type === 'Script' ? 'scripts' : 'other';
      kinds.set(requestId, kind);
      sent.all++;
      if (kind !== 'other') sent[kind]++;
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (kinds.get(requestId) === 'data') sent.dataBytes += encodedDataLength;
      if (kinds.get(requestId) === 'scripts') sent.scriptBytes += encodedDataLength;
    });
    await page.addInitScript(watchFirstWidget, tags);
    await page.goto(server.url, { waitUntil: 'load' });
    const usable = await page.waitForFunction(() => Reflect.get(globalThis, 'usableAfter'), undefined, {
      timeout: 30_000,
    });
    await page.waitForTimeout(500);
    const { data, all: requests } = sent;
    await readThrough(page);
    await page.waitForTimeout(500);
    return {
      usable: Number(await usable.jsonValue()),
      blocked: await page.evaluate(() => Reflect.get(globalThis, 'blockedFor')),
      data,
      requests,
      scripts: sent.scripts,
      scriptBytes: sent.scriptBytes,
      dataBytes: sent.dataBytes,
    };
  } finally {
    await context.close();
  }
}

/**
 * Runs in the page: scrolls to the first widget as soon as the document is parsed, as a link to the comments would, and
 * records when the widget has a control.
 *
 * @param {string[]} tags
 */
function watchFirstWidget(tags) {
  Object.assign(globalThis, { blockedFor: 0 });
  new PerformanceObserver((list) => {
    const over = list.getEntries().reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0);
    Object.assign(globalThis, { blockedFor: Reflect.get(globalThis, 'blockedFor') + over });
  }).observe({ type: 'longtask', buffered: true });
  document.addEventListener('DOMContentLoaded', () => {
    const first = document.querySelector(tags.join());
    first?.scrollIntoView();
    const look = () => {
      const control = first?.shadowRoot?.querySelector('button, a[href], input');
      if (control?.getClientRects().length) Object.assign(globalThis, { usableAfter: performance.now() });
      else requestAnimationFrame(look);
    };
    look();
  });
}
