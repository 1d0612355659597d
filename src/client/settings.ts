import { storyKey } from '../contract/story-key.js';
import { ApiError } from './request.js';
import type { StorageKind } from './storage.js';

/** Settings of the whole page: the `data-*` attributes of the script tag. */
export interface Settings {
  site?: string;
  story?: string;
  /** URL of the API: its origin, and a path if it has one. */
  api?: string;
  storage?: StorageKind;
  /** Same-origin URL that answers `{jwt}` for a signed-in reader. */
  signOn?: string;
}

/**
 * Dispatched to read the page's settings, which the script tag sets. An event needs no global and does not depend on
 * the order in which chunks load.
 */
export interface SettingsRequest extends Event {
  settings?: Settings;
}

declare global {
  interface DocumentEventMap {
    'aw-settings-request': SettingsRequest;
  }
}

let configured: Settings | undefined;

/**
 * Sets the page's settings where there is no script tag; a later call changes those that it names. Settings of the script
 * tag and of elements win.
 */
export function configure(settings: Settings): void {
  if (!configured)
    document.addEventListener('aw-settings-request', (request) => {
      request.settings = { ...configured, ...request.settings };
    });
  configured = { ...configured, ...settings };
  document.dispatchEvent(new Event('aw-settings-change'));
}

/** Returns the settings of the page; empty without a script tag or {@link configure}. */
export function pageSettings(): Settings {
  const request: SettingsRequest = new Event('aw-settings-request');
  document.dispatchEvent(request);
  return request.settings ?? {};
}

/** Returns the API and the site: of the element, else of the page's settings. `api` defaults to the page's origin. */
export function siteSettings(element?: Element): { api: string; site: string } {
  const site = setting('site', element);
  if (!site) throw new ApiError('site-not-found');
  return { api: new URL(setting('api', element) ?? '/', location.href).href.replace(/\/+$/, ''), site };
}

/** Returns the story key of an element: its own, else of the page's settings, the canonical link, the page's URL. */
export function storyOf(element: Element): string {
  const key = storyKey(setting('story', element) ?? canonicalUrl() ?? location.href);
  if (!key) throw new ApiError('story-key-invalid');
  return key;
}

/** Returns the URL of the page's canonical link; undefined without one. */
export function canonicalUrl(): string | undefined {
  return document.querySelector<HTMLLinkElement>('link[rel~=canonical]')?.href || undefined;
}

/** Reads a setting: the element's property (frameworks may set no attribute), its attribute, else the page's setting. */
function setting(name: 'site' | 'story' | 'api', element?: Element): string | undefined {
  return (
    (element as { [name]?: string } | undefined)?.[name] ||
    element?.getAttribute(name) ||
    pageSettings()[name] ||
    undefined
  );
}
