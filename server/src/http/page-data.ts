import { createRoute } from '@hono/zod-openapi';
import { pageQuery, pageSchema, parsePart, siteParams, type PagePart } from 'afterword/contract';
import { Problem, problemFrom, type ErrorReporter } from '../problem.js';
import type { Site } from '../sites/store.js';
import { responses, sitePath, type Api } from './api.js';
import { publicResponse } from './public-response.js';
import { tags, type PublicCache, type PublicData } from './public-cache.js';

/** Reads one part of a page, with the same content as its own GET. */
export type PartReader = (
  site: Site,
  part: PagePart,
  page: { readonly story: string; readonly lang: string | undefined },
) => Promise<PublicData<unknown>>;

const getPage = createRoute({
  method: 'get',
  path: `${sitePath}/page`,
  tags: ['page'],
  summary: 'Everything the widgets of one page show, in one request',
  request: { params: siteParams, query: pageQuery },
  responses: responses(200, 'Each part as its own GET answers it, or a problem', pageSchema, [
    'site-not-found',
    'validation-failed',
    'story-key-invalid',
  ]),
});

export function addPageRoute(api: Api, cache: PublicCache, reporter: ErrorReporter, readPart: PartReader): void {
  api.openapi(getPage, (c) => {
    const { story, lang, parts } = c.req.valid('query');
    const site = c.get('site');
    const requestId = c.get('requestId');
    return publicResponse(c, cache, async () => {
      const read = await Promise.all(
        parts.map((entry) =>
          readOrProblem(reporter, site, requestId, () => {
            const part = parsePart(entry);
            if (!part) throw new Problem('validation-failed', `parts: "${entry}" is not a part.`);
            return readPart(site, part, { story, lang });
          }),
        ),
      );
      return {
        value: { lang: site.lang, parts: Object.fromEntries(parts.map((entry, index) => [entry, read[index]?.value])) },
        tags: [...new Set([tags.site(site.id), ...read.flatMap((part) => part.tags)])],
        hasFailed: read.some(({ hasFailed }) => hasFailed),
      };
    });
  });
}

/** Puts a problem in the place of a part that fails. */
async function readOrProblem(
  reporter: ErrorReporter,
  site: Site,
  requestId: string,
  read: () => Promise<PublicData<unknown>>,
): Promise<PublicData<unknown>> {
  try {
    return await read();
  } catch (error) {
    const problem = problemFrom(error, reporter, { requestId, route: getPage.path, site: site.id });
    // A part that carries the id has failed, so that the page is not cached.
    return { value: problem.toBody(requestId), tags: [], hasFailed: problem.status >= 500 };
  }
}
