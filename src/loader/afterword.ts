/**
 * The script tag. Finds the widgets of the page, requests their data and catalogue at once, and loads the code of each
 * one when it comes near the viewport. A widget whose code cannot be loaded keeps its fallback content and is tried
 * again: by a button, when the browser is online again, and when the widget comes near the viewport again.
 */
import type { SettingsRequest } from '../client/index.js';
import cloak from './cloak.css?inline';

const nearMargin = '600px';
/** Delays of the attempts once the browser is online: the first requests often fail, while the connection comes up. */
const onlineDelaysMs = [0, 1000, 5000, 20_000];
const core = () => import('./core.js');
const widgets: Record<string, () => Promise<unknown>> = {
  'aw-reactions': () => import('../define/reactions.js'),
  'aw-newsletter': () => import('../define/newsletter.js'),
  'aw-comment-count': () => import('../define/comment-count.js'),
  'aw-comments': () => import('../define/comments.js'),
  'aw-stories': () => import('../define/stories.js'),
};
const undefinedWidgets = `:is(${Object.keys(widgets).join()}):not(:defined)`;

/** Elements whose code has not loaded yet, with the notice of those where loading has failed. */
const pending = new Map<Element, Promise<HTMLElement> | undefined>();
const failedTags = new Set<string>();
let warned = false;

/** Signs in a reader by a token that the publisher has signed. */
export async function signIn(jwt: string): Promise<void> {
  await (await core()).signIn(jwt);
}

/** Removes the reader from this page and this browser. */
export async function signOut(): Promise<void> {
  await (await core()).signOut();
}

/** Watches a document or a shadow root for widgets. The page's document is watched already. */
export function observe(root: Document | ShadowRoot): void {
  let frame = 0;
  const find = () => {
    frame = 0;
    for (const element of pending.keys()) if (!element.isConnected) stopWatching(element);
    const found = [...root.querySelectorAll(undefinedWidgets)].filter((element) => !pending.has(element));
    if (!found.length) return;
    preload(found);
    for (const element of found) {
      pending.set(element, undefined);
      nearViewport.observe(element);
      const { top, bottom } = element.getBoundingClientRect();
      // The intersection observer would report it a frame later.
      if (isLinkedThread(element.localName) || (top < innerHeight && bottom > 0)) void load(element.localName);
    }
  };
  new MutationObserver(() => (frame ||= requestAnimationFrame(find))).observe(root, { childList: true, subtree: true });
  find();
}

function preload(elements: Iterable<Element>): void {
  core()
    .then(({ preload }) => preload(elements))
    // The widgets need the same chunk and report its failure.
    .catch(() => undefined);
}

/** Loads the code of a tag. Never rejects. */
async function load(tag: string): Promise<void> {
  try {
    await widgets[tag]!();
    failedTags.delete(tag);
    for (const element of elementsOf(tag)) stopWatching(element);
  } catch (error) {
    failedTags.add(tag);
    warn(error);
    for (const element of elementsOf(tag)) showFailure(element);
  }
}

/** Shows a notice in an element. Lists of comment counts have no room for one. */
function showFailure(element: Element): void {
  const tag = element.localName;
  if (tag === 'aw-comment-count' || pending.get(element)) return;
  const notice = core().then(({ showNotice }) => showNotice(element, () => load(tag)));
  pending.set(element, notice);
  notice.catch(() => pending.has(element) && pending.set(element, undefined));
}

function elementsOf(tag: string): Element[] {
  return [...pending.keys()].filter(({ localName }) => localName === tag);
}

function stopWatching(element: Element): void {
  pending.get(element)?.then(
    (notice) => notice.remove(),
    () => undefined,
  );
  pending.delete(element);
  nearViewport.unobserve(element);
}

/** Returns true where the page's address links to a comment: the thread loads wherever it is. */
function isLinkedThread(tag: string): boolean {
  return tag === 'aw-comments' && location.hash.startsWith('#aw-comment-');
}

/** Returns the script tag of this module, which has no `currentScript`; undefined where the page has removed it. */
function scriptTag(): HTMLScriptElement | undefined {
  // By a selector: an image named `scripts` would be in the way of the property.
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  // The URL of a redirected module is that of its target.
  const name = pathname.slice(pathname.lastIndexOf('/'));
  return (
    scripts.find(({ src }) => src === import.meta.url) ??
    scripts.find(({ src, dataset }) => dataset['site'] && new URL(src).pathname.endsWith(name))
  );
}

function warn(error: unknown): void {
  if (!warned) console.warn('[afterword] A part of it could not be loaded.', error);
  warned = true;
}

const nearViewport = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) void load(target.localName);
  },
  { rootMargin: nearMargin },
);
addEventListener('online', () => {
  for (const delay of onlineDelaysMs) setTimeout(() => failedTags.forEach((tag) => void load(tag)), delay);
});
addEventListener('hashchange', () => {
  const tag = 'aw-comments';
  if (isLinkedThread(tag) && elementsOf(tag).length) void load(tag);
});

const { origin, pathname, searchParams } = new URL(import.meta.url);
const siteInUrl = searchParams.get('site');
let script = scriptTag();
document.addEventListener('aw-settings-request', (request: SettingsRequest) => {
  // A navigation within the document may replace the tag.
  if (!script?.isConnected) script = scriptTag() ?? script;
  request.settings ??= { api: origin, ...(siteInUrl && { site: siteInUrl }), ...script?.dataset };
});

document.addEventListener('aw-story-change', () => preload(pending.keys()));

const sheet = new CSSStyleSheet();
sheet.replaceSync(cloak);
document.adoptedStyleSheets.push(sheet);
observe(document);
