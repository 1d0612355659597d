import { Command, CommanderError } from 'commander';
import { addBackupCommand } from './backup.js';
import { addCommentCommands } from './comments/commands.js';
import { OperatorError } from './config.js';
import { addReaderCommands } from './readers/commands.js';
import { addServeCommand } from './serve.js';
import { addPollCommands } from './reactions/commands.js';
import { addSiteCommands } from './sites/commands.js';
import { addStoryCommands } from './stories/commands.js';

/**
 * The command line.
 *
 * @returns the exit code; whatever goes wrong is one line on standard error
 */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads along, as `head` does, may have read enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const program = new Command('afterword')
    .description('The API, the store and the desk work behind Afterword.')
    .exitOverride()
    .showHelpAfterError('(add --help for how it is used)');
  addServeCommand(program);
  addSiteCommands(program);
  addStoryCommands(program);
  addCommentCommands(program);
  addPollCommands(program);
  addReaderCommands(program);
  addBackupCommand(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const known = error instanceof OperatorError || process.env['AFTERWORD_LOG'] !== 'debug';
    process.stderr.write(`afterword: ${known ? (error as Error).message : (error as Error).stack}\n`);
    return 1;
  }
}
