import type { EditedNewsletter, NewsletterList, Newsletters } from 'afterword/contract';
import { sql, type Kysely } from 'kysely';
import { tags, type PublicData } from '../../http/public-cache.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { ConsentTextRow, Tables } from '../../storage/tables.js';
import { translate, type LocalizedText } from '../../text.js';
import { toIsoTime } from '../../time.js';

/** A newsletter with its current consent text. */
export type StoredNewsletter = Pick<
  EditedNewsletter,
  'id' | 'name' | 'description' | 'frequency' | 'latestIssue' | 'position'
> & { readonly consent: { readonly id: string; readonly text: LocalizedText } };

/** Lists the newsletters of a site that have a consent text and are not removed, in the publisher's order. */
export async function readStoredNewsletters(read: Kysely<Tables>, siteId: string): Promise<StoredNewsletter[]> {
  const newsletters = await read
    .selectFrom('newsletters')
    .selectAll()
    .where('siteId', '=', siteId)
    .where('removedAt', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
  const texts = await consentTexts(read, siteId).execute();
  const current = new Map(texts.map((text) => [text.newsletterId, text]));
  return newsletters.flatMap((row) => {
    const text = current.get(row.id);
    if (!text) return [];
    return {
      id: row.id,
      name: JSON.parse(row.nameJson) as LocalizedText,
      description: JSON.parse(row.descriptionJson) as LocalizedText,
      frequency: JSON.parse(row.frequencyJson) as LocalizedText,
      consent: { id: text.id, text: JSON.parse(text.textJson) as LocalizedText },
      latestIssue: JSON.parse(row.latestIssueJson ?? 'null') as StoredNewsletter['latestIssue'],
      position: row.position,
    };
  });
}

/** Selects the consent texts of a site, the current one of each newsletter last. */
export function consentTexts(read: Kysely<Tables>, siteId: string) {
  return read.selectFrom('consent_texts').selectAll().where('siteId', '=', siteId).orderBy('createdAt').orderBy('id');
}

/** Reads a newsletter as editors see it: in every language, with its consent versions and the number of its subscribers. */
export async function readEditedNewsletter(
  read: Kysely<Tables>,
  siteId: string,
  id: string,
): Promise<EditedNewsletter | undefined> {
  const stored = (await readStoredNewsletters(read, siteId)).find((newsletter) => newsletter.id === id);
  if (!stored) return undefined;
  const versions = await consentTexts(read, siteId).where('newsletterId', '=', id).execute();
  const [current, ...earlier] = versions.reverse().map(toConsentVersion);
  const subscribersOf = await countSubscribers(read, siteId, id);
  return { ...stored, consent: current!, earlierConsents: earlier, subscribers: subscribersOf(id) };
}

/**
 * Counts the subscribers of a site's newsletters by state.
 *
 * @param newsletterId the only one that is counted
 */
export async function countSubscribers(
  read: Kysely<Tables>,
  siteId: string,
  newsletterId?: string,
): Promise<(id: string) => EditedNewsletter['subscribers']> {
  const counts = await read
    .selectFrom('subscriptions')
    .select(['newsletterId', 'state', sql<number>`count(*)`.as('count')])
    .where('siteId', '=', siteId)
    .$if(newsletterId !== undefined, (query) => query.where('newsletterId', '=', newsletterId ?? ''))
    .groupBy(['newsletterId', 'state'])
    .execute();
  return (id) => {
    const countOf = (state: string) =>
      Number(counts.find((row) => row.newsletterId === id && row.state === state)?.count ?? 0);
    return { confirmed: countOf('confirmed'), pending: countOf('pending'), bounced: countOf('bounced') };
  };
}

function toConsentVersion({ id, textJson, createdAt }: ConsentTextRow): EditedNewsletter['consent'] {
  return { id, text: JSON.parse(textJson) as LocalizedText, since: toIsoTime(createdAt) };
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
  { id, name, description, frequency, consent, latestIssue }: StoredNewsletter,
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
    ...(latestIssue && { latestIssue }),
    ...(Object.keys(langs).length > 0 && { langs }),
  };
}
