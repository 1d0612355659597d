import { createRoute } from '@hono/zod-openapi';
import { langQuery, newslettersSchema, siteParams } from 'afterword/contract';
import { responses, sitePath, type Api } from '../http/api.js';
import { publicAnswer } from '../http/public-answer.js';
import type { Services } from '../services.js';
import { readNewsletters } from './lists.js';

const getNewsletters = createRoute({
  method: 'get',
  path: `${sitePath}/newsletters`,
  tags: ['newsletter'],
  summary: 'The newsletters of a site, and what subscribing to each means',
  request: { params: siteParams, query: langQuery },
  responses: responses(200, 'The newsletters', newslettersSchema, ['site-not-found', 'validation-failed']),
});

export function addNewsletterRoutes(api: Api, services: Services): void {
  api.openapi(getNewsletters, (c) =>
    publicAnswer(c, services.cache, () => readNewsletters(services, c.get('site'), c.req.valid('query').lang)),
  );
}
