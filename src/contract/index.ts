/** Schemas, limits and error codes of the API, shared by the widgets and the server. */
export * from './comments.js';
export * from './errors.js';
export * as limits from './limits.js';
export * from './live.js';
export * from './newsletter.js';
export * from './page.js';
export * from './polls.js';
export * from './primitives.js';
export * from './reactions.js';
export * from './readers.js';
export * from './stories.js';
export * from './sites.js';
export * from './srcset.js';
export * from './story-key.js';
export type * from './types.js';
