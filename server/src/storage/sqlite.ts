import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CamelCasePlugin, Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import Sqlite from 'libsql';
import type { Driver } from './database.js';
import type { Tables } from './tables.js';

/** Waiting this long for another process (a command line beside the server) is better than failing. */
const busyMillis = 5000;

/**
 * How much of the log is written before it is copied into the database, in pages of 4 kB. A crowd touches the same pages again
 * and again: copied four times as seldom as is usual, each is copied once for many writes, and a commit that copies still
 * takes some 20 ms only.
 */
const pagesBeforeCheckpoint = 4000;

/** Two connections to one file: the writer never waits for a reader, nor a reader for the writer. */
export function openSqlite(file: string): Driver {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  const writing = connect(path);
  const reading = connect(path);
  reading.pragma('query_only = on');
  const write = kysely(writing);
  const read = kysely(reading);
  return {
    kind: 'sqlite',
    read,
    write,
    connection: {
      beginStatement: 'begin immediate',
      locksRows: false,
      isTransient: () => false,
      use: (work) => write.connection().execute(work),
    },
    isUnavailable: (error) => unavailable.test(codeOf(error)),
    backup(target) {
      // Of its own: copying takes a while, and the two others have work to do.
      const copying = connect(path);
      copying.prepare('vacuum into ?').run(resolve(target));
      copying.close();
      return Promise.resolve();
    },
    async close() {
      await read.destroy();
      await write.destroy();
    },
  };
}

function connect(path: string): Sqlite.Database {
  const connection = new Sqlite(path);
  connection.pragma(`busy_timeout = ${busyMillis}`);
  connection.pragma('journal_mode = wal');
  // A write is acknowledged only when it would survive a power cut.
  connection.pragma('synchronous = full');
  connection.pragma(`wal_autocheckpoint = ${pagesBeforeCheckpoint}`);
  connection.pragma('foreign_keys = on');
  return connection;
}

function kysely(connection: Sqlite.Database): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({ database: keepingStatements(connection) }),
    plugins: [new CamelCasePlugin()],
  });
}

/** A full or failing disk, a file that is gone, another process that writes and writes. */
const unavailable = /^SQLITE_(BUSY|CANTOPEN|FULL|IOERR|LOCKED|READONLY)/;

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

const mostStatements = 500;

/** Kysely prepares a statement for every call; parsing the same SQL again is a good part of a small query's time. */
function keepingStatements(connection: Sqlite.Database): SqliteDatabase {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => connection.close(),
    prepare(sql) {
      let statement = statements.get(sql);
      if (!statement) {
        if (statements.size >= mostStatements) statements.clear();
        statement = connection.prepare(sql);
        statements.set(sql, statement);
      }
      return statement;
    },
  };
}
