/**
 * Compares a thread with static HTML and a bare Lit list, CPU slowed: `node bench/reading.js [--runs 5] [--cpu 4]`.
 * Needs a build and Chromium; bench/README.md defines "ready".
 */
import { parseArgs } from 'node:util';
import { launchBrowser } from '../test/setup/launch-browser.js';
import { median, printTable } from './table.js';
import { servePages } from './thread-pages.js';

/**
 * Globals that `watch` sets on a page.
 *
 * @typedef {{ readyAfter: number, tasks: number[], shift: number, threadRoot: () => ParentNode | undefined }} Watched
 */

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, cpu: { type: 'string', default: '4' } },
});
const pages = [
  { name: 'static HTML, 100', path: 'static?n=100' },
  { name: 'bare Lit list, 100', path: 'lit?n=100' },
  { name: 'ours, 100 at once', path: 'ours?n=100&size=100' },
  { name: 'ours, 20 of 100', path: 'ours?n=100&size=20' },
  { name: 'ours, 20 of 10,000', path: 'ours?n=10000&size=20' },
];

const served = await servePages();
const browser = await launchBrowser();
try {
  /** @type {Record<string, Awaited<ReturnType<typeof open>>[]>} */
  const found = Object.fromEntries(pages.map(({ name }) => [name, []]));
  for (let run = -1; run < Number(options.runs); run++) {
    // In turn and in rotated order, so that noise of the machine affects all pages alike.
    for (let index = 0; index < pages.length; index++) {
      const page = pages[(index + Math.max(run, 0)) % pages.length];
      if (!page) continue;
      const cost = await open(page.path);
      if (run >= 0) found[page.name]?.push(cost);
    }
  }
  const of = (/** @type {string} */ name, /** @type {'ready' | 'blocked' | 'longest' | 'shift' | 'elements'} */ what) =>
    median((found[name] ?? []).map((one) => one[what]));
  printTable(
    `100 comments, CPU slowed ${options.cpu} times, medians of ${options.runs}`,
    pages.map(({ name }) => ({
      page: name,
      'first screenful ms': Math.round(of(name, 'ready')),
      'blocked ms': Math.round(of(name, 'blocked')),
      'longest task ms': Math.round(of(name, 'longest')),
      'layout shift': of(name, 'shift'),
      'elements in the widget': of(name, 'elements'),
    })),
  );
  const [plain, lit, whole, ours, large] = pages.map(({ name }) => name);
  const ratio = (/** @type {number} */ a, /** @type {number} */ b) => Math.round((a / b) * 100) / 100;
  const on = await loadOn();
  printTable('Against the budgets', [
    {
      what: 'first screenful, ours with all at once to bare Lit',
      is: ratio(of(whole ?? '', 'ready'), of(lit ?? '', 'ready')),
      budget: '',
    },
    {
      what: 'first screenful, ours to bare Lit',
      is: ratio(of(ours ?? '', 'ready'), of(lit ?? '', 'ready')),
      budget: 1.2,
    },
    {
      what: 'blocked, ours with all at once to static HTML',
      is: ratio(of(whole ?? '', 'blocked'), of(plain ?? '', 'blocked')),
      budget: 1.3,
    },
    { what: 'layout shift', is: of(ours ?? '', 'shift'), budget: 0 },
    { what: 'elements a comment', is: of(whole ?? '', 'elements') / 100, budget: 12 },
    { what: '10,000 opens, to 100', is: ratio(of(large ?? '', 'ready'), of(ours ?? '', 'ready')), budget: 1.2 },
    {
      what: `loading on to ${on.comments} comments, longest task to that of static HTML`,
      is: ratio(on.longest, of(plain ?? '', 'longest')),
      budget: 1.5,
    },
    { what: 'loading on, longest task ms', is: Math.round(on.longest), budget: '' },
    { what: 'typing in it then, longest task ms', is: Math.round(on.typing), budget: 100 },
  ]);
} finally {
  await browser.close();
  served.close();
}

/** @param {string} path */
async function openSlowed(path) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${served.url}/blank`);
  await page.addInitScript(watch);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: Number(options.cpu) });
  await page.goto(`${served.url}/${path}`, { waitUntil: 'load' });
  await page.waitForFunction(() => Reflect.get(globalThis, 'readyAfter'), undefined, { timeout: 60_000 });
  return { context, page };
}

/** Opens a page once, without a cache. @param {string} path */
async function open(path) {
  const { context, page } = await openSlowed(path);
  try {
    await page.waitForTimeout(1000);
    return await page.evaluate(() => {
      const { readyAfter, tasks, shift, threadRoot } = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
      return {
        ready: readyAfter,
        blocked: tasks.reduce((sum, ms) => sum + Math.max(0, ms - 50), 0),
        longest: Math.max(0, ...tasks),
        shift: Math.round(shift * 1e4) / 1e4,
        elements: threadRoot()?.querySelectorAll('*').length ?? 0,
      };
    });
  } finally {
    await context.close();
  }
}

/** Loads a thread of 10,000 to its end by its button, then types a comment. */
async function loadOn() {
  const { context, page } = await openSlowed('ours?n=10000&size=40');
  try {
    await page.waitForTimeout(1500);
    return await page.evaluate(async () => {
      const { tasks, threadRoot } = /** @type {Watched} */ (/** @type {unknown} */ (globalThis));
      const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
      tasks.length = 0;
      const root = threadRoot();
      // Reads a few elements only: a query over 10,000 comments would be a long task of its own.
      const list = root?.querySelector('.comment-list');
      const more = () => /** @type {HTMLElement | null | undefined} */ (list?.nextElementSibling);
      const last = () => list?.lastElementChild?.lastElementChild?.lastElementChild;
      for (let previous = last(); more()?.dataset.navigate === 'more'; previous = last()) {
        more()?.click();
        for (let tries = 0; last() === previous && tries < 200; tries++) await pause(20);
        await pause(150);
      }
      await pause(500);
      const longest = Math.max(0, ...tasks);
      tasks.length = 0;
      const field = root?.querySelector('textarea');
      field?.focus();
      for (const letter of 'A comment') {
        if (field) field.value += letter;
        field?.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await pause(120);
      }
      await pause(600);
      const comments = root?.querySelectorAll('article').length ?? 0;
      return { comments, longest, typing: Math.max(0, ...tasks) };
    });
  } finally {
    await context.close();
  }
}

/** Runs in the page: sets `readyAfter` in the task after the frame in which comments fill the window. */
function watch() {
  /** @type {number[]} */
  const tasks = [];
  const threadRoot = () => {
    const thread = document.querySelector('.thread');
    return thread?.localName === 'ul' ? thread : (thread?.shadowRoot ?? undefined);
  };
  Object.assign(globalThis, { tasks, shift: 0, threadRoot });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  });
  new PerformanceObserver((list) => {
    for (const entry of /** @type {(PerformanceEntry & { value: number, hadRecentInput: boolean })[]} */ (
      list.getEntries()
    ))
      if (!entry.hadRecentInput)
        Object.assign(globalThis, { shift: Number(Reflect.get(globalThis, 'shift')) + entry.value });
  }).observe({ type: 'layout-shift', buffered: true });
  const channel = new MessageChannel();
  channel.port1.onmessage = () => Object.assign(globalThis, { readyAfter: performance.now() });
  const look = () => {
    const comments = threadRoot()?.querySelectorAll('.c, article') ?? [];
    const last = comments[comments.length - 1];
    if (last && last.getBoundingClientRect().bottom > innerHeight) channel.port2.postMessage(0);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
