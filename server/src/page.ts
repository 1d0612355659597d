import { createRoute } from '@hono/zod-openapi';
import { limits, pageQuery, pageSchema, parsePart, siteParams } from 'afterword/contract';
import { readThreadPage } from './comments/threads.js';
import { responses, sitePath, type Api } from './http/api.js';
import { publicAnswer } from './http/public-answer.js';
import { tags, type Shown } from './http/public-cache.js';
import { readNewsletters } from './newsletter/lists.js';
import { Problem, problemFrom } from './problem.js';
import { readReactions } from './reactions/routes.js';
import type { Services } from './services.js';
import type { Site } from './sites/store.js';
import { readCounts } from './stories/counts.js';
import { readRail } from './stories/rails.js';

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

export function addPageRoute(api: Api, services: Services): void {
  api.openapi(getPage, (c) => {
    const { story, lang, parts } = c.req.valid('query');
    const site = c.get('site');
    return publicAnswer(c, services.cache, async () => {
      const shown = await Promise.all(
        parts.map((entry) => orProblem(services, site, () => readPart(services, site, entry, story, lang))),
      );
      return {
        value: { parts: Object.fromEntries(parts.map((entry, index) => [entry, shown[index]?.value])) },
        tags: [...new Set([tags.site(site.id), ...shown.flatMap((part) => part.tags)])],
        failed: shown.some(({ failed }) => failed),
      };
    });
  });
}

function readPart(
  services: Services,
  site: Site,
  entry: string,
  story: string,
  lang: string | undefined,
): Promise<Shown<unknown>> {
  const part = parsePart(entry);
  switch (part?.part) {
    case 'reactions':
      return readReactions(services, site, story, part.poll, lang);
    case 'comments':
      return readThreadPage(services, site, story, { sort: part.sort, limit: part.limit, replies: limits.replies });
    case 'stories':
      return readRail(services, site, part.rail, story, part.limit, lang);
    case 'newsletter':
      return readNewsletters(services, site, lang);
    case 'counts':
      return readCounts(services, site, [story]);
    default:
      throw new Problem('validation-failed', `parts: "${entry}" is not a part.`);
  }
}

/** One part that fails does not take the others with it. */
async function orProblem(services: Services, site: Site, read: () => Promise<Shown<unknown>>): Promise<Shown<unknown>> {
  try {
    return await read();
  } catch (error) {
    const problem = problemFrom(error, services, { route: getPage.path, site: site.id });
    return { value: problem.toBody(), tags: [], failed: problem.status >= 500 };
  }
}
