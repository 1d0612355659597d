import {
  CamelCasePlugin,
  CompiledQuery,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
} from 'kysely';
import pg from 'pg';
import { secondMs } from '../time.js';
import type { ConnectionCounts, Driver, DriverOptions } from './driver.js';
import { LockHeld, waitForLock } from './lock-wait.js';
import type { StatementObserver } from './slow-statements.js';
import type { Tables } from './tables.js';

const deadlockCode = '40P01';
const serializationFailureCode = '40001';
const lockTimeoutCode = '55P03';
const foreignKeyCode = '23503';

const connectTimeoutMs = 5 * secondMs;
const defaultConnections = 10;
/** Of the statement that checks the database. Probes expect an answer within a second. */
const checkTimeoutMs = 700;
/** The advisory lock of Kysely's migrator, which builds before this one take. */
const schemaLock = '3853314791062309107';
const tableLockTimeoutMs = 5 * secondMs;
/** Bounds of the server, which cancel a statement there, and release locks of a node that does not go on. */
const serverTimeouts = {
  lock_timeout: 2 * secondMs,
  // Longer than any of our statements takes.
  statement_timeout: 8 * secondMs,
  idle_in_transaction_session_timeout: 10 * secondMs,
} satisfies pg.PoolConfig;
/** The client's own bound, where not even the server's cancellation arrives. */
const clientTimeout = { query_timeout: 10 * secondMs } satisfies pg.PoolConfig;

/** Connects to `postgres://…`. Several nodes may share the database, so rows that two of them may change are locked. */
export async function openPostgres(
  url: string,
  { maxConnections = defaultConnections, onStatement }: DriverOptions = {},
): Promise<Driver> {
  // Bigints are milliseconds and counts, which are below 2^53.
  const types: pg.CustomTypesConfig = {
    getTypeParser: (type, format) =>
      (type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)) as never,
  };
  const pools: pg.Pool[] = [];
  const connect = (limits: pg.PoolConfig): Kysely<Tables> => {
    const pool = new pg.Pool({
      connectionString: url,
      types,
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      ...limits,
    });
    pools.push(pool);
    // Without listeners, the error event of a broken connection ends the process. Its query fails by itself, and the
    // pool replaces the connection.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    const dialect = new PostgresDialect({ pool: discardBroken(pool, onStatement) });
    return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  };
  const db = connect({ max: maxConnections, ...serverTimeouts, ...clientTimeout });
  // Without a timeout: changing the schema of large tables may take long.
  const migrating = connect({ max: 1 });
  // Apart, so that neither a busy pool nor a slow answer decides.
  const checking = connect({ max: 1, connectionTimeoutMillis: checkTimeoutMs, query_timeout: checkTimeoutMs });
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
    connection: {
      locksRows: true,
      begin,
      isTransient: (error) => [deadlockCode, serializationFailureCode].includes(codeOf(error)),
      isLockTimeout: (error) => codeOf(error) === lockTimeoutCode,
      use: (work) => db.connection().execute(work),
    },
    migrate: (work, onWait) =>
      waitForLock(
        () => changeSchema(migrating, work),
        (error) => error instanceof LockHeld || isLocked(error),
        { onWait },
      ),
    hasTable: async (db, name) => {
      const { rows } = await sql<{ found: boolean }>`select to_regclass(${name}) is not null as found`.execute(db);
      return rows[0]?.found === true;
    },
    async check(writeRow, hasFailed) {
      await assertWritable(checking);
      // A full disk shows only where a table grows.
      if (hasFailed) await writeRow();
    },
    connectionCounts: () => countConnections(pools[0]),
    isUnavailable,
    isMissingReference: (error) => codeOf(error) === foreignKeyCode,
    close: async () => {
      await checking.destroy();
      await migrating.destroy();
      await db.destroy();
    },
  };
}

/**
 * Runs work in a transaction that holds the lock of the schema. A change that waits for a table longer than a few seconds
 * is given up and repeated later, since all queries to the table wait behind it.
 *
 * @throws LockHeld where another process holds the lock
 */
function changeSchema<T>(migrating: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  return migrating.transaction().execute(async (db) => {
    const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${schemaLock}) as locked`.execute(
      db,
    );
    if (!rows[0]?.locked) throw new LockHeld('Another process changes the schema.');
    await sql`set local lock_timeout = ${sql.lit(tableLockTimeoutMs)}`.execute(db);
    return work(db);
  });
}

/** Returns whether another node uses a table. */
function isLocked(error: unknown): boolean {
  return [lockTimeoutCode, deadlockCode].includes(codeOf(error));
}

/**
 * Returns a pool that closes a connection instead of reusing it where a statement has not been answered or a transaction
 * is still open: the next transaction on it would commit what this one has not rolled back.
 */
function discardBroken(pool: pg.Pool, onStatement: StatementObserver | undefined): PostgresPool {
  return {
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let isBroken = false;
      return {
        async query<Row>(sql: string, parameters: readonly unknown[]) {
          if (isBroken) throw new Error('Connection terminated after a statement without an answer');
          const startedAt = onStatement ? performance.now() : 0;
          let hasFailed = true;
          try {
            const result: unknown = await client.query(sql, parameters as unknown[]);
            hasFailed = false;
            return result as PostgresQueryResult<Row>;
          } catch (error) {
            isBroken = error instanceof Error && error.message === unansweredMessage;
            throw error;
          } finally {
            onStatement?.({ sql, durationMs: performance.now() - startedAt, hasFailed });
          }
        },
        release: () => client.release(isBroken || client.getTransactionStatus() !== idleStatus),
      } as PostgresPoolClient;
    },
  };
}

/** The driver's message where {@link clientTimeout} has passed. It has no code. */
const unansweredMessage = 'Query read timeout';
/** Outside of a transaction, as of PostgreSQL's message ReadyForQuery. */
const idleStatus = 'I';

async function begin(db: Kysely<Tables>, storyIds: readonly string[]): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('begin'));
  if (storyIds.length > 0) await db.executeQuery(CompiledQuery.raw(lockStories, [storyIds]));
}

/** Takes advisory locks, since the rows of a story's thread and polls may not exist yet. */
const lockStories = 'select pg_advisory_xact_lock(hashtextextended(id, 0)) from unnest($1::text[]) as id';

/**
 * Codes of outages: no connection, a conflict that retries have not solved, out of resources, a lock or a statement that
 * takes too long, shutting down, a standby that is not yet the primary.
 */
const outageCodes =
  /^(08|40P01|40001|53|55P03|57014|57P0|25006|25P03|E(CONN|PIPE|HOST|NET|NOTFOUND|TIMEDOUT|AI_AGAIN))/;
/** Messages of outages that the driver reports without a code. */
const outageMessages = /^(Connection terminated|timeout exceeded|Query read timeout|Client has encountered)/;

function isUnavailable(error: unknown): boolean {
  return outageCodes.test(codeOf(error)) || outageMessages.test((error as Error | undefined)?.message ?? '');
}

function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? '';
}

function countConnections(pool: pg.Pool | undefined): ConnectionCounts {
  return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, queued: pool?.waitingCount ?? 0 };
}

/** @throws Error with the code of a read-only transaction on a standby, or where the operator has forbidden writes */
async function assertWritable(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ isReadOnly: boolean }>`
    select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as is_read_only`.execute(db);
  if (rows[0]?.isReadOnly !== false)
    throw Object.assign(new Error('The database is read-only.'), { code: readOnlyCode });
}

/** `read_only_sql_transaction`. */
const readOnlyCode = '25006';

/** Returns an address without password and parameters, which may contain one too. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'the given address';
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username && `${username}@`}${host}${pathname}`;
}
