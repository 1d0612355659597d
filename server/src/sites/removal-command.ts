import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { OperatorError } from '../operator-error.js';
import { openExistingDatabase } from '../storage/existing-database.js';
import { removeSite } from './removal.js';

/** The terminal that a question is asked at. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Adds `afterword sites remove`. */
export function addRemovalCommand(sites: Command): void {
  sites
    .command('remove')
    .description('Export a site, and delete it with everything that belongs to it.')
    .argument('<id>', 'the site')
    .option('--export <file>', 'the file of the export (default: <id>-<time>.jsonl in the current folder)')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: { export?: string; yes?: boolean }) => {
      const file = resolve(options.export ?? `${id}-${new Date().toISOString().replace(/\.\d+|:/g, '')}.jsonl`);
      const { database } = await openExistingDatabase(process.env);
      try {
        const site = await database.read.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
        if (!site) throw new OperatorError(`There is no site "${id}".`);
        if (existsSync(file)) throw new OperatorError(`${file} exists already. Name another file with --export.`);
        if (!options.yes) await confirmRemoval({ input: process.stdin, output: process.stdout }, site);
        print(
          site.removedAt === null
            ? `Removing ${id}. Running servers answer site-not-found within five seconds.`
            : `Going on with the removal of ${id}, which was broken off. The export has what is left.`,
        );
        const counts = await removeSite(database, id, file);
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
        print(`The export is ${file}`);
        print(`Site ${id} is removed, with ${total} rows.`);
      } finally {
        await database.close();
      }
    });
}

/**
 * Asks for the id of the site that is to be removed.
 *
 * @throws OperatorError where there is no terminal, and for another answer
 */
export async function confirmRemoval(
  { input, output }: Terminal,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<void> {
  if (!input.isTTY) throw new OperatorError(`There is no terminal to ask at. Add --yes to remove "${id}".`);
  const questions = createInterface({ input, output });
  // The end of the input is an answer, too.
  const ended = new Promise<string>((done) => questions.once('close', () => done('')));
  const question = `This deletes "${name}" with its stories, comments, reactions and subscribers. Type ${id} to go on: `;
  const typed = await Promise.race([questions.question(question), ended]);
  questions.close();
  if (typed.trim() !== id) throw new OperatorError('Nothing was removed.');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
