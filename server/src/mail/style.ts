import { siteSettingsSchema } from 'afterword/contract';
import type { Kysely } from 'kysely';
import type { Tables } from '../storage/tables.js';
import { localize, type LocalizedText } from '../text.js';

/** What mails of a site show, in one language. */
export interface MailStyle {
  /** Display name of the sender; the site's name where it has none. */
  readonly senderName?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Address of a picture. */
  readonly logo?: string | undefined;
  readonly footer?: string | undefined;
  readonly postalAddress?: string | undefined;
}

/** A site as mails show it. */
export interface MailSite {
  readonly name: string;
  readonly lang: string;
  readonly mail: MailStyle;
}

/** @returns `undefined` where there is no such site */
export async function readMailSite(
  db: Kysely<Tables>,
  siteId: string,
  lang: string | undefined,
): Promise<MailSite | undefined> {
  const row = await db
    .selectFrom('sites')
    .select(['name', 'lang', 'settingsJson'])
    .where('id', '=', siteId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { mail } = siteSettingsSchema.parse(JSON.parse(row.settingsJson));
  const textOf = (setting: string | LocalizedText | null) =>
    setting === null || typeof setting === 'string' ? (setting ?? undefined) : localize(setting, lang, row.lang);
  return {
    name: row.name,
    lang: row.lang,
    mail: {
      senderName: textOf(mail.senderName),
      replyTo: textOf(mail.replyTo),
      logo: textOf(mail.logo),
      footer: textOf(mail.footer),
      postalAddress: textOf(mail.postalAddress),
    },
  };
}
