import { siteOf } from './site.js';

export { ApiError, type ClientErrorCode } from './api-error.js';
export type { Call, Query } from './http.js';
export { type Part, parts } from './parts.js';
export { Place, placeOf, prefetch } from './place.js';
export { configure, type Settings, type SettingsRequest } from './settings.js';
export { SafeStorage, type StorageKind } from './storage.js';

/** Hands over a reader whom the publisher vouches for by a signed token. */
export async function signIn(jwt: string): Promise<void> {
  await (await siteOf().reader()).signIn(jwt);
}

/** Forgets the reader on this page and in this browser. */
export async function signOut(): Promise<void> {
  (await siteOf().reader()).signOut();
}
