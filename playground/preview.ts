/** One element in one state, alone on a page: what a frame of the playground shows. */
import { configure } from '../src/client/settings.js';
import { hosts } from '../scripts/host-pages.js';
import { installApi } from './api.js';
import { statesOf } from './states.js';
import { defaultView, fromSearchParams, type View } from './view.js';

/** Told to the playground, which lists them. */
export interface PreviewEvent {
  readonly type: string;
  readonly detail: unknown;
}

const definitions: Record<string, () => Promise<unknown>> = {
  'aw-reactions': () => import('../src/define/reactions.js'),
  'aw-comments': () => import('../src/define/comments.js'),
  'aw-stories': () => import('../src/define/stories.js'),
  'aw-newsletter': () => import('../src/define/newsletter.js'),
  'aw-comment-count': () => import('../src/define/comment-count.js'),
};

const plainStyle = `
  body { font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }`;

const view = fromSearchParams(new URLSearchParams(location.search));
const state = statesOf(view.tag).find(({ name }) => name === view.state);

setPage(view);
configure({ site: 'demo', api: location.origin, storage: view.state === 'live' ? 'session' : 'none' });
if (view.state !== 'live') {
  const api = installApi(view.lang);
  state?.prepare?.(api);
}
await definitions[view.tag]?.();
const element = document.createElement(view.tag);
let attributes: Readonly<Record<string, string>> = {};
applyHash();
addEventListener('hashchange', applyHash);
element.append(fallback(view.lang));
document.body.append(element);
for (const type of [
  'aw-react',
  'aw-comment',
  'aw-comment-vote',
  'aw-story-view',
  'aw-story-click',
  'aw-subscribe',
  'aw-sign-in-request',
  'aw-sign-in',
  'aw-sign-out',
]) {
  element.addEventListener(type, (event) => {
    const { detail = null } = event as CustomEvent<unknown>;
    parent.postMessage({ type, detail } satisfies PreviewEvent, location.origin);
  });
}
await state?.act?.(element);
document.documentElement.dataset['ready'] = '';

/** Gives the page the look, the language and the ground that were chosen. */
function setPage({ lang, dir, theme, host }: View): void {
  const page = document.documentElement;
  page.lang = lang;
  page.dir = dir;
  const style = hosts.find(({ name }) => name === host)?.style ?? plainStyle;
  const scheme = theme === 'auto' ? 'light dark' : theme;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { color-scheme: ${scheme}; } body { margin: 0; padding: 24px 16px; } ${style}`);
  document.adoptedStyleSheets.push(sheet);
}

/** Attributes and custom properties are in the hash, so that they change without a reload. */
function applyHash(): void {
  const next = fromSearchParams(new URLSearchParams(location.hash.slice(1)));
  const wanted: Record<string, string> = { story: defaultStory(), ...next.attributes };
  if (view.theme !== defaultView.theme) wanted['theme'] = view.theme;
  for (const name of Object.keys(attributes)) if (!(name in wanted)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  attributes = wanted;
  element.removeAttribute('style');
  for (const [name, value] of Object.entries(next.properties)) element.style.setProperty(name, value);
}

/** The demo's own story for live data; else one of the preview's own, since answers are kept by story. */
function defaultStory(): string {
  return view.state === 'live'
    ? `${location.origin}/`
    : `https://news.example/${view.tag}/${encodeURIComponent(view.state)}`;
}

function fallback(lang: string): HTMLElement {
  const paragraph = document.createElement('p');
  paragraph.textContent =
    lang === 'vi' ? 'Nội dung của trang, khi tiện ích chưa có.' : 'What the page holds while the widget is missing.';
  return paragraph;
}
