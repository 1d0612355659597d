/** An in-memory API and fixtures, for the tests and demos of pages that hold Afterword's widgets. */
export { ApiState, createToken, type PartChange } from './api-state.js';
export {
  createBranch,
  createComment,
  createCommentsPage,
  createMe,
  createNewsletterList,
  createPoll,
  createReader,
  createStory,
  createThread,
  type ThreadOverrides,
  toNodes,
} from './fixtures.js';
export { InMemoryApi, type RouteHandler, type RoutePattern } from './in-memory-api.js';
export { LiveStream } from './live-stream.js';
export { closedPart, emptyPart, type PageState, pageStates, partialPart } from './page-states.js';
export { InMemoryPoll } from './poll.js';
export { createProblem, refusal, unreachable } from './responses.js';
export type { ApiRequest } from './routes.js';
export { InMemoryThread } from './thread.js';
