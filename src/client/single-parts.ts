import type { Rail } from '../contract/types.js';
import { rails } from './page-batch.js';
import type { Query, RequestOptions } from './request.js';

/**
 * Requests each entry of `parts` by its own GET: a content blocker that refuses `GET /page` may let most of them through.
 * Sends each request once: where the API is down, none gets an answer either.
 */
export function requestParts(
  request: (path: string, options: RequestOptions) => Promise<unknown>,
  page: Query,
  entries: readonly string[],
): Record<string, Promise<unknown>> {
  const requestPart = (entry: string) => {
    const [path, query, expects] = routeOf(entry.split(':'));
    return request(path, { query: { ...page, ...query }, expects, maxRetries: 0 });
  };
  return Object.fromEntries(entries.map((entry) => [entry, requestPart(entry)]));
}

/** Returns path, query and a property of the answer of the GET that answers as an entry does. */
function routeOf([name, first, second]: string[]): [path: string, query: Query, expects: string] {
  switch (name) {
    case 'r':
      return ['reactions', { poll: first }, 'poll'];
    case 'c':
      return ['comments', { sort: first, limit: second }, 'comments'];
    case 's':
      return [`stories/${toRailName(first)}`, { limit: second }, 'items'];
    default:
      return ['newsletters', {}, 'lists'];
  }
}

/** Returns the rail with a first letter. */
function toRailName(letter = ''): Rail['rail'] {
  return rails.find((rail) => rail.startsWith(letter))!;
}
