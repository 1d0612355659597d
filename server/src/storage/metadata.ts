import type { Kysely } from 'kysely';
import type { MetadataRow, Tables } from './tables.js';

/** Reads a named value of the database as a whole. */
export async function readMetadata(read: Kysely<Tables>, name: MetadataRow['name']): Promise<string | undefined> {
  const row = await read.selectFrom('metadata').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

/** Stores a named value of the database as a whole, in place of an earlier one. */
export async function putMetadata(db: Kysely<Tables>, name: MetadataRow['name'], value: string): Promise<void> {
  await db
    .insertInto('metadata')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
