/**
 * The script tag. Finds widgets on the page, asks for their data at once, and fetches each one's code when it comes near
 * the window. Without it, or when any of it fails, what the page holds inside the tags stays readable.
 */
import type { SettingsRequest } from '../client/index.js';
import cloak from './cloak.css?inline';

const near = '600px';
const widgets: Record<string, () => Promise<unknown>> = {
  'aw-reactions': () => import('../define/reactions.js'),
  'aw-newsletter': () => import('../define/newsletter.js'),
  'aw-comment-count': () => import('../define/comment-count.js'),
  'aw-comments': () => import('../define/comments.js'),
  'aw-stories': () => import('../define/stories.js'),
};
const selector = `:is(${Object.keys(widgets).join()}):not(:defined)`;
let warned = false;
function warn(error: unknown): void {
  if (!warned) console.warn('[afterword] A part of it could not be loaded.', error);
  warned = true;
}

function load(tag: string): void {
  widgets[tag]!().catch(warn);
}

/** A link to a comment wants the thread, wherever it stands. */
const linked = (tag: string) => tag === 'aw-comments' && location.hash.startsWith('#aw-comment-');
addEventListener('hashchange', () => {
  const tag = 'aw-comments';
  if (linked(tag) && document.querySelector(tag)) load(tag);
});

const client = () => import('../client/script-tag.js');
const reader = () => import('../client/reader.js');

/** Hands over a reader whom the publisher vouches for by a signed token. */
export async function signIn(jwt: string): Promise<void> {
  await (await reader()).signIn(jwt);
}

/** Forgets the reader on this page and in this browser. */
export async function signOut(): Promise<void> {
  await (await reader()).signOut();
}

/** Looks after the widgets below a node, now and later: the page's own are, those in its shadow roots need to be named. */
export function observe(root: Document | ShadowRoot): void {
  let frame = 0;
  const look = () => {
    frame = 0;
    const found = [...root.querySelectorAll(selector)].filter((element) => !seen.has(element));
    // First, so that what all of them ask is one request, in the order of the page.
    if (found.length)
      client()
        .then(({ prefetch }) => prefetch(found))
        .catch(warn);
    for (const element of found) {
      seen.add(element);
      const { top, bottom } = element.getBoundingClientRect();
      // What is in sight need not wait for the frame that would tell.
      if (linked(element.localName) || (top < innerHeight && bottom > 0)) load(element.localName);
      else coming.observe(element);
    }
  };
  new MutationObserver(() => (frame ||= requestAnimationFrame(look))).observe(root, { childList: true, subtree: true });
  look();
}

const seen = new WeakSet<Element>();
const coming = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      coming.unobserve(target);
      load(target.localName);
    }
  },
  { rootMargin: near },
);

// A module has no `currentScript`.
const script = [...document.scripts].find(({ src }) => src === import.meta.url);
document.addEventListener('aw-settings-request', (request: SettingsRequest) => {
  request.settings ??= { api: new URL(import.meta.url).origin, ...script?.dataset };
});

const sheet = new CSSStyleSheet();
sheet.replaceSync(cloak);
document.adoptedStyleSheets.push(sheet);
observe(document);
