import type { Command } from 'commander';
import { OperatorError } from '../config.js';
import { withSite } from '../sites/with-site.js';
import { Readers } from './store.js';
import { ReaderTokens } from './tokens.js';

export function addReaderCommands(program: Command): void {
  const readers = program.command('readers').description('The readers of a site.');

  readers
    .command('badge')
    .description('Give readers a badge. Comments of readers with the badge "staff" are never held.')
    .requiredOption('--site <id>', 'the site')
    .argument('<badge>', 'such as staff')
    .argument('<id...>', 'ids of readers')
    .option('--undo', 'take the badge back')
    .action(async (badge: string, ids: string[], { site, undo }: { site: string; undo?: boolean }) => {
      if (!/^[a-z][a-z-]{0,30}$/.test(badge))
        throw new OperatorError(`"${badge}" is not a badge: letters a to z and hyphens.`);
      await withSite(site, async (database) => {
        const store = new Readers(database, new ReaderTokens([]));
        for (const id of ids) {
          const reader = await store.get(id);
          if (!reader || !(await store.isOf(id, site))) throw new OperatorError(`${id}: There is no such reader.`);
          const others = reader.badges.filter((other) => other !== badge);
          const badged = await store.setBadges(id, undo ? others : [...others, badge]);
          process.stdout.write(`${id}\t${reader.name || '-'}\t${badged?.badges.join(', ') || 'no badge'}\n`);
        }
      });
    });
}
