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

let settings: Settings = {};

/** Sets what elements fall back to. Later calls add to earlier ones. */
export function configure(given: Settings): void {
  settings = { ...settings, ...given };
}

export function storageKind(): StorageKind {
  const { storage } = settings;
  return storage === 'none' || storage === 'session' ? storage : 'local';
}

/** Looks a setting up: on the element, on the script tag, then as the page implies. */
export function settingsOf(element?: Element): { api: string; site: string } {
  const site = own(element, 'site') || settings.site;
  if (!site) throw new ApiError('site-not-found');
  const api = own(element, 'api') || settings.api || location.origin;
  return { api: new URL(api, location.href).href.replace(/\/+$/, ''), site };
}

/** The story an element stands on. */
export function storyOf(element: Element): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href;
  const key = storyKey(own(element, 'story') || settings.story || canonical || location.href);
  if (!key) throw new ApiError('story-key-invalid');
  return key;
}

/** A property where the element has one (it may never become an attribute), else the attribute. */
function own(element: Element | undefined, name: 'site' | 'story' | 'api'): string | null | undefined {
  return (element as { [name]?: string } | undefined)?.[name] || element?.getAttribute(name);
}
