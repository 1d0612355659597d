import type { NewsletterList, Newsletters } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { tags, type PublicCache, type PublicData } from '../../http/public-cache.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { Tables } from '../../storage/tables.js';
import type { Command } from '../../storage/writer.js';
import { translate, type LocalizedText } from '../../text.js';

/** Newsletter as an editor defines it. */
export interface NewNewsletter {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  readonly frequency: LocalizedText;
  /** Consent text. A changed text needs a new id, since logged consents refer to the old text. */
  readonly consent: { readonly id: string; readonly text: LocalizedText };
}

/** Stored newsletter with its current consent text. */
export interface StoredNewsletter extends NewNewsletter {
  readonly position: number;
}

/** Adds a newsletter at the end of a site's list, or updates its texts. */
export async function putNewsletter(
  { cache, database }: { readonly cache: PublicCache; readonly database: Database },
  site: Pick<Site, 'id'>,
  newsletter: NewNewsletter,
): Promise<void> {
  await database.writer.submit(putNewsletters, { siteId: site.id, newsletter });
  cache.drop(tags.site(site.id));
}

/** Lists the newsletters of a site that have a consent text, in the publisher's order. */
export async function readStoredNewsletters(read: Kysely<Tables>, siteId: string): Promise<StoredNewsletter[]> {
  const newsletters = await read
    .selectFrom('newsletters')
    .selectAll()
    .where('siteId', '=', siteId)
    .orderBy('position')
    .orderBy('id')
    .execute();
  const texts = await read
    .selectFrom('consent_texts')
    .selectAll()
    .where('siteId', '=', siteId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  const current = new Map(texts.map((text) => [text.newsletterId, text]));
  return newsletters.flatMap(({ id, nameJson, descriptionJson, frequencyJson, position }) => {
    const text = current.get(id);
    if (!text) return [];
    return {
      id,
      name: JSON.parse(nameJson) as LocalizedText,
      description: JSON.parse(descriptionJson) as LocalizedText,
      frequency: JSON.parse(frequencyJson) as LocalizedText,
      consent: { id: text.id, text: JSON.parse(text.textJson) as LocalizedText },
      position,
    };
  });
}

/** Lists the newsletters of a site for the public, in one language. */
export async function readNewsletters(
  database: Database,
  site: Site,
  lang: string | undefined,
): Promise<PublicData<Newsletters>> {
  const stored = await readStoredNewsletters(database.read, site.id);
  return { value: { lists: stored.map((list) => toPublicList(list, lang, site.lang)) }, tags: [tags.site(site.id)] };
}

/** Converts a newsletter for readers, in one language as far as it is translated. */
function toPublicList(
  { id, name, description, frequency, consent }: StoredNewsletter,
  lang: string | undefined,
  siteLang: string,
): NewsletterList {
  const inLanguage = (texts: LocalizedText) => translate(texts, lang, siteLang);
  const words = {
    name: inLanguage(name),
    description: inLanguage(description),
    frequency: inLanguage(frequency),
    consent: inLanguage(consent.text),
  };
  const langs = Object.fromEntries(
    Object.entries(words).flatMap(([field, { lang }]) => (lang === undefined ? [] : [[field, lang]])),
  );
  return {
    id,
    name: words.name.text,
    description: words.description.text,
    frequency: words.frequency.text,
    consent: { id: consent.id, text: words.consent.text },
    ...(Object.keys(langs).length > 0 && { langs }),
  };
}

export const putNewsletters: Command<{ siteId: string; newsletter: NewNewsletter }, void> = {
  name: 'put-newsletters',
  async run({ db }, given) {
    const results: (void | Error)[] = [];
    for (const { siteId, newsletter } of given) results.push(await putOne(db, siteId, newsletter));
    return results;
  },
};

async function putOne(db: Kysely<Tables>, siteId: string, newsletter: NewNewsletter): Promise<void | Error> {
  const { id, name, description, frequency, consent } = newsletter;
  const textJson = JSON.stringify(consent.text);
  const existing = await db
    .selectFrom('consent_texts')
    .select(['newsletterId', 'textJson'])
    .where('siteId', '=', siteId)
    .where('id', '=', consent.id)
    .executeTakeFirst();
  if (existing && (existing.newsletterId !== id || existing.textJson !== textJson))
    return new Error(`The consent text ${consent.id} stands already with other words: give the new wording a new id.`);
  const { last } = await db
    .selectFrom('newsletters')
    .select((eb) => eb.fn.max('position').as('last'))
    .where('siteId', '=', siteId)
    .executeTakeFirstOrThrow();
  const words = {
    nameJson: JSON.stringify(name),
    descriptionJson: JSON.stringify(description),
    frequencyJson: JSON.stringify(frequency),
  };
  await db
    .insertInto('newsletters')
    .values({ siteId, id, position: (last ?? -1) + 1, ...words })
    .onConflict((conflict) => conflict.columns(['siteId', 'id']).doUpdateSet(words))
    .execute();
  await db
    .insertInto('consent_texts')
    .values({ siteId, id: consent.id, newsletterId: id, textJson, createdAt: Date.now() })
    .onConflict((conflict) => conflict.columns(['siteId', 'id']).doNothing())
    .execute();
}
