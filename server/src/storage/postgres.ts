import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Driver } from './database.js';
import type { Tables } from './tables.js';

/** A deadlock, or a transaction that could not be put in order with another. */
const transientCodes = new Set(['40P01', '40001']);

/** Connects to `postgres://…`. Several nodes may share one database: rows that two of them change are locked. */
export async function openPostgres(url: string): Promise<Driver> {
  // Our bigints are milliseconds and counts, far below 2^53.
  const types: pg.CustomTypesConfig = {
    getTypeParser: (type, format) =>
      (type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)) as never,
  };
  const pool = new pg.Pool({ connectionString: url, max: 10, types, connectionTimeoutMillis: 5000 });
  // An idle connection that dies is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  try {
    await pool.query('select 1');
  } catch (error) {
    await db.destroy();
    throw new Error(`PostgreSQL does not answer at ${withoutPassword(url)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return {
    kind: 'postgres',
    read: db,
    write: db,
    connection: {
      beginStatement: 'begin',
      locksRows: true,
      isTransient: (error) => transientCodes.has((error as { code?: string }).code ?? ''),
      use: (work) => db.connection().execute(work),
    },
    isUnavailable,
    backup: () => Promise.reject(new Error('Back up PostgreSQL with its own pg_dump.')),
    close: () => db.destroy(),
  };
}

/** The classes of what passes: no connection, out of resources, being shut down, a standby that is not yet the primary. */
const passingCodes = /^(08|53|57P0|25006|E(CONN|PIPE|HOST|NET|NOTFOUND|TIMEDOUT|AI_AGAIN))/;
/** The driver's own errors have no code. */
const passingMessages = /^(Connection terminated|timeout exceeded|Query read timeout|Client has encountered)/;

function isUnavailable(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return passingCodes.test(code) || passingMessages.test(message);
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.password = '';
    return parsed.href;
  } catch {
    return 'the given address';
  }
}
