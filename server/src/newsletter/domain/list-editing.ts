import { limits, type EditedNewsletter, type NewsletterBody } from 'afterword/contract';
import { tags, type PublicCache } from '../../http/public-cache.js';
import { fieldProblem, Problem } from '../../problem.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';
import type { LocalizedText } from '../../text.js';
import { dayMs } from '../../time.js';
import { consentTexts, readEditedNewsletter } from './lists.js';

/** The time in which a removed newsletter can be put back with its subscribers. */
export const removalGraceMs = 7 * dayMs;

/** Newsletter as an editor defines it. The id of the consent text is given by {@link putNewsletters}. */
export interface NewNewsletter
  extends
    Pick<EditedNewsletter, 'id' | 'name' | 'description' | 'frequency'>,
    Partial<Pick<EditedNewsletter, 'latestIssue' | 'position'>> {
  readonly consent: { readonly text: LocalizedText };
}

/** What editing needs. The command line has no cache: running servers read the change within seconds. */
export interface EditingSources {
  readonly database: Database;
  readonly cache?: PublicCache;
}

/** Returns a newsletter as sent by an editor, with its texts by language. */
export function toNewNewsletter(id: string, body: NewsletterBody, siteLang: string): NewNewsletter {
  const byLanguage = (text: string | LocalizedText) => (typeof text === 'string' ? { [siteLang]: text } : text);
  return {
    id,
    name: byLanguage(body.name),
    description: byLanguage(body.description),
    frequency: byLanguage(body.frequency),
    consent: { text: byLanguage(body.consent.text) },
    latestIssue: body.latestIssue,
    ...(body.position !== undefined && { position: body.position }),
  };
}

/**
 * Adds a newsletter to a site, or replaces its texts. A changed consent text becomes a new version, which new subscribers
 * agree to. Puts back one that was removed.
 *
 * @throws Problem `validation-failed` where the site has too many newsletters
 */
export async function putNewsletter(
  { cache, database }: EditingSources,
  site: Pick<Site, 'id'>,
  newsletter: NewNewsletter,
): Promise<void> {
  await database.writer.submit(putNewsletters, { siteId: site.id, newsletter });
  cache?.drop(tags.site(site.id));
}

/**
 * Removes a newsletter: readers no longer see it. Its subscriptions are deleted after {@link removalGraceMs}; consent texts
 * and the consent log stay, as proof.
 *
 * @throws Problem `newsletter-not-found`
 */
export async function removeNewsletter(
  { cache, database }: EditingSources,
  site: Pick<Site, 'id'>,
  id: string,
): Promise<void> {
  const isRemoved = await database.writer.submit(removeNewsletters, { siteId: site.id, id });
  if (!isRemoved) throw new Problem('newsletter-not-found');
  cache?.drop(tags.site(site.id));
}

/** @throws Problem `newsletter-not-found` */
export async function readEditedNewsletterOrThrow(
  { read }: Pick<Database, 'read'>,
  siteId: string,
  id: string,
): Promise<EditedNewsletter> {
  const found = await readEditedNewsletter(read, siteId, id);
  if (!found) throw new Problem('newsletter-not-found');
  return found;
}

export const putNewsletters: Command<{ siteId: string; newsletter: NewNewsletter }, void> = {
  name: 'put-newsletters',
  run: (transaction, edits) =>
    runSequentially(edits, ({ siteId, newsletter }) => putOne(transaction, siteId, newsletter)),
};

async function putOne(
  transaction: Transaction,
  siteId: string,
  newsletter: NewNewsletter,
): Promise<Problem | undefined> {
  const { db, locked } = transaction;
  const { id, name, description, frequency, consent, latestIssue } = newsletter;
  // Two editors at once would give two consent texts one id.
  await locked(db.selectFrom('sites').select('id').where('id', '=', siteId)).execute();
  const others = await db
    .selectFrom('newsletters')
    .select(['id', 'position'])
    .where('siteId', '=', siteId)
    .where('id', '!=', id)
    .execute();
  if (others.length >= limits.newsletters)
    return fieldProblem('validation-failed', 'newsletter', `A site has ${limits.newsletters} newsletters at most.`);
  const end = Math.max(-1, ...others.map(({ position }) => position)) + 1;
  const words = {
    nameJson: JSON.stringify(name),
    descriptionJson: JSON.stringify(description),
    frequencyJson: JSON.stringify(frequency),
    latestIssueJson: latestIssue ? JSON.stringify(latestIssue) : null,
    removedAt: null,
    ...(newsletter.position !== undefined && { position: newsletter.position }),
  };
  await db
    .insertInto('newsletters')
    .values({ siteId, id, position: end, ...words })
    .onConflict((conflict) => conflict.columns(['siteId', 'id']).doUpdateSet(words))
    .execute();
  await addConsentVersion(transaction, siteId, id, consent.text);
  return undefined;
}

/** Stores a consent text as a new version, unless it is the current one. */
async function addConsentVersion(
  { db }: Transaction,
  siteId: string,
  newsletterId: string,
  text: LocalizedText,
): Promise<void> {
  const versions = await consentTexts(db, siteId).where('newsletterId', '=', newsletterId).execute();
  const current = versions.at(-1);
  const textJson = toSortedJson(text);
  if (current && toSortedJson(JSON.parse(current.textJson) as LocalizedText) === textJson) return;
  const createdAt = Math.max(Date.now(), (current?.createdAt ?? 0) + 1);
  await db
    .insertInto('consent_texts')
    .values({ siteId, id: `${newsletterId}-${versions.length + 1}`, newsletterId, textJson, createdAt })
    .execute();
}

function toSortedJson(text: LocalizedText): string {
  return JSON.stringify(Object.fromEntries(Object.entries(text).sort(([a], [b]) => (a < b ? -1 : 1))));
}

const removeNewsletters: Command<{ siteId: string; id: string }, boolean> = {
  name: 'remove-newsletters',
  run: ({ db }, removals) =>
    runSequentially(removals, async ({ siteId, id }) => {
      const { numUpdatedRows } = await db
        .updateTable('newsletters')
        .set({ removedAt: Date.now() })
        .where('siteId', '=', siteId)
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    }),
};
