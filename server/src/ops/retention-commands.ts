import type { Command } from 'commander';
import { pino } from 'pino';
import { OperatorError } from '../config.js';
import { openExistingDatabase } from '../storage/existing-database.js';
import type { RetentionRule } from '../storage/retention-rule.js';
import { Retention } from './retention.js';

/** Adds `afterword retention`. @param rules of the features */
export function addRetentionCommands(program: Command, rules: readonly RetentionRule[]): void {
  program
    .command('retention')
    .description('How long data is kept.')
    .command('run')
    .description('Delete what has expired now, in small batches, and print what each rule has deleted.')
    .action(async () => {
      const { config, database } = await openExistingDatabase(process.env);
      const retention = new Retention(database, pino({ level: config.logLevel }, process.stderr), rules);
      const stop = () => void retention.stop();
      process.once('SIGINT', stop).once('SIGTERM', stop);
      try {
        const deleted = await retention.run(Date.now());
        if (!deleted) throw new OperatorError('Another process is deleting expired rows. Try again when it has ended.');
        for (const [rule, count] of deleted) process.stdout.write(`${rule}\t${count}\n`);
      } finally {
        process.off('SIGINT', stop).off('SIGTERM', stop);
        await retention.stop();
        await database.close();
      }
    });
}
