export { ApiError, type ClientErrorCode } from './api-error.js';
export type { Query } from './answer.js';
export type { Call } from './http.js';
export { type Part, parts } from './parts.js';
export { Place, placeOf } from './place.js';
export { signIn, signOut } from './reader.js';
export { configure, type Settings, type SettingsRequest } from './settings.js';
export { SafeStorage, type StorageKind } from './storage.js';
