import type { Comments, Newsletters, Page, Rail, Reactions } from '../contract/types.js';
import type { InMemoryApi } from './in-memory-api.js';
import { createProblem } from './responses.js';

type Part = Page['parts'][string];

/** Returns a part of `GET /page` as it is before any reader has acted and any editor has published. */
export function emptyPart(part: Part): Part {
  if (isRail(part)) return { ...part, items: [] };
  if (isThread(part)) return { ...part, comments: [], nextCursor: null, prevCursor: null, total: 0 };
  if (isNewsletters(part)) return { ...part, lists: [] };
  if (!isPoll(part) || !part.counts) return part;
  return { ...part, total: 0, counts: Object.fromEntries(Object.keys(part.counts).map((id) => [id, 0])) };
}

/** Returns a part with its poll and its thread closed. */
export function closedPart(part: Part): Part {
  const closed = { state: 'closed', closesAt: new Date().toISOString() } as const;
  if (isPoll(part)) return { ...part, poll: { ...part.poll, ...closed } };
  if (isThread(part)) return { ...part, thread: { ...part.thread, ...closed } };
  return part;
}

/** Returns a problem for the thread, the newsletter and one rail; the other parts as they are. */
export function partialPart(part: Part): Part {
  const fails = isThread(part) || isNewsletters(part) || (isRail(part) && part.rail === 'latest');
  return fails ? createProblem('unavailable') : part;
}

/** States of a page's data, by name; each function sets an API to that state. */
export const pageStates = {
  full: () => {},
  loading: (api: InMemoryApi) => void api.hold(/./),
  slow: (api: InMemoryApi) => void api.delay(/./, 1500),
  empty: (api: InMemoryApi) => void api.changeParts(emptyPart),
  error: (api: InMemoryApi) => void api.refuse(/./, 'unavailable'),
  partial: (api: InMemoryApi) => void api.changeParts(partialPart),
  offline: (api: InMemoryApi) => void api.disconnect(/./),
  closed: (api: InMemoryApi) => void api.changeParts(closedPart),
};

export type PageState = keyof typeof pageStates;

const isRail = (part: Part): part is Rail => 'items' in part;
const isThread = (part: Part): part is Comments => 'comments' in part;
const isNewsletters = (part: Part): part is Newsletters => 'lists' in part;
const isPoll = (part: Part): part is Reactions => 'poll' in part;
