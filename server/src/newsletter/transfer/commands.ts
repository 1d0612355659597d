import type { Command } from 'commander';
import { OperatorError } from '../../config.js';
import { withSite } from '../../sites/with-site.js';
import { requireNewsletter, withTokens, type SecretCheck } from '../command-context.js';
import { showProgress } from '../../terminal.js';
import { exportSubscribers } from './export.js';
import { exportFormats } from './formats.js';
import { importFile } from './import.js';

interface ExportGiven {
  readonly site?: string;
  readonly list?: string[];
  readonly all?: boolean;
  readonly format: string;
}
interface ImportGiven {
  readonly site?: string;
  readonly list: string;
  readonly column?: string;
  readonly lang?: string;
  readonly consentSource: string;
  readonly dryRun?: boolean;
  readonly refused?: string;
}

/** Adds `afterword newsletters export` and `import`. */
export function addTransferCommands(newsletters: Command, checkSecrets: SecretCheck): void {
  const formats = Object.keys(exportFormats).join(', ');
  newsletters
    .command('export')
    .description('Write the confirmed subscribers to a file.')
    .argument('<file>', 'the file; - for standard output')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--list <id...>', 'these newsletters (default: all)')
    .option('--all', 'unconfirmed and unsubscribed ones, too')
    .option('--format <format>', formats, 'csv')
    .action((file: string, given: ExportGiven) =>
      withSite(given.site, async (database, site) => {
        const format = Object.hasOwn(exportFormats, given.format) ? exportFormats[given.format] : undefined;
        if (!format) throw new OperatorError(`--format ${given.format} is not one of ${formats}.`);
        for (const list of given.list ?? []) await requireNewsletter(database, site, list);
        const states = given.all ? (['pending', 'confirmed', 'unsubscribed'] as const) : (['confirmed'] as const);
        const count = await exportSubscribers(database, site, file, { lists: given.list, states, format });
        process.stderr.write(
          `${count} subscribers of ${site.id} written to ${file === '-' ? 'standard output' : file}.\n`,
        );
      }),
    );

  newsletters
    .command('import')
    .description('Subscribe the addresses of a CSV file. Can be repeated; those who have left stay unsubscribed.')
    .argument('<csv>', 'the file: commas, semicolons or tabs, names of the columns in the first line')
    .requiredOption('--list <id>', 'the newsletter')
    .requiredOption(
      '--consent-source <text>',
      'how these readers have agreed, such as "Ghost, double opt-in, 2021 to 2026"',
    )
    .option('--site <id>', 'the site (default: the only one)')
    .option('--column <name>', 'the column of addresses (default: email)')
    .option('--lang <tag>', "language of their mails (default: the site's)")
    .option('--dry-run', 'say what would happen, and write nothing')
    .option('--refused <file>', 'file for refused lines (default: <csv>.refused.csv)')
    .action((file: string, given: ImportGiven) =>
      withTokens(given.site, checkSecrets, async (database, site, tokens) => {
        await requireNewsletter(database, site, given.list);
        if (given.consentSource.trim() === '')
          throw new OperatorError('--consent-source must name how readers have agreed.');
        const refusedFile = given.refused ?? `${file}.refused.csv`;
        const progress = showProgress(given.dryRun ? 'Checking' : 'Importing');
        const summary = await importFile(database, tokens, file, {
          site,
          newsletterId: given.list,
          column: given.column,
          lang: given.lang ?? site.lang,
          consentSource: given.consentSource.trim(),
          isDryRun: given.dryRun ?? false,
          refusedFile,
          onProgress: progress.update,
        }).finally(progress.end);
        const { added, confirmed, kept, left, suppressed, refused } = summary;
        process.stdout.write(
          `${given.dryRun ? 'Nothing is written. Would be added' : 'Added'}: ${added}. ` +
            `Had not confirmed, now subscribed: ${confirmed}. Subscribed before: ${kept}. ` +
            `Left before, stay unsubscribed: ${left}. Bounced or suppressed before: ${suppressed}. Refused: ${refused}${refused > 0 ? `, see ${refusedFile}` : ''}.\n`,
        );
      }),
    );
}
