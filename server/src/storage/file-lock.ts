import Sqlite from 'libsql';

/** A lock on a database file, which ends with the process that holds it, however it ends. */
export interface FileLock {
  release(): void;
}

/**
 * Locks a SQLite database as a whole: every process that uses it holds a shared lock, and one that replaces it an exclusive
 * lock. The lock is that of an empty database beside it, because the lock on the file itself does not outlive its
 * replacement.
 *
 * @throws an error for which `isBusy` is true where another process holds a lock
 */
export function lockFile(database: string, kind: 'shared' | 'exclusive'): FileLock {
  const connection = new Sqlite(`${database}-lock`);
  try {
    // A shared lock is taken by the first read of a transaction.
    connection.exec(kind === 'exclusive' ? 'begin exclusive' : 'begin; select count(*) from sqlite_schema');
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    release() {
      // Closing alone leaves the lock until the garbage collector has found the connection's statements.
      if (connection.inTransaction) connection.exec('rollback');
      connection.close();
    },
  };
}
