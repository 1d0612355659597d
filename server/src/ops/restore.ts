import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Sqlite from 'libsql';
import { OperatorError } from '../config.js';
import { readPendingMigrations } from '../storage/database.js';
import { lockFile, type FileLock } from '../storage/file-lock.js';
import { isBusy } from '../storage/sqlite.js';
import { copyDatabase, fileTime, flushFolder } from './database-copy.js';

const firstMigration = '0001-initial-schema';

/**
 * Replaces a database by a backup. At every moment the database is the one or the other, so that a kill harms neither.
 *
 * @throws OperatorError where the backup is not whole or not ours, or where a process uses the database
 */
export async function restore(
  backup: string,
  database: string,
): Promise<{ replaced: string | undefined; isBehind: boolean }> {
  if (!existsSync(backup)) throw new OperatorError(`There is no file ${backup}.`);
  if (backup === database) throw new OperatorError('This is the database itself. Name a backup.');
  mkdirSync(dirname(database), { recursive: true });
  const lock = lockAlone(database);
  const copy = `${database}.restored`;
  try {
    const isBehind = await checkedCopy(backup, copy);
    const replaced = existsSync(database) ? `${database}.replaced-${fileTime(new Date())}` : undefined;
    if (replaced) {
      foldLog(database);
      setAside(database, replaced);
    }
    // What is left of a log would be replayed on the restored database.
    for (const ending of ['-wal', '-shm', '-journal']) rmSync(`${database}${ending}`, { force: true });
    renameSync(copy, database);
    flushFolder(dirname(database));
    return { replaced, isBehind };
  } finally {
    for (const ending of ['', '-wal', '-shm', '-lock']) rmSync(`${copy}${ending}`, { force: true });
    lock.release();
  }
}

function lockAlone(database: string): FileLock {
  try {
    return lockFile(database, 'exclusive');
  } catch (error) {
    if (!isBusy(error)) throw new OperatorError(`${database} cannot be locked: ${(error as Error).message}`);
    throw new OperatorError(`${database} is in use. Stop the server and other commands, and try again.`);
  }
}

/** Writes what is in the log into the database, so that the replaced database is one file. */
function foldLog(database: string): void {
  if (!existsSync(`${database}-wal`)) return;
  const connection = new Sqlite(database);
  try {
    connection.pragma('wal_checkpoint(truncate)');
  } catch {
    // A damaged database is a reason to restore. Its log is kept with it.
  } finally {
    connection.close();
  }
}

/** Copies a backup beside the database, and returns whether its schema is older than this version. */
async function checkedCopy(backup: string, copy: string): Promise<boolean> {
  const name = basename(backup);
  try {
    await copyDatabase(backup, copy);
  } catch (error) {
    throw new OperatorError(`${name} is no database that can be restored: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const pending = await readPendingMigrations(`sqlite:${copy}`).catch((error: Error) => {
    throw new OperatorError(`${name} cannot be restored. ${error.message}`, { cause: error });
  });
  if (pending.includes(firstMigration)) throw new OperatorError(`${name} is no database of Afterword.`);
  return pending.length > 0;
}

/** Gives the database a second name, which it keeps when it is replaced. The log of a damaged one goes with it. */
function setAside(database: string, replaced: string): void {
  if (statSync(`${database}-wal`, { throwIfNoEntry: false })?.size) renameSync(`${database}-wal`, `${replaced}-wal`);
  try {
    linkSync(database, replaced);
  } catch {
    // Not every file system has links.
    copyFileSync(database, replaced);
  }
}
