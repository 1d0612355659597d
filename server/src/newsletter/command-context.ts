import { OperatorError, readConfig } from '../config.js';
import { withSite } from '../sites/with-site.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { readStoredNewsletters } from './domain/lists.js';
import { NewsletterTokens } from './domain/tokens.js';

/** Compares the secret of the command with that of the database. @throws OperatorError where they differ */
export type SecretCheck = (database: Database, secrets: readonly string[]) => Promise<void>;

/** Runs the work of a command on one site, with the secret that its addresses are hashed by. */
export function withTokens(
  id: string | undefined,
  checkSecrets: SecretCheck,
  work: (database: Database, site: Site, tokens: NewsletterTokens) => Promise<void>,
): Promise<void> {
  return withSite(id, async (database, site) => {
    const { secrets } = readConfig(process.env);
    await checkSecrets(database, secrets);
    await work(database, site, new NewsletterTokens(secrets));
  });
}

/** @throws OperatorError that names the newsletters there are, where the site does not have one of this id */
export async function requireNewsletter({ read }: Pick<Database, 'read'>, site: Site, id: string): Promise<void> {
  const known = (await readStoredNewsletters(read, site.id)).map((newsletter) => newsletter.id);
  if (known.includes(id)) return;
  const others = known.length > 0 ? `There are: ${known.join(', ')}.` : 'There is none yet.';
  throw new OperatorError(
    `The site "${site.id}" has no newsletter "${id}". ${others} Add it with: afterword newsletters add ${id} --site ${site.id}`,
  );
}
