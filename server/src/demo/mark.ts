import type { Kysely } from 'kysely';
import { OperatorError } from '../operator-error.js';
import type { Database } from '../storage/database.js';
import { putMetadata, readMetadata } from '../storage/metadata.js';
import type { Tables } from '../storage/tables.js';

const name = 'demo';

/**
 * Keeps demo data and others apart: a server without the demo would send the mails that visitors of the demo have queued, and a
 * demo would add its site to a publisher's.
 *
 * @throws OperatorError
 */
export async function refuseOtherData(
  { read }: Pick<Database, 'read'>,
  { demo, dataFolder }: { readonly demo: boolean; readonly dataFolder: string },
): Promise<void> {
  const isDemoData = (await readMetadata(read, name)) !== undefined;
  if (isDemoData && !demo)
    throw new OperatorError(
      `The database holds the data of the demo (${dataFolder}). ` +
        'Set AFTERWORD_DATA or AFTERWORD_DATABASE to another, or AFTERWORD_DEMO=1 to run the demo.',
    );
  if (isDemoData || !demo) return;
  const site = await read.selectFrom('sites').select('id').limit(1).executeTakeFirst();
  if (site)
    throw new OperatorError(
      `The database holds the site "${site.id}", to which the demo would add its own (${dataFolder}). ` +
        'Set AFTERWORD_DATA to a new folder for the demo.',
    );
}

/** Marks the database as that of a demo. */
export async function markAsDemo(db: Kysely<Tables>): Promise<void> {
  await putMetadata(db, name, '1');
}
