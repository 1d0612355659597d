/** The API, as data: every shape, rule and limit that the widgets and the server share. */
export * from './comments.js';
export * from './errors.js';
export * from './limits.js';
export * from './live.js';
export * from './newsletter.js';
export * from './page.js';
export * from './polls.js';
export * from './primitives.js';
export * from './reactions.js';
export * from './readers.js';
export * from './stories.js';
export * from './story-key.js';
export type * from './types.js';
