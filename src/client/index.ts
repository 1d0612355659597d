export { type Part, parts, type Sort, sorts, toLimit, toRail, toSort } from './page-batch.js';
export { followStory, pageSettled, type StoryElement } from './page-story.js';
export { ApiError, type ClientErrorCode, type Query, type RequestOptions } from './request.js';
export { canonicalUrl, configure, type Settings, type SettingsRequest } from './settings.js';
export { signIn, signOut } from './site.js';
export { SafeStorage, type StorageKind } from './storage.js';
export { isCurrentStory, StoryClient, storyClientFor } from './story-client.js';
