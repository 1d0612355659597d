import { createRoute } from '@hono/zod-openapi';
import { editedSiteSchema, sitePatchBody, siteParams } from 'afterword/contract';
import type { z } from 'zod';
import { jsonBody, responses, sitePath, type Api } from '../http/api.js';
import { serverKeyOnly } from '../http/authorization.js';
import { tags, type PublicCache } from '../http/public-cache.js';
import { applyPatch, type ReaderKinds } from './site-changes.js';
import type { NewSite, Sites } from './store.js';

/** Services that the site routes use. */
export interface SiteServices {
  readonly cache: PublicCache;
  readonly sites: Sites;
}

const publisherRoute = { tags: ['site'], security: [{ server: [] as string[] }], middleware: serverKeyOnly };
const commonErrors = ['token-required', 'token-invalid', 'site-not-found'] as const;

const getSite = createRoute({
  ...publisherRoute,
  method: 'get',
  path: sitePath,
  summary: 'Read the site: its texts, origins and settings, without secrets',
  request: { params: siteParams },
  responses: responses(200, 'The site', editedSiteSchema, [...commonErrors]),
});

const patchSite = createRoute({
  ...publisherRoute,
  method: 'patch',
  path: sitePath,
  summary: 'Change the site: its name, language, origins and settings',
  description: 'What is left out stays. Settings are merged at every depth, lists are replaced.',
  request: { params: siteParams, body: jsonBody(sitePatchBody) },
  responses: responses(200, 'The changed site', editedSiteSchema, [
    ...commonErrors,
    'invalid-json',
    'origin-not-allowed',
    'body-too-large',
    'unsupported-media-type',
    'validation-failed',
  ]),
});

/** Adds the routes by which the publisher's server reads and changes a site. */
export function addSiteRoutes(api: Api, { cache, sites }: SiteServices, readerKinds: ReaderKinds): void {
  api.openapi(getSite, (c) => {
    c.header('cache-control', 'no-store');
    return c.json(withoutSecrets(c.get('site')), 200);
  });

  api.openapi(patchSite, async (c) => {
    const patch = c.req.valid('json');
    const changed = await sites.update(c.get('site').id, (site) => applyPatch(site, patch, readerKinds));
    cache.drop(tags.site(changed.id));
    c.header('cache-control', 'no-store');
    return c.json(withoutSecrets(changed), 200);
  });
}

function withoutSecrets({ id, name, lang, origins, settings }: NewSite): z.output<typeof editedSiteSchema> {
  const { external, ...rules } = settings.rules;
  const shown = external && { url: external.url, timeoutMillis: external.timeoutMillis };
  return { id, name, lang, origins, settings: { ...settings, rules: { ...rules, external: shown } } };
}
