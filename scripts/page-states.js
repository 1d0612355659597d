/**
 * The states a reader may find the widgets in, brought about from outside: by what the API is made to answer, and by what
 * the reader does. Screenshots and measurements go through all of them.
 */

/**
 * @typedef {import('playwright').Page} Page
 * @typedef {import('../src/contract/types.js').Page} Answer
 *
 * @typedef {object} PageState
 * @property {string} name
 * @property {(page: Page) => Promise<unknown>} [prepare] before the page is opened
 * @property {(page: Page) => Promise<unknown>} [act] once its widgets stand
 */

const api = '**/v1/sites/**';
const page = '**/v1/sites/*/page?*';

/** @type {PageState[]} */
export const pageStates = [
  { name: 'full' },
  { name: 'loading', prepare: (opened) => opened.route(api, () => {}) },
  { name: 'slow', prepare: (opened) => opened.route(api, later) },
  { name: 'empty', prepare: (opened) => opened.route(page, (route) => altered(route, empty)) },
  {
    name: 'error',
    prepare: (opened) => opened.route(api, (route) => route.fulfill({ status: 503, json: problem })),
  },
  { name: 'partial', prepare: (opened) => opened.route(page, (route) => altered(route, refused)) },
  { name: 'offline', prepare: (opened) => opened.route(api, (route) => route.abort('internetdisconnected')) },
  { name: 'closed', prepare: (opened) => opened.route(page, (route) => altered(route, closed)) },
  { name: 'bars', prepare: dressed('bars'), act: (opened) => press(opened, 'aw-reactions [part~="choice"] >> nth=0') },
  { name: 'compact', prepare: dressed('compact'), act: (opened) => press(opened, 'aw-reactions [part~="trigger"]') },
  { name: 'acting', act: beginEverything },
  {
    name: 'acted',
    async act(opened) {
      await beginEverything(opened);
      await sendComment(opened);
      await press(opened, 'aw-newsletter [part~="submit"]');
      await opened.waitForTimeout(800);
    },
  },
  {
    name: 'refused',
    async act(opened) {
      await beginEverything(opened);
      await opened.route(api, (route) => route.fulfill({ status: 503, json: problem }));
      await press(opened, 'aw-reactions [part~="choice"] >> nth=1');
      await sendComment(opened);
      await press(opened, 'aw-newsletter [part~="submit"]');
      await opened.waitForTimeout(800);
    },
  },
];

const problem = {
  type: 'about:blank',
  title: 'Unavailable',
  status: 503,
  code: 'unavailable',
  detail: 'The server cannot answer at the moment.',
};

/**
 * Gives the page's polls another look, as if their tags said so.
 *
 * @param {'bars' | 'compact'} variant
 * @returns {(opened: Page) => Promise<unknown>}
 */
function dressed(variant) {
  return (opened) =>
    opened.addInitScript((look) => {
      const dress = () => {
        for (const poll of document.querySelectorAll('aw-reactions:not([variant])')) poll.setAttribute('variant', look);
      };
      new MutationObserver(dress).observe(document, { childList: true, subtree: true });
    }, variant);
}

/** Chooses a reaction, writes half a comment, fills in the newsletter. @param {Page} opened */
async function beginEverything(opened) {
  await press(opened, 'aw-reactions [part~="choice"] >> nth=0');
  await press(opened, 'aw-newsletter input[type="checkbox"] >> nth=0');
  await fill(opened, 'aw-newsletter input[type="email"]', 'ban.doc@example.com');
  await fill(
    opened,
    'aw-comments textarea >> nth=0',
    'Bài viết rất hay. Mong tòa soạn có thêm những bài như thế này về **phố cổ**.',
  );
  await opened.waitForTimeout(400);
}

/** What was typed may have folded when the reader went elsewhere. @param {Page} opened */
async function sendComment(opened) {
  await press(opened, 'aw-comments textarea');
  await press(opened, 'aw-comments [part~="composer"] button:not([type="button"])');
}

/**
 * A page may hold some of the widgets only.
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

/** @param {import('playwright').Route} route */
async function later(route) {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await route.continue().catch(() => {
    // The page was closed meanwhile.
  });
}

/**
 * Lets the API answer, and changes each part on its way.
 *
 * @param {import('playwright').Route} route
 * @param {(part: any, entry: string) => unknown} change
 */
async function altered(route, change) {
  const response = await route.fetch();
  /** @type {Answer} */
  const { parts } = await response.json();
  const changed = Object.entries(parts).map(([entry, part]) => [entry, change(part, entry)]);
  await route.fulfill({ response, json: { parts: Object.fromEntries(changed) } });
}

/** Nobody has been here yet. @param {any} part */
function empty(part) {
  if (part.items) return { ...part, items: [] };
  if (part.comments) return { ...part, comments: [], nextCursor: null, prevCursor: null, total: 0 };
  if (part.poll && part.counts) {
    return { ...part, total: 0, counts: Object.fromEntries(Object.keys(part.counts).map((id) => [id, 0])) };
  }
  if (part.lists) return { ...part, lists: [] };
  return part;
}

/** Every other part fails. @param {any} part @param {string} entry */
function refused(part, entry) {
  return /^(comments|stories:latest|newsletter)/.test(entry) ? problem : part;
}

/** Poll and thread take no more. @param {any} part */
function closed(part) {
  if (part.poll) return { ...part, poll: { ...part.poll, state: 'closed', closesAt: new Date().toISOString() } };
  if (part.thread) return { ...part, thread: { ...part.thread, state: 'closed', closesAt: new Date().toISOString() } };
  return part;
}
