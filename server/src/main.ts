import { Command, CommanderError } from 'commander';
import { retentionRules } from './app.js';
import { addCommentCommands } from './comments/commands.js';
import { commentCounters, sortOrderLengths, threadTotals } from './comments/counter-checks.js';
import { OperatorError } from './config.js';
import { addMailCommands } from './mail/commands.js';
import { addNewsletterCommands } from './newsletter/commands.js';
import { addWebhookCommands } from './newsletter/webhooks/commands.js';
import { addBackupCommand, addRestoreCommand } from './ops/backup.js';
import { addMigrateCommand } from './ops/migrate.js';
import { addRecountCommand } from './ops/recount.js';
import { addRetentionCommands } from './ops/retention-commands.js';
import { addSecretCommands, checkSecrets } from './ops/secret-check.js';
import { addPollCommands } from './reactions/commands.js';
import { tallyCounters } from './reactions/counter-checks.js';
import { addDefaultPoll } from './reactions/polls.js';
import { addReaderCommands } from './readers/commands.js';
import { readerKinds } from './readers/store.js';
import { addServeCommand } from './serve.js';
import { addSiteCommands } from './sites/commands.js';
import { addStoryCommands } from './stories/commands.js';

/**
 * Runs the command line.
 *
 * @returns the exit code; an error is one line on standard error
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.off('error', exitAtClosedPipe).on('error', exitAtClosedPipe);
  const program = new Command('afterword')
    .description('The API, the store and the desk work behind Afterword.')
    .exitOverride()
    .showHelpAfterError('(add --help for usage)');
  addServeCommand(program);
  addSiteCommands(program, [addDefaultPoll], readerKinds);
  addStoryCommands(program);
  addCommentCommands(program);
  addPollCommands(program);
  addReaderCommands(program);
  addNewsletterCommands(program, checkSecrets);
  addWebhookCommands(program);
  addMailCommands(program);
  addMigrateCommand(program);
  addBackupCommand(program);
  addRetentionCommands(program, retentionRules);
  addRestoreCommand(program);
  addRecountCommand(program, [commentCounters, threadTotals, tallyCounters, sortOrderLengths]);
  addSecretCommands(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const isExpected = error instanceof OperatorError || process.env['AFTERWORD_LOG'] !== 'debug';
    process.stderr.write(`afterword: ${isExpected ? (error as Error).message : (error as Error).stack}\n`);
    return 1;
  }
}

/** Ends the process where a pipe's reader, such as `head`, closes it early. */
function exitAtClosedPipe(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
