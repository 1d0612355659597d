/**
 * States of the demo page for screenshots and measurements. Each changes the answers of the API, acts as a reader, or both.
 */
import { closedPart, createProblem, emptyPart, partialPart } from 'afterword/testing';

/**
 * @typedef {import('playwright').Page} Page
 * @typedef {import('../src/contract/types.js').Page} Answer
 *
 * @typedef {object} PageState
 * @property {string} name
 * @property {string} [variant] of the polls
 * @property {(page: Page) => Promise<unknown>} [prepare] before the page is opened
 * @property {(page: Page) => Promise<unknown>} [act] after its widgets have rendered
 */

const api = '**/v1/sites/**';
const page = '**/v1/sites/*/page?*';

/** @type {PageState[]} */
export const pageStates = [
  { name: 'full' },
  { name: 'loading', prepare: (opened) => opened.route(api, () => {}) },
  { name: 'slow', prepare: (opened) => opened.route(api, delayed) },
  { name: 'empty', prepare: (opened) => opened.route(page, (route) => altered(route, emptyPart)) },
  {
    name: 'error',
    prepare: (opened) => opened.route(api, (route) => route.fulfill({ status: 503, json: problem })),
  },
  { name: 'partial', prepare: (opened) => opened.route(page, (route) => altered(route, partialPart)) },
  { name: 'offline', prepare: (opened) => opened.route(api, (route) => route.abort('internetdisconnected')) },
  { name: 'closed', prepare: (opened) => opened.route(page, (route) => altered(route, closedPart)) },
  {
    name: 'bars',
    variant: 'bars',
    prepare: setVariant('bars'),
    act: (opened) => press(opened, 'aw-reactions [part~="choice"] >> nth=0'),
  },
  {
    name: 'compact',
    variant: 'compact',
    prepare: setVariant('compact'),
    act: (opened) => press(opened, 'aw-reactions [part~="trigger"]'),
  },
  { name: 'acting', act: startActing },
  {
    name: 'acted',
    async act(opened) {
      await startActing(opened);
      await sendComment(opened);
      await press(opened, 'aw-newsletter [part~="submit"]');
      await shown(opened, 'aw-reactions [part~="choice"][aria-pressed="true"] [part~="bar"]');
      await shown(opened, 'aw-comments article .held, aw-comments article [data-action="remove"]');
      await shown(opened, 'aw-newsletter [autocomplete="one-time-code"]');
    },
  },
  {
    name: 'refused',
    async act(opened) {
      await startActing(opened);
      await opened.route(api, (route) => route.fulfill({ status: 503, json: problem }));
      await press(opened, 'aw-reactions [part~="choice"] >> nth=1');
      await sendComment(opened);
      await press(opened, 'aw-newsletter [part~="submit"]');
      await shown(opened, 'aw-reactions [data-failed]');
      await shown(opened, 'aw-comments .queued');
      await shown(opened, 'aw-newsletter [part~="failure"]');
    },
  },
];

const problem = createProblem('unavailable', { detail: 'The server cannot answer at the moment.' });

/**
 * Sets the variant of the polls in the page's HTML.
 *
 * @param {'bars' | 'compact'} variant
 * @returns {(opened: Page) => Promise<unknown>}
 */
function setVariant(variant) {
  const isPage = (/** @type {URL} */ { pathname }) => !pathname.startsWith('/v1/') && !/\.\w+$/.test(pathname);
  return (opened) =>
    opened.route(isPage, async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      const body = html.replaceAll(/<aw-reactions>\s*<p>(.*?)<\/p>/gs, (_, fallback) => {
        // Fallback content has to fit the reserved height, which is that of a button.
        const content = variant === 'compact' ? 'Email' : fallback;
        return `<aw-reactions variant="${variant}"><p>${content}</p>`;
      });
      await route.fulfill({ response, body });
    });
}

/** Chooses a reaction, writes a comment without sending it, fills in the newsletter form. @param {Page} opened */
async function startActing(opened) {
  await press(opened, 'aw-reactions [part~="choice"] >> nth=0');
  await press(opened, 'aw-newsletter input[type="checkbox"] >> nth=0');
  await fill(opened, 'aw-newsletter input[type="email"]', 'ban.doc@example.com');
  await fill(
    opened,
    'aw-comments textarea >> nth=0',
    'Bài viết rất hay. Mong tòa soạn có thêm những bài như thế này về **phố cổ**.',
  );
  await shown(opened, 'aw-reactions [part~="choice"][aria-pressed="true"]');
  await shown(opened, 'aw-comments [part~="composer"] .preview');
}

/**
 * Waits until the outcome of an act is visible.
 *
 * @param {Page} opened
 * @param {string} selector
 */
async function shown(opened, selector) {
  await opened.locator(selector).first().waitFor();
}

/** Opens the composer again, which may have collapsed, and sends the comment. @param {Page} opened */
async function sendComment(opened) {
  await press(opened, 'aw-comments textarea');
  await press(opened, 'aw-comments [part~="composer"] button:not([type="button"])');
}

/**
 * Clicks the first match; does nothing where the page has none.
 *
 * @param {Page} opened
 * @param {string} selector
 */
async function press(opened, selector) {
  const target = opened.locator(selector);
  if (await target.count()) await target.first().click();
}

/**
 * @param {Page} opened
 * @param {string} selector
 * @param {string} text
 */
async function fill(opened, selector, text) {
  const target = opened.locator(selector);
  if (await target.count()) await target.first().fill(text);
}

/** Delays a request. @param {import('playwright').Route} route */
async function delayed(route) {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await route.continue().catch(() => {
    // The page has been closed.
  });
}

/**
 * Changes each part of the API's answer.
 *
 * @param {import('playwright').Route} route
 * @param {import('afterword/testing').PartChange} change
 */
async function altered(route, change) {
  const response = await route.fetch();
  /** @type {Answer} */
  const { parts } = await response.json();
  const changed = Object.entries(parts).map(([entry, part]) => [entry, change(part, entry)]);
  await route.fulfill({ response, json: { parts: Object.fromEntries(changed) } });
}
