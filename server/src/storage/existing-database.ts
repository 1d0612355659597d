import { existsSync } from 'node:fs';
import { OperatorError, readConfig, type Config } from '../config.js';
import { openDatabase, sqliteFile, type Database } from './database.js';

/**
 * Opens the database for a command that reads or changes what exists. Creates neither a database nor a data folder: with a
 * mistyped AFTERWORD_DATA, the command would otherwise work on an empty one.
 *
 * @throws OperatorError where there is no database
 */
export async function openExistingDatabase(env: NodeJS.ProcessEnv): Promise<{ config: Config; database: Database }> {
  const config = readConfig(env, { mustExist: true });
  requireDatabaseFile(config);
  return { config, database: await openDatabase(config.database, { mustExist: true }) };
}

/**
 * Runs the work of a command on the database of the environment, and closes it after the work.
 *
 * @throws OperatorError where there is no database
 */
export async function withExistingDatabase<Result>(
  work: (database: Database, config: Config) => Promise<Result>,
): Promise<Result> {
  const { config, database } = await openExistingDatabase(process.env);
  try {
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** @throws OperatorError where a SQLite database has no file */
export function requireDatabaseFile({ database }: Pick<Config, 'database'>): void {
  const file = sqliteFile(database);
  if (file !== undefined && !existsSync(file))
    throw new OperatorError(`There is no database ${file}. Check AFTERWORD_DATA and AFTERWORD_DATABASE.`);
}
