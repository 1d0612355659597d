import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { openDatabase, readPendingMigrations } from '../storage/database.js';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('Bring the schema of the database up to date. Other commands do so by themselves.')
    .option('--dry-run', 'print the pending migrations, and change nothing')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const { database: url } = readConfig(process.env, { mustExist: dryRun });
      if (dryRun) {
        const pending = await readPendingMigrations(url);
        print(pending.length > 0 ? ['Pending:', ...pending] : ['The database is up to date.']);
        return;
      }
      let executed: readonly string[] = [];
      const database = await openDatabase(url, { onMigrated: (names) => (executed = names), onWait: reportOnce() });
      await database.close();
      print(executed.length > 0 ? ['Migrated:', ...executed] : ['The database is up to date.']);
    });
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n  ')}\n`);
}

function reportOnce(): () => void {
  let isReported = false;
  return () => {
    if (!isReported) process.stderr.write('Waiting for another process that changes the database …\n');
    isReported = true;
  };
}
