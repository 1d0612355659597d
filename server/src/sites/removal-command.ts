import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { OperatorError } from '../operator-error.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import { confirmByTyping } from '../terminal.js';
import { removeSite } from './removal.js';

/** Adds `afterword sites remove`. */
export function addRemovalCommand(sites: Command): void {
  sites
    .command('remove')
    .description('Export a site, and delete it with everything that belongs to it.')
    .argument('<id>', 'the site')
    .option('--export <file>', 'the file of the export (default: <id>-<time>.jsonl in the current folder)')
    .option('--yes', 'do not ask')
    .action((id: string, options: { export?: string; yes?: boolean }) => {
      const file = resolve(options.export ?? `${id}-${new Date().toISOString().replace(/\.\d+|:/g, '')}.jsonl`);
      return withExistingDatabase(async (database) => {
        const site = await database.read.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
        if (!site) throw new OperatorError(`There is no site "${id}".`);
        if (existsSync(file)) throw new OperatorError(`${file} exists already. Name another file with --export.`);
        const question = `This deletes "${site.name}" with its stories, comments, reactions and subscribers.`;
        if (!options.yes) await confirmByTyping(question, id);
        print(
          site.removedAt === null
            ? `Removing ${id}. Running servers answer site-not-found within five seconds.`
            : `Going on with the removal of ${id}, which was broken off. The export has what is left.`,
        );
        const counts = await removeSite(database, id, file);
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
        print(`The export is ${file}`);
        print(`Site ${id} is removed, with ${total} rows.`);
      });
    });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
