import { CompiledQuery, sql, type Compilable, type Insertable, type Kysely, type QueryResult } from 'kysely';
import type { Tables } from './tables.js';

/** By driver: what each statement looks like. */
const statements = new WeakMap<object, Map<string, string>>();
const mostStatements = 1000;

/**
 * Runs a statement of the few that every write of a crowd needs. To build it anew costs more than the database takes to run
 * it, and all but its values is always the same.
 *
 * @param name of the statement and of all that its text depends on, as how many rows it has
 * @param parameters in the order in which they stand in the statement
 */
export function runKept<Row>(
  db: Kysely<Tables>,
  name: string,
  build: () => Compilable<Row>,
  parameters: readonly unknown[],
): Promise<QueryResult<Row>> {
  const { adapter } = db.getExecutor();
  let known = statements.get(adapter);
  if (!known) statements.set(adapter, (known = new Map<string, string>()));
  let text = known.get(name);
  if (text === undefined) {
    text = build().compile().sql;
    if (known.size < mostStatements) known.set(name, text);
  }
  return db.executeQuery(CompiledQuery.raw(text, parameters as unknown[]));
}

/**
 * Inserts rows that all name the same columns; one that stands already is left out.
 *
 * @param shared columns that are the same numbers, or null, in every row of every call
 * @returns how many rows are new
 */
export async function insertRows<Table extends keyof Tables>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
  shared: Readonly<Partial<Record<string, number | null>>> = {},
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const columns = (Object.keys(first) as (keyof typeof first & string)[]).filter((column) => !(column in shared));
  const values: unknown[] = [];
  for (const row of rows) for (const column of columns) values.push(row[column]);
  const literals = () => Object.fromEntries(Object.entries(shared).map(([column, value]) => [column, sql.lit(value)]));
  const { numAffectedRows } = await runKept(
    db,
    `${table} ${rows.length}`,
    () =>
      db
        .insertInto(table)
        .values(
          rows.map((row) => ({
            ...Object.fromEntries(columns.map((column) => [column, row[column]])),
            ...literals(),
          })) as never,
        )
        .onConflict((conflict) => conflict.doNothing()),
    values,
  );
  return Number(numAffectedRows);
}
