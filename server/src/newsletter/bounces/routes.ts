import { createRoute } from '@hono/zod-openapi';
import {
  bounceProviderParams,
  bounceReportsBody,
  recordedBouncesSchema,
  siteParams,
  type BounceProvider,
} from 'afterword/contract';
import { jsonBody, responses, sitePath, type Api } from '../../http/api.js';
import { serverKeyOnly } from '../../http/authorization.js';
import type { ClientAddress } from '../../http/client-address.js';
import type { RateLimits } from '../../http/rate-limits.js';
import { Problem } from '../../problem.js';
import type { Config } from '../../config.js';
import type { Database } from '../../storage/database.js';
import { NewsletterTokens } from '../domain/tokens.js';
import { readMailgun } from './mailgun.js';
import { readPostmark } from './postmark.js';
import { recordBounces, type BounceDelivery, type BounceOutcome } from './record-bounces.js';
import { parseJsonObject, toBounceReports, type ProviderDelivery } from './reports.js';
import { readSesReports } from './ses.js';
import { SnsMessages } from './sns-message.js';
import { readBounceSecret } from './sources.js';

/** Services that the bounce routes use. */
export interface BounceServices {
  readonly clientAddress: ClientAddress;
  readonly config: Pick<Config, 'secrets'>;
  readonly database: Database;
  readonly rateLimits: RateLimits;
}

const commonErrors = ['origin-not-allowed', 'site-not-found', 'invalid-json', 'body-too-large'] as const;

const postBounces = createRoute({
  method: 'post',
  path: `${sitePath}/bounces/generic`,
  tags: ['newsletter'],
  summary: 'Report bounces and complaints from any mail service',
  description:
    'Hard bounces and complaints suppress an address at once, soft bounces after five within 90 days. Addresses that are ' +
    'not valid are ignored.',
  security: [{ server: [] as string[] }],
  middleware: serverKeyOnly,
  request: { params: siteParams, body: jsonBody(bounceReportsBody) },
  responses: responses(200, 'Recorded', recordedBouncesSchema, [
    ...commonErrors,
    'token-required',
    'token-invalid',
    'unsupported-media-type',
    'validation-failed',
  ]),
});

const postProviderBounces = createRoute({
  method: 'post',
  path: `${sitePath}/bounces/{provider}`,
  tags: ['newsletter'],
  summary: 'Webhook of Amazon SES (by SNS), Postmark or Mailgun',
  description:
    'The body as the service sends it, checked by its signature or password. Set up with `afterword newsletters bounces-from`.',
  request: { params: bounceProviderParams },
  responses: responses(200, 'Recorded', recordedBouncesSchema, [
    ...commonErrors,
    'token-invalid',
    'validation-failed',
    'rate-limited',
    'unavailable',
  ]),
});

/** Adds the routes by which mail services report bounces and complaints. */
export function addBounceRoutes(api: Api, { clientAddress, config, database, rateLimits }: BounceServices): void {
  const { read, writer } = database;
  const snsMessages = new SnsMessages();
  const command = recordBounces(new NewsletterTokens(config.secrets));
  const record = async (delivery: BounceDelivery) => {
    const { suppressedCount, isReplay }: BounceOutcome = await writer.submit(command, delivery);
    if (isReplay && delivery.source === 'mailgun') throw new Problem('token-invalid', 'The signature was used before.');
    return { suppressed: suppressedCount };
  };

  api.openapi(postBounces, async (c) => {
    const reports = toBounceReports(c.req.valid('json'));
    return c.json(await record({ siteId: c.get('site').id, source: 'generic', reports }), 200);
  });

  const readDelivery = async (
    provider: BounceProvider,
    secret: string,
    text: string,
    authorization: string | undefined,
  ): Promise<ProviderDelivery> => {
    const body = parseJsonObject(text);
    if (provider === 'mailgun') return readMailgun(body, secret);
    if (provider === 'postmark') return readPostmark(body, authorization, secret);
    const message = await snsMessages.read(body, secret);
    if (message.type === 'SubscriptionConfirmation') await snsMessages.confirm(message, secret);
    const isReport = message.type === 'Notification';
    return { reports: isReport ? readSesReports(message.message) : [], deliveryId: isReport ? message.id : undefined };
  };

  api.openapi(postProviderBounces, async (c) => {
    const { provider } = c.req.valid('param');
    await rateLimits.take('bounce-webhook', clientAddress.networkOf(c.env?.incoming));
    const { id: siteId } = c.get('site');
    const secret = await readBounceSecret(read, { siteId, provider });
    if (secret === undefined)
      throw new Problem(
        'token-invalid',
        `The site accepts no reports of ${provider}. Set it up with: afterword newsletters bounces-from ${provider} --site ${siteId}`,
      );
    const delivery = await readDelivery(provider, secret, await c.req.text(), c.req.header('authorization'));
    const { deliveryId } = delivery;
    return c.json(
      await record({ siteId, source: provider, reports: toBounceReports(delivery.reports), deliveryId }),
      200,
    );
  });
}
