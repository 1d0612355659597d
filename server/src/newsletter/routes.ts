import { createRoute } from '@hono/zod-openapi';
import {
  confirmedSchema,
  langQuery,
  newslettersSchema,
  siteParams,
  subscribeBody,
  subscribedSchema,
  subscriptionCodeBody,
  trapField,
} from 'afterword/contract';
import { jsonBody, responses, sitePath, type Api } from '../http/api.js';
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

const postSubscription = createRoute({
  method: 'post',
  path: `${sitePath}/subscriptions`,
  tags: ['newsletter'],
  summary: 'Ask for newsletters; the address is asked to confirm by mail',
  request: { params: siteParams, body: jsonBody(subscribeBody) },
  responses: responses(202, 'The same for every address, known or not', subscribedSchema, [
    'origin-not-allowed',
    'site-not-found',
    'email-invalid',
    'list-not-found',
    'consent-missing',
    'validation-failed',
    'rate-limited',
    'mail-off',
  ]),
});

const postCode = createRoute({
  method: 'post',
  path: `${sitePath}/subscriptions/code`,
  tags: ['newsletter'],
  summary: 'Confirm with the six-digit code of the mail',
  request: { params: siteParams, body: jsonBody(subscriptionCodeBody) },
  responses: responses(200, 'Confirmed', confirmedSchema, [
    'origin-not-allowed',
    'site-not-found',
    'email-invalid',
    'code-wrong',
    'validation-failed',
    'rate-limited',
  ]),
});

export function addNewsletterRoutes(api: Api, services: Services): void {
  const { cache, clientAddress, rateLimits, subscriptions } = services;

  api.openapi(getNewsletters, (c) =>
    publicAnswer(c, cache, () => readNewsletters(services, c.get('site'), c.req.valid('query').lang)),
  );

  api.openapi(postSubscription, async (c) => {
    const body = c.req.valid('json');
    await rateLimits.take('subscription', clientAddress.networkOf(c.env?.incoming));
    await subscriptions.request(c.get('site'), {
      email: body.email,
      lists: body.lists,
      consents: [body.consent].flat(),
      lang: body.lang,
      trapped: Boolean(body[trapField]),
      method: 'widget',
    });
    return c.json({ state: 'check-inbox' as const }, 202);
  });

  api.openapi(postCode, async (c) => {
    await rateLimits.take('code', clientAddress.networkOf(c.env?.incoming));
    await subscriptions.confirmByCode(c.get('site'), c.req.valid('json'));
    return c.json({ state: 'confirmed' as const }, 200);
  });
}
