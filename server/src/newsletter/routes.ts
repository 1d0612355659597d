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
import type { ClientAddress } from '../http/client-address.js';
import { publicResponse } from '../http/public-response.js';
import type { PublicCache } from '../http/public-cache.js';
import type { RateLimits } from '../http/rate-limits.js';
import type { Database } from '../storage/database.js';
import { readNewsletters } from './domain/lists.js';
import type { Subscriptions } from './domain/subscriptions.js';

/** Services that the newsletter routes use. */
export interface NewsletterServices {
  readonly cache: PublicCache;
  readonly clientAddress: ClientAddress;
  readonly database: Database;
  readonly rateLimits: RateLimits;
  readonly subscriptions: Subscriptions;
}

const getNewsletters = createRoute({
  method: 'get',
  path: `${sitePath}/newsletters`,
  tags: ['newsletter'],
  summary: 'List the newsletters of a site with their consent texts',
  request: { params: siteParams, query: langQuery },
  responses: responses(200, 'The newsletters', newslettersSchema, ['site-not-found', 'validation-failed']),
});

const postSubscription = createRoute({
  method: 'post',
  path: `${sitePath}/subscriptions`,
  tags: ['newsletter'],
  summary: 'Request a subscription; the address is asked by mail to confirm',
  request: { params: siteParams, body: jsonBody(subscribeBody) },
  responses: responses(202, 'The same for every address, known or not', subscribedSchema, [
    'origin-not-allowed',
    'site-not-found',
    'email-invalid',
    'email-unsupported',
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
  summary: 'Confirm with the six-digit code from the mail',
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

export function addNewsletterRoutes(api: Api, services: NewsletterServices): void {
  const { cache, clientAddress, database, rateLimits, subscriptions } = services;

  api.openapi(getNewsletters, (c) =>
    publicResponse(c, cache, () => readNewsletters(database, c.get('site'), c.req.valid('query').lang)),
  );

  api.openapi(postSubscription, async (c) => {
    const body = c.req.valid('json');
    const network = clientAddress.networkOf(c.env?.incoming);
    await rateLimits.take('subscription', network);
    await subscriptions.request(c.get('site'), {
      email: body.email,
      lists: body.lists,
      consents: [body.consent].flat(),
      lang: body.lang,
      isTrapped: Boolean(body[trapField]),
      method: 'widget',
      page: body.page,
      network,
      origin: c.req.header('origin'),
    });
    return c.json({ state: 'check-inbox' as const }, 202);
  });

  api.openapi(postCode, async (c) => {
    const network = clientAddress.networkOf(c.env?.incoming);
    await rateLimits.take('code', network);
    await subscriptions.confirmByCode(c.get('site'), { ...c.req.valid('json'), network });
    return c.json({ state: 'confirmed' as const }, 200);
  });
}
