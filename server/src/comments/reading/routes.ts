import { createRoute } from '@hono/zod-openapi';
import { commentHistorySchema, commentParams, commentsQuery, commentsSchema, siteParams } from 'afterword/contract';
import { responses, sitePath, type Api } from '../../http/api.js';
import { publicResponse } from '../../http/public-response.js';
import { tags, type PublicCache } from '../../http/public-cache.js';
import { readPlacement } from '../comment-rows.js';
import { readHistory } from '../moderation/revisions.js';
import { readThreadPage, type ThreadSources } from './threads.js';

/** Services that the routes for reading comments use. */
export interface CommentReadingServices extends ThreadSources {
  readonly cache: PublicCache;
}

const getComments = createRoute({
  method: 'get',
  path: `${sitePath}/comments`,
  tags: ['comments'],
  summary: 'Read a page of a thread, or of the replies to one comment',
  request: { params: siteParams, query: commentsQuery },
  responses: responses(200, 'The page', commentsSchema, [
    'site-not-found',
    'validation-failed',
    'story-key-invalid',
    'cursor-invalid',
    'cursor-expired',
  ]),
});

const getHistory = createRoute({
  method: 'get',
  path: `${sitePath}/comments/{id}/history`,
  tags: ['comments'],
  summary: 'List the versions of a comment',
  request: { params: siteParams.extend(commentParams.shape) },
  responses: responses(200, 'The versions, oldest first', commentHistorySchema, [
    'site-not-found',
    'validation-failed',
    'comment-not-found',
  ]),
});

/** Adds the routes that read comments. */
export function addCommentReadingRoutes(api: Api, services: CommentReadingServices): void {
  const { cache, database, stories } = services;

  api.openapi(getComments, (c) => {
    const { story, ...page } = c.req.valid('query');
    return publicResponse(c, cache, () => readThreadPage(services, c.get('site'), story, page));
  });

  api.openapi(getHistory, (c) => {
    const site = c.get('site');
    return publicResponse(c, cache, async () => {
      const { id } = c.req.valid('param');
      const { storyId } = await readPlacement(database, site.id, id);
      const { key } = await stories.byId(storyId);
      return {
        value: await readHistory(database, site.id, id),
        tags: [tags.site(site.id), tags.story(site, key)],
      };
    });
  });
}
