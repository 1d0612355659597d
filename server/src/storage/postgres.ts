import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Driver } from './database.js';
import type { Tables } from './tables.js';

/** A deadlock, or a transaction that could not be put in order with another. */
const transientCodes = new Set(['40P01', '40001']);

const connectionTimeoutMillis = 5000;
/** Longer than any statement of ours takes: a database that is there but says nothing must not keep readers waiting. */
const answerMillis = 10_000;

/** Connects to `postgres://…`. Several nodes may share one database: rows that two of them change are locked. */
export async function openPostgres(url: string): Promise<Driver> {
  // Our bigints are milliseconds and counts, far below 2^53.
  const types: pg.CustomTypesConfig = {
    getTypeParser: (type, format) =>
      (type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)) as never,
  };
  const connect = (limits: pg.PoolConfig): Kysely<Tables> => {
    const pool = new pg.Pool({ connectionString: url, types, keepAlive: true, connectionTimeoutMillis, ...limits });
    // A connection that dies, idle or at work, tells by an event that would end the process; its query fails anyway,
    // and its place is filled at the next use.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  };
  const db = connect({ max: 10, query_timeout: answerMillis });
  // To change the schema of large tables may take any time.
  const migrating = connect({ max: 1 });
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    await db.destroy();
    throw new Error(`PostgreSQL does not answer at ${withoutPassword(url)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return {
    kind: 'postgres',
    read: db,
    write: migrating,
    connection: {
      beginStatement: 'begin',
      locksRows: true,
      isTransient: (error) => transientCodes.has((error as { code?: string }).code ?? ''),
      use: (work) => db.connection().execute(work),
    },
    isUnavailable,
    backup: () => Promise.reject(new Error('Back up PostgreSQL with its own pg_dump.')),
    close: async () => {
      await migrating.destroy();
      await db.destroy();
    },
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
