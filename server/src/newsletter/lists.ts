import type { Newsletters } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { tags, type Shown } from '../http/public-cache.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { inLang, type Words } from '../sites/words.js';
import type { Tables } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

/** A newsletter as an editor describes it. */
export interface NewNewsletter {
  readonly id: string;
  readonly name: Words;
  readonly description: Words;
  readonly frequency: Words;
  /** What a reader agrees to. A changed wording needs a new id: those who agreed to the old one agreed to those words. */
  readonly consent: { readonly id: string; readonly text: Words };
}

/** A newsletter as stored, with the consent text that is asked for today. */
export interface StoredNewsletter extends NewNewsletter {
  readonly position: number;
}

/** Adds a newsletter at the end of a site's list, or brings its words up to date. */
export async function putNewsletter(
  { cache, database }: Pick<Services, 'cache' | 'database'>,
  site: Pick<Site, 'id'>,
  newsletter: NewNewsletter,
): Promise<void> {
  await database.writer.submit(putNewsletters, { siteId: site.id, newsletter });
  cache.drop(tags.site(site.id));
}

/** The newsletters of a site that can be subscribed to, in the publisher's order. */
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
      name: JSON.parse(nameJson) as Words,
      description: JSON.parse(descriptionJson) as Words,
      frequency: JSON.parse(frequencyJson) as Words,
      consent: { id: text.id, text: JSON.parse(text.textJson) as Words },
      position,
    };
  });
}

/** The newsletters as everybody sees them. */
export async function readNewsletters(
  { database }: Services,
  site: Site,
  lang: string | undefined,
): Promise<Shown<Newsletters>> {
  const stored = await readStoredNewsletters(database.read, site.id);
  const said = (words: Words) => inLang(words, lang, site.lang);
  return {
    value: {
      lists: stored.map(({ id, name, description, frequency, consent }) => ({
        id,
        name: said(name),
        description: said(description),
        frequency: said(frequency),
        consent: { id: consent.id, text: said(consent.text) },
      })),
    },
    tags: [tags.site(site.id)],
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
  const agreed = await db
    .selectFrom('consent_texts')
    .select(['newsletterId', 'textJson'])
    .where('siteId', '=', siteId)
    .where('id', '=', consent.id)
    .executeTakeFirst();
  if (agreed && (agreed.newsletterId !== id || agreed.textJson !== textJson))
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
