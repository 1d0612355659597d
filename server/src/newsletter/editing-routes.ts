import { createRoute } from '@hono/zod-openapi';
import { editedNewsletterSchema, newsletterBody, newsletterParams } from 'afterword/contract';
import { jsonBody, responses, sitePath, type Api } from '../http/api.js';
import { serverKeyOnly } from '../http/authorization.js';
import type { PublicCache } from '../http/public-cache.js';
import type { Database } from '../storage/database.js';
import {
  putNewsletter,
  readEditedNewsletterOrThrow,
  removeNewsletter,
  toNewNewsletter,
} from './domain/list-editing.js';

const path = `${sitePath}/newsletters/{newsletter}`;
const editorRoute = { path, tags: ['newsletter'], security: [{ server: [] as string[] }], middleware: serverKeyOnly };
const commonErrors = ['token-required', 'token-invalid', 'site-not-found', 'validation-failed'] as const;

const getNewsletter = createRoute({
  ...editorRoute,
  method: 'get',
  summary: 'Read a newsletter with all languages, consent versions and the number of its subscribers',
  request: { params: newsletterParams },
  responses: responses(200, 'The newsletter', editedNewsletterSchema, [...commonErrors, 'newsletter-not-found']),
});

const putNewsletterRoute = createRoute({
  ...editorRoute,
  method: 'put',
  summary: 'Create or replace a newsletter',
  description:
    'A changed consent text becomes a new version; subscribers keep the one they have agreed to. Puts back a newsletter ' +
    'that was removed less than seven days ago, with its subscribers.',
  request: { params: newsletterParams, body: jsonBody(newsletterBody) },
  responses: responses(200, 'The stored newsletter', editedNewsletterSchema, [
    ...commonErrors,
    'invalid-json',
    'origin-not-allowed',
    'body-too-large',
    'unsupported-media-type',
  ]),
});

const deleteNewsletter = createRoute({
  ...editorRoute,
  method: 'delete',
  summary: 'Remove a newsletter',
  description:
    'Readers no longer see it, at once. Its subscriptions are deleted after seven days; until then `PUT` puts it back ' +
    'with them. Consent texts and the consent log stay, as proof.',
  request: { params: newsletterParams },
  responses: responses(204, 'Removed', undefined, [...commonErrors, 'origin-not-allowed', 'newsletter-not-found']),
});

/** Adds the routes for editors of newsletters, called from the publisher's server. */
export function addNewsletterEditingRoutes(
  api: Api,
  services: { readonly cache: PublicCache; readonly database: Database },
): void {
  const { database } = services;

  api.openapi(getNewsletter, async (c) =>
    c.json(await readEditedNewsletterOrThrow(database, c.get('site').id, c.req.valid('param').newsletter), 200),
  );

  api.openapi(putNewsletterRoute, async (c) => {
    const site = c.get('site');
    const { newsletter: id } = c.req.valid('param');
    await putNewsletter(services, site, toNewNewsletter(id, c.req.valid('json'), site.lang));
    return c.json(await readEditedNewsletterOrThrow(database, site.id, id), 200);
  });

  api.openapi(deleteNewsletter, async (c) => {
    await removeNewsletter(services, c.get('site'), c.req.valid('param').newsletter);
    return c.body(null, 204);
  });
}
