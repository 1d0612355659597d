import { CompiledQuery, sql, type Compilable, type Insertable, type Kysely, type QueryResult } from 'kysely';
import type { Tables } from './tables.js';

const batchRows = 500;

/** Splits rows into batches that keep a statement below the number of parameters that the databases allow. */
export function* inBatches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += batchRows) yield rows.slice(start, start + batchRows);
}

/** The SQL of compiled statements by name, for each dialect. */
const compiledSql = new WeakMap<object, Map<string, string>>();
const maxStatements = 1000;

/** One run of a cached statement: the SQL and values that are sent, and those that its builder compiles to now. */
export interface StatementRun {
  readonly name: string;
  readonly sent: Pick<CompiledQuery, 'sql' | 'parameters'>;
  readonly compile: () => Pick<CompiledQuery, 'sql' | 'parameters'>;
}

let observer: ((run: StatementRun) => void) | undefined;

/** Reports every run of a cached statement. Tests compare what is sent with what is compiled. */
export function observeStatements(observe: ((run: StatementRun) => void) | undefined): void {
  observer = observe;
}

/**
 * Runs a statement that is compiled once. For the few statements that every frequent write runs, compiling costs more
 * than the database takes to run them.
 *
 * @param name of the statement, with everything that its SQL depends on, such as its number of rows
 * @param parameters in their order in the statement
 */
export function runCached<Row>(
  db: Kysely<Tables>,
  name: string,
  build: () => Compilable<Row>,
  parameters: readonly unknown[],
): Promise<QueryResult<Row>> {
  const { adapter } = db.getExecutor();
  let known = compiledSql.get(adapter);
  if (!known) compiledSql.set(adapter, (known = new Map<string, string>()));
  let text = known.get(name);
  if (text === undefined) {
    text = build().compile().sql;
    if (known.size < maxStatements) known.set(name, text);
  }
  observer?.({ name, sent: { sql: text, parameters }, compile: () => build().compile() });
  return db.executeQuery(CompiledQuery.raw(text, parameters as unknown[]));
}

/**
 * Inserts rows that all have the same columns, and leaves out those that exist already.
 *
 * @param shared columns with the same number, or null, in every row of every call
 * @returns the number of new rows
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
  const { numAffectedRows } = await runCached(
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
