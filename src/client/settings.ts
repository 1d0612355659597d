import { storyKey } from '../contract/story-key.js';
import { ApiError } from './api-error.js';
import type { StorageKind } from './storage.js';

/** What the script tag says for the whole page: its `data-*` attributes. */
export interface Settings {
  site?: string;
  story?: string;
  /** Origin (and path) that the API answers on. */
  api?: string;
  storage?: StorageKind;
  /** Same-origin URL that answers `{jwt}` for a reader the publisher knows. */
  signOn?: string;
}

/**
 * Asks the page for its settings. The script tag answers; asking by an event needs no global, and no order in which the
 * files of the script arrive.
 */
export interface SettingsRequest extends Event {
  settings?: Settings;
}

declare global {
  interface DocumentEventMap {
    'aw-settings-request': SettingsRequest;
  }
}

/** Answers for the whole page what its elements do not say themselves, where there is no script tag to do so. */
export function configure(settings: Settings): void {
  document.addEventListener('aw-settings-request', (request) => {
    request.settings = { ...settings, ...request.settings };
  });
}

export function pageSettings(): Settings {
  const request: SettingsRequest = new Event('aw-settings-request');
  document.dispatchEvent(request);
  return request.settings ?? {};
}

/** Looks a setting up: on the element, on the script tag, then as the page implies. */
export function settingsOf(element?: Element): { api: string; site: string } {
  const site = setting('site', element);
  if (!site) throw new ApiError('site-not-found');
  return { api: new URL(setting('api', element) ?? '/', location.href).href.replace(/\/+$/, ''), site };
}

/** The story an element stands on. */
export function storyOf(element: Element): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href;
  const key = storyKey(setting('story', element) ?? canonical ?? location.href);
  if (!key) throw new ApiError('story-key-invalid');
  return key;
}

/** A property where the element has one (it may never become an attribute), else the attribute, else the page's. */
function setting(name: 'site' | 'story' | 'api', element?: Element): string | undefined {
  return (
    (element as { [name]?: string } | undefined)?.[name] ||
    element?.getAttribute(name) ||
    pageSettings()[name] ||
    undefined
  );
}
