import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { OperatorError, readConfig } from './config.js';
import { openDatabase } from './storage/database.js';

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      'Write a consistent copy of the SQLite database, while the server goes on. Restore by putting it back.',
    )
    .argument('[file]', 'where to (default: data/backup-<time>.db)')
    .action(async (given: string | undefined) => {
      const config = readConfig(process.env);
      const file = given ?? join(config.data, `backup-${new Date().toISOString().replaceAll(':', '')}.db`);
      if (existsSync(file)) throw new OperatorError(`${file} exists already. Name another file.`);
      const database = await openDatabase(config.database);
      try {
        await database.backup(file);
      } finally {
        await database.close();
      }
      process.stdout.write(`${file}\n`);
    });
}
