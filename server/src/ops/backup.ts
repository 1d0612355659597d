import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { OperatorError, readConfig, type Config } from '../config.js';
import { sqliteFile } from '../storage/database.js';
import { requireDatabaseFile } from '../storage/existing-database.js';
import { copyDatabase, fileTime } from './database-copy.js';

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('Write a consistent copy of the SQLite database while the server runs. `restore` puts it back.')
    .argument('[file]', 'the file to write (default: data/backup-<time>.db)')
    .action(async (given: string | undefined) => {
      const config = readConfig(process.env, { mustExist: true });
      const source = requireSqlite(config);
      requireDatabaseFile(config);
      const file = given ?? join(config.dataFolder, `backup-${fileTime(new Date())}.db`);
      if (existsSync(file)) throw new OperatorError(`${file} exists already. Name another file.`);
      try {
        await copyDatabase(source, resolve(file));
      } catch (error) {
        throw new OperatorError(`The backup failed: ${(error as Error).message}`, { cause: error });
      }
      process.stdout.write(`${file}\n`);
    });
}

export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('Replace the SQLite database by a backup, while no server runs. Keeps the replaced one beside it.')
    .argument('<file>', 'the backup')
    .action(async (given: string) => {
      const config = readConfig(process.env, { mustExist: true });
      const database = requireSqlite(config);
      // Loads the driver of SQLite, which a server on PostgreSQL does not need.
      const { restore } = await import('./restore.js');
      const { replaced, isBehind } = await restore(resolve(given), database);
      const lines = [
        `Restored ${database} from ${given}.`,
        ...(replaced ? [`The replaced database is ${replaced}.`] : []),
        ...(isBehind ? ['It is of an earlier version: the next start brings it up to date.'] : []),
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

/**
 * Returns the file of the database.
 *
 * @throws OperatorError where it is PostgreSQL
 */
export function requireSqlite({ database }: Pick<Config, 'database'>): string {
  const file = sqliteFile(database);
  if (file === undefined)
    throw new OperatorError('PostgreSQL has tools of its own for this, such as pg_dump: see docs/backup.md.');
  return file;
}
