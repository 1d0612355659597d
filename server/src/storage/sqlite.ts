import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  CamelCasePlugin,
  CompiledQuery,
  Kysely,
  sql,
  SqliteDialect,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';
import Sqlite from 'libsql';
import { secondMs } from '../time.js';
import type { Driver, DriverOptions } from './driver.js';
import { lockFile, type FileLock } from './file-lock.js';
import { waitForLock } from './lock-wait.js';
import { OpenFile } from './open-file.js';
import type { StatementObserver } from './slow-statements.js';
import type { Tables } from './tables.js';

/** The wait for the lock of another process, such as a command beside the server. */
const busyTimeoutMs = 5 * secondMs;
/** The longest wait inside a call of the driver, which blocks the event loop. Long waits are those of {@link begin}. */
const blockingTimeoutMs = 50;
const maxRetryDelayMs = 50;

/**
 * The length of the write-ahead log at which it is copied into the database, in pages of 4 kB. Many writes to one thread
 * change the same pages, so four times the default copies each page once for many writes. A commit that copies takes
 * about 20 ms.
 */
const checkpointPages = 4000;
const maxStatements = 500;

/** Takes the write lock at once: a transaction that reads first may fail when it wants to write. */
const beginStatement = 'begin immediate';

/** Opens two connections to one file, so that reads and writes do not block one another. */
export function openSqlite(file: string, { onStatement }: DriverOptions = {}): Driver {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  const lock = lockFile(path, 'shared');
  const [writing, reading] = connectBoth(path, lock);
  reading.pragma('query_only = on');
  for (const connection of [writing, reading]) connection.pragma(`busy_timeout = ${blockingTimeoutMs}`);
  const write = kysely(writing, onStatement);
  const read = kysely(reading, onStatement);
  const files = [new OpenFile(path), new OpenFile(`${path}-wal`)];
  return {
    kind: 'sqlite',
    read,
    connection: {
      locksRows: false,
      begin,
      isTransient: () => false,
      isLockTimeout: () => false,
      async use(work) {
        const result = await write.connection().execute(work);
        // After the commit, so that nothing is acknowledged that went to a file which is gone.
        for (const file of files) file.assertInPlace();
        return result;
      },
    },
    migrate: (work, onWait) => write.connection().execute((db) => inTransaction(db, () => work(db), onWait)),
    hasTable: async (db, name) =>
      (await sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`.execute(db)).rows.length > 0,
    check: (writeRow) => writeRow(),
    connectionCounts: () => ({ total: 0, idle: 0, queued: 0 }),
    isUnavailable: (error) => outageCodes.test(codeOf(error)),
    isMissingReference: (error) => codeOf(error) === foreignKeyCode,
    async close() {
      await read.destroy();
      await write.destroy();
      lock.release();
    },
  };
}

function connectBoth(path: string, lock: FileLock): [Sqlite.Database, Sqlite.Database] {
  try {
    return [connect(path), connect(path)];
  } catch (error) {
    lock.release();
    throw error;
  }
}

function connect(path: string): Sqlite.Database {
  const connection = new Sqlite(path);
  connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
  connection.pragma('journal_mode = wal');
  // Flushes every commit to disk: an acknowledged write survives a power cut.
  connection.pragma('synchronous = full');
  connection.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  connection.pragma('foreign_keys = on');
  return connection;
}

function kysely(connection: Sqlite.Database, onStatement: StatementObserver | undefined): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({ database: cacheStatements(connection, onStatement) }),
    plugins: [new CamelCasePlugin()],
  });
}

/** Begins a transaction, and waits for the lock of another process without blocking the event loop. */
async function begin(db: Kysely<Tables>): Promise<void> {
  const statement = CompiledQuery.raw(beginStatement);
  await waitForLock(() => db.executeQuery(statement), isBusy, {
    maxWaitMs: busyTimeoutMs,
    maxDelayMs: maxRetryDelayMs,
  });
}

/** Runs work in a transaction that holds the write lock, and waits for the lock without blocking the event loop. */
async function inTransaction<T>(db: Kysely<Tables>, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const execute = (statement: string) => db.executeQuery(CompiledQuery.raw(statement));
  await waitForLock(() => execute(beginStatement), isBusy, { onWait });
  try {
    const result = await work();
    await execute('commit');
    return result;
  } catch (error) {
    await execute('rollback').catch(() => undefined);
    throw error;
  }
}

/** Codes of outages: a full or failing disk, a missing file, another process that holds the lock. */
const outageCodes = /^SQLITE_(BUSY|CANTOPEN|FULL|IOERR|LOCKED|READONLY)/;

const foreignKeyCode = 'SQLITE_CONSTRAINT_FOREIGNKEY';

/** Returns whether another process holds a lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

/** Reuses prepared statements. Kysely prepares one for every call, and parsing is a large part of a small query's time. */
function cacheStatements(connection: Sqlite.Database, onStatement: StatementObserver | undefined): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => connection.close(),
    prepare(sql) {
      let statement = statements.get(sql);
      if (!statement) {
        if (statements.size >= maxStatements) statements.clear();
        const prepared: SqliteStatement = connection.prepare(sql);
        statement = onStatement ? observed(prepared, sql, onStatement) : prepared;
        statements.set(sql, statement);
      }
      return statement;
    },
  };
}

/** Reports a statement after each run. Reading row by row, which also takes the time of the reader, is not reported. */
function observed(statement: SqliteStatement, sql: string, onStatement: StatementObserver): SqliteStatement {
  const observe = <T>(run: () => T): T => {
    const startedAt = performance.now();
    let hasFailed = true;
    try {
      const result = run();
      hasFailed = false;
      return result;
    } finally {
      onStatement({ sql, durationMs: performance.now() - startedAt, hasFailed });
    }
  };
  return {
    reader: statement.reader,
    all: (parameters) => observe(() => statement.all(parameters)),
    run: (parameters) => observe(() => statement.run(parameters)),
    iterate: (parameters) => statement.iterate(parameters),
  };
}
