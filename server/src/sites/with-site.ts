import { OperatorError, type Config } from '../config.js';
import type { Database } from '../storage/database.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import { Sites, type Site } from './store.js';

/**
 * Runs the work of a command on one site, and closes the database after it.
 *
 * @param id without it, the only site there is
 * @throws OperatorError where there is no such site
 */
export function withSite(
  id: string | undefined,
  work: (database: Database, site: Site, config: Config) => Promise<void>,
): Promise<void> {
  return withExistingDatabase(async (database, config) => {
    const sites = new Sites(database, []);
    await work(database, id === undefined ? await onlySite(sites) : await existingSite(sites, id), config);
  });
}

async function onlySite(sites: Sites): Promise<Site> {
  const all = await sites.list();
  const [only, second] = all;
  if (!only) throw new OperatorError('There is no site yet. Add one with: afterword sites add <id>');
  if (second) throw new OperatorError(`Say which site with --site: ${all.map(({ id }) => id).join(', ')}.`);
  return only;
}

/** @throws OperatorError where there is no such site */
export async function existingSite(store: Sites, id: string): Promise<Site> {
  const site = await store.get(id);
  if (!site) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
  return site;
}
