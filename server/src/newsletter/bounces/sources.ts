import type { Kysely } from 'kysely';
import type { BounceSourceRow, Tables } from '../../storage/tables.js';
import { runSequentially, type Command } from '../../storage/writer.js';

/** A mail service whose reports a site accepts. Its secret is never shown. */
export type BounceSource = Pick<BounceSourceRow, 'siteId' | 'provider' | 'secret'>;

/** Returns what the reports of a mail service are checked by; `undefined` where the site accepts none of it. */
export async function readBounceSecret(
  read: Kysely<Tables>,
  { siteId, provider }: Omit<BounceSource, 'secret'>,
): Promise<string | undefined> {
  const row = await read
    .selectFrom('bounce_sources')
    .select('secret')
    .where('siteId', '=', siteId)
    .where('provider', '=', provider)
    .executeTakeFirst();
  return row?.secret;
}

/** Sets mail services; without a secret, it removes them. */
export const setBounceSources: Command<Omit<BounceSource, 'secret'> & { readonly secret: string | undefined }, void> = {
  name: 'set-bounce-sources',
  run: ({ db }, sources) =>
    runSequentially(sources, async ({ siteId, provider, secret }) => {
      await db.deleteFrom('bounce_sources').where('siteId', '=', siteId).where('provider', '=', provider).execute();
      if (secret !== undefined)
        await db.insertInto('bounce_sources').values({ siteId, provider, secret, createdAt: Date.now() }).execute();
    }),
};
