import { DefaultQueryExecutor, type CompiledQuery, type QueryResult } from 'kysely';
import { vi } from 'vitest';

/** A statement that was run, on any connection of this process. */
export interface ObservedQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly affectedRows: number;
}

interface Executor {
  executeQuery(query: CompiledQuery): Promise<QueryResult<unknown>>;
}

/** Records every statement, cached or not, until `stop` is called. */
export function observeQueries(): { readonly queries: ObservedQuery[]; stop(): void } {
  const queries: ObservedQuery[] = [];
  const prototype = Object.getPrototypeOf(DefaultQueryExecutor.prototype) as Executor;

  const original = prototype.executeQuery;
  const spy = vi.spyOn(prototype, 'executeQuery').mockImplementation(async function (this: Executor, query) {
    const result = await original.call(this, query);
    queries.push({ sql: query.sql, parameters: query.parameters, affectedRows: Number(result.numAffectedRows ?? 0n) });
    return result;
  });
  return { queries, stop: () => spy.mockRestore() };
}
