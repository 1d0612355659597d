import { OperatorError, readConfig } from '../config.js';
import { openDatabase, type Database } from '../storage/database.js';
import { Sites, type Site } from './store.js';

/**
 * Does a command's work on one site, and closes the database after it.
 *
 * @throws OperatorError where there is no such site
 */
export async function withSite(id: string, work: (database: Database, site: Site) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    const site = await new Sites(database).get(id);
    if (!site) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
    await work(database, site);
  } finally {
    await database.close();
  }
}
