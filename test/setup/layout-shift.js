/** @typedef {import('playwright').Page} Page */

/**
 * Opens a page in a state, reads it from top to bottom and back, before and after the reader acts, and adds up what moved
 * without having been asked to. The sum of all shifts, which is stricter than the web vital.
 *
 * @param {import('playwright').Browser} browser
 * @param {string} url
 * @param {import('../../scripts/page-states.js').PageState} state
 * @param {number} width
 * @returns {Promise<{ shift: number, moved: string[] }>} and the elements that moved
 */
export async function shiftIn(browser, url, state, width) {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  try {
    await page.addInitScript(watchShifts);
    await state.prepare?.(page);
    await page.goto(url, { waitUntil: 'load' });
    await readThrough(page);
    await state.act?.(page);
    await page.waitForTimeout(300);
    await readThrough(page);
    return await page.evaluate(() => ({
      shift: Math.round(Reflect.get(globalThis, 'shiftOfPage') * 1e4) / 1e4,
      moved: [...Reflect.get(globalThis, 'movedOnPage')],
    }));
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

/** Runs in the page. */
function watchShifts() {
  Object.assign(globalThis, { shiftOfPage: 0, movedOnPage: new Set() });
  /**
   * What lies in a shadow root is not told: where it lay then is the best clue.
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
      /** @type {{ value: number, hadRecentInput: boolean, sources: Parameters<typeof named>[0][] }[]} */ (
        /** @type {unknown} */ (list.getEntries())
      );
    for (const { value, hadRecentInput, sources } of entries) {
      if (hadRecentInput) continue;
      Object.assign(globalThis, { shiftOfPage: Reflect.get(globalThis, 'shiftOfPage') + value });
      for (const source of sources) Reflect.get(globalThis, 'movedOnPage').add(named(source));
    }
  });
  observer.observe({ type: 'layout-shift', buffered: true });
}
