import { sql, type Kysely } from 'kysely';
import { primary, required } from './columns.js';

/** Creates the tables about the database itself, and marks the data of a demo. */
export async function createMetadata(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('metadata')
    .addColumn('name', 'text', primary)
    .addColumn('value', 'text', required)
    .execute();
  await db.schema
    .createTable('migration_compatibility')
    .addColumn('migration', 'text', primary)
    .addColumn('compatible_with', 'text', required)
    .execute();
  // Demos of builds before this migration have no mark but their site.
  await sql`insert into metadata (name, value) select 'demo', '1' from sites where id = 'demo' and name = 'Bến Sông'`.execute(
    db,
  );
}
