/**
 * @typedef {import('playwright').Page} Page
 * @typedef {{ atMs: number, value: number, moved: string[] }} Shift
 */

/**
 * Opens a page in a state, scrolls from top to bottom and back, before and after the reader acts, and adds up the layout
 * shifts: their sum, which is stricter than the web vital.
 *
 * @param {import('playwright').Browser} browser
 * @param {string} url
 * @param {import('../../scripts/page-states.js').PageState} state
 * @param {number} width
 * @param {object} [options]
 * @param {boolean} [options.exemptsAct] leaves out shifts until the outcome of the act shows. Browsers leave out half a
 *   second after an input, in which a busy machine may not have rendered.
 * @returns {Promise<{ shift: number, moved: string[] }>} and the elements that moved
 */
export async function shiftIn(browser, url, state, width, { exemptsAct = false } = {}) {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  try {
    await page.addInitScript(watchShifts);
    await state.prepare?.(page);
    await page.goto(url, { waitUntil: 'load' });
    await readThrough(page);
    const before = await timeOfFrame(page);
    await state.act?.(page);
    const after = exemptsAct ? await timeOfFrame(page) : before;
    await readThrough(page);
    const shifts = [await shiftsBetween(page, 0, before), await shiftsBetween(page, after, Infinity)];
    return {
      shift: Math.round(shifts.reduce((sum, { shift }) => sum + shift, 0) * 1e4) / 1e4,
      moved: [...new Set(shifts.flatMap(({ moved }) => moved))],
    };
  } finally {
    await page.close();
  }
}

/**
 * Scrolls through the page as a reader does, so that everything that loads when it comes near is there.
 *
 * @param {Page} page
 */
export async function readThrough(page) {
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
      scrollTo(0, top);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    scrollTo(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 120));
  });
}

/**
 * Returns the time of a page once it has rendered all that was pending, on the clock of its performance entries.
 *
 * @param {Page} page
 * @returns {Promise<number>}
 */
export function timeOfFrame(page) {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))),
  );
}

/**
 * Sums up the layout shifts of a page between two times.
 *
 * @param {Page} page
 * @param {number} fromMs
 * @param {number} toMs
 * @returns {Promise<{ shift: number, moved: string[] }>} and the elements that moved
 */
export async function shiftsBetween(page, fromMs, toMs) {
  const shifts = await page.evaluate(() => /** @type {Shift[]} */ (Reflect.get(globalThis, 'shiftsOfPage')));
  const counted = shifts.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
  return {
    shift: counted.reduce((sum, { value }) => sum + value, 0),
    moved: counted.flatMap(({ moved }) => moved),
  };
}

/** Collects the layout shifts of a page. Runs in the page, before its scripts. */
export function watchShifts() {
  /** @type {Shift[]} */
  const shifts = [];
  Object.assign(globalThis, { shiftsOfPage: shifts });
  /**
   * Names a shifted node. The browser hides nodes in shadow roots, so the position is the best clue.
   *
   * @param {{ node: Node | null, previousRect: DOMRectReadOnly, currentRect: DOMRectReadOnly }} source
   */
  const named = ({ node, previousRect: from, currentRect: to }) => {
    const element = node instanceof Element ? node : node?.parentElement;
    const name = element ? [element.localName, ...element.classList].join('.') : 'something in a shadow root';
    const place = (/** @type {DOMRectReadOnly} */ { x, y, width, height }) =>
      [x, y, width, height].map(Math.round).join(' ');
    return `${name} (${place(from)} → ${place(to)})`;
  };
  const observer = new PerformanceObserver((list) => {
    const entries =
      /** @type {{ startTime: number, value: number, hadRecentInput: boolean, sources: Parameters<typeof named>[0][] }[]} */ (
        /** @type {unknown} */ (list.getEntries())
      );
    for (const { startTime: atMs, value, hadRecentInput, sources } of entries)
      if (!hadRecentInput) shifts.push({ atMs, value, moved: sources.map(named) });
  });
  observer.observe({ type: 'layout-shift', buffered: true });
}
