import { CompiledQuery, type Insertable, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** By driver: for each table and number of rows, what a statement looks like. */
const statements = new WeakMap<object, Map<string, string>>();
const mostStatements = 1000;

/**
 * Inserts rows that all name the same columns; one that stands already is left out. Building such a statement anew for
 * every batch costs more than the database takes to run it, and for batches of one size it is always the same.
 *
 * @returns how many rows are new
 */
export async function insertRows<Table extends keyof Tables>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const { adapter } = db.getExecutor();
  let known = statements.get(adapter);
  if (!known) statements.set(adapter, (known = new Map<string, string>()));
  const key = `${table} ${rows.length}`;
  let text = known.get(key);
  if (!text) {
    const query = db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) => conflict.doNothing());
    text = query.compile().sql;
    if (known.size < mostStatements) known.set(key, text);
  }
  const columns = Object.keys(first) as (keyof typeof first)[];
  const values = rows.flatMap((row) => columns.map((column) => row[column]));
  const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, values));
  return Number(numAffectedRows);
}
